package errs

import (
	"errors"
	"fmt"
)

// refusal is a kind with the sentence that a person is shown.
type refusal struct {
	kind     error
	sentence string
}

func (r *refusal) Error() string { return r.kind.Error() + ": " + r.sentence }
func (r *refusal) Unwrap() error { return r.kind }

// Refuse returns an error of the given kind with a sentence that says, to whoever asked, what was
// wrong and what to do. Layers above may [Wrap] it; [Sentence] finds the sentence again.
func Refuse(kind error, format string, args ...any) error {
	return &refusal{kind, fmt.Sprintf(format, args...)}
}

// Sentence returns the sentence of the refusal that err wraps, without the context that was
// added on its way up, or "" if err is not a refusal and must not be shown.
func Sentence(err error) string {
	var r *refusal
	if errors.As(err, &r) {
		return r.sentence
	}
	return ""
}
