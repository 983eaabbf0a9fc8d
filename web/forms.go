package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// form is what somebody filled in, given back to them when it is refused.
//
// Its sentences are found by name: the label of field "email" in a form with room "form.signin."
// is "form.signin.email", its hint, if there is one, "form.signin.email.hint".
type form struct {
	Room   string // prefix of the ids of labels and hints, with the dot
	Values url.Values
	Errors policy.FieldErrors
}

// newForm returns an empty form. values are name, value pairs that it starts with.
func newForm(room string, values ...string) *form {
	f := &form{Room: room, Values: url.Values{}}
	for i := 0; i+1 < len(values); i += 2 {
		f.Values.Set(values[i], values[i+1])
	}
	return f
}

// readForm returns what was posted. The size of bodies is limited by the middleware; one that
// cannot be read is the caller's error.
func readForm(r *http.Request, room string) (*form, error) {
	if err := r.ParseForm(); err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return nil, err
		}
		return nil, statusError(http.StatusBadRequest)
	}
	return &form{Room: room, Values: r.PostForm}, nil
}

// Get returns the first value of a field without the space around it and with line ends as "\n".
func (f *form) Get(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(f.Values.Get(name), "\r\n", "\n"))
}

// Raw returns the first value of a field as it came: for passwords.
func (f *form) Raw(name string) string { return f.Values.Get(name) }

// Lines returns the values of a field, one a line or repeated, without empty ones.
func (f *form) Lines(name string) []string {
	var lines []string
	for _, v := range f.Values[name] {
		for line := range strings.Lines(v) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// Is reports whether a field has that value: for check boxes and radio buttons.
func (f *form) Is(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Fault notes that a field is wrong; args fill the sentence.
func (f *form) Fault(field, code string, args ...any) {
	f.Errors = append(f.Errors, policy.FieldError{Field: field, Code: code, Args: args})
}

// Refused takes what is wrong from the error of a verb. It reports false if err is something
// else, which is then for the error page.
func (f *form) Refused(err error) bool {
	var fields policy.FieldErrors
	if !errors.As(err, &fields) {
		return false
	}
	f.Errors = append(f.Errors, fields...)
	return true
}

// fieldView is one field as the parts "input", "textarea", "check" and so on show it. Options are
// written behind the name in the template, as name, value pairs:
//
//	{{template "input" field .Form "email" "type" "email" "autocomplete" "username"}}
type fieldView struct {
	Name, ID, Value, Label, Hint, Error string

	form *form
	opts []any
}

// Opt returns an option of the field, or nothing.
func (v fieldView) Opt(name string) any {
	for i := 0; i+1 < len(v.opts); i += 2 {
		if v.opts[i] == name {
			return v.opts[i+1]
		}
	}
	return nil
}

// Describes lists the ids of hint and error, for aria-describedby.
func (v fieldView) Describes() string {
	var ids []string
	if v.Hint != "" {
		ids = append(ids, v.ID+"-hint")
	}
	if v.Error != "" {
		ids = append(ids, v.ID+"-error")
	}
	return strings.Join(ids, " ")
}

// Is reports whether the field has that value.
func (v fieldView) Is(value string) bool { return v.form.Is(v.Name, value) }

// view returns a field for a template.
func (f *form) view(p *locale.Printer, name string, opts []any) fieldView {
	v := fieldView{
		Name: name, ID: "f-" + name, Value: f.Values.Get(name), Label: p.T(f.Room + name),
		form: f, opts: opts,
	}
	if hint := f.Room + name + ".hint"; locale.Has(hint) {
		v.Hint = p.T(hint)
	}
	for _, e := range f.Errors {
		if e.Field == name {
			v.Error = p.T(e.Code, e.Args...)
			break
		}
	}
	return v
}
