package policy

import (
	"strings"
	"unicode/utf8"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// FieldError says what is wrong with one field that somebody filled in.
type FieldError struct {
	Field string // as in forms and commands: "question", "respond-by"
	Code  string // id of the sentence in internal/locale, "error.question.missing"
	Args  []any  // name, value pairs for the sentence
}

// FieldErrors are all that is wrong with what was filled in, in the order of the form. As an
// error it is of the kind errs.Invalid.
type FieldErrors []FieldError

// Error names the fields and codes; people are shown the sentences of internal/locale.
func (e FieldErrors) Error() string {
	var parts []string
	for _, f := range e {
		parts = append(parts, f.Field+": "+f.Code)
	}
	return strings.Join(parts, "; ")
}

// Is makes FieldErrors match errs.Invalid.
func (e FieldErrors) Is(target error) bool { return target == errs.Invalid }

// Err returns e as an error: nil if nothing is wrong.
func (e FieldErrors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// add notes that a field is wrong, with the sentence "error.<field>.<what>".
func (e *FieldErrors) add(field, what string, args ...any) {
	*e = append(*e, FieldError{Field: field, Code: "error." + field + "." + what, Args: args})
}

// require notes an empty field.
func (e *FieldErrors) require(field, value string) {
	if value == "" {
		e.add(field, "missing")
	}
}

// limit notes a field of more than max characters.
func (e *FieldErrors) limit(field, value string, max int) {
	if n := utf8.RuneCountInString(value); n > max {
		e.add(field, "long", "Max", max, "Length", n)
	}
}

// CheckReason returns what is wrong with the reason given for a use of power: it must be there,
// because it is shown and logged, and have at most 500 characters.
func CheckReason(reason string) FieldErrors {
	var e FieldErrors
	e.require("reason", strings.TrimSpace(reason))
	return append(e, CheckOptionalReason(reason)...)
}

// CheckOptionalReason is CheckReason where a reason may be given, and need not.
func CheckOptionalReason(reason string) FieldErrors {
	var e FieldErrors
	e.limit("reason", reason, 500)
	return e
}
