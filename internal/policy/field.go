package policy

import "strings"

// FieldError says what is wrong with one field that somebody filled in.
type FieldError struct {
	Field string // as in forms and commands: "question", "respond-by"
	Code  string // id of the sentence in internal/locale, "error.question.missing"
	Args  []any  // name, value pairs for the sentence
}

// FieldErrors are all that is wrong with what was filled in. As an error it wraps errs.Invalid.
type FieldErrors []FieldError

// Error names the fields and codes; people are shown the sentences of internal/locale.
func (e FieldErrors) Error() string {
	var parts []string
	for _, f := range e {
		parts = append(parts, f.Field+": "+f.Code)
	}
	return strings.Join(parts, "; ")
}
