package federation

import (
	"errors"
	"fmt"

	"github.com/folkmoot/folkmoot/federation/fetch"
)

// What ports and handlers answer with, and what this package returns; match with [errors.Is].
var (
	ErrDrop        = errors.New("dropped")                              // of no effect, for good; see [Drop]
	ErrBusy        = errors.New("busy")                                 // come back later
	ErrNotFound    = errors.New("not found")                            // there is no such thing
	ErrGone        = errors.New("gone")                                 // there was such a thing
	ErrUnreachable = errors.New("does not answer")                      // the other server could not be asked; may pass
	ErrUntrue      = errors.New("not believed")                         // what came is not what it says it is
	ErrBudget      = fetch.ErrBudget                                    // too many fetches for one activity
	ErrTyped       = errors.New("not the name of an account or server") // what a person typed
)

// reasoned is an error with a short name for the log, such as "not_owner".
type reasoned struct {
	reason string
	err    error
}

func (e *reasoned) Error() string { return e.err.Error() + ": " + e.reason }
func (e *reasoned) Unwrap() error { return e.err }

// Drop returns an error with which a [Handler] refuses an activity for good. The reason is a
// short name for the log, such as "not_owner".
func Drop(reason string) error { return &reasoned{reason, ErrDrop} }

// Reason returns the reason of an error made by [Drop], or of a document that was not believed;
// empty if err has none.
func Reason(err error) string {
	var r *reasoned
	if errors.As(err, &r) {
		return r.reason
	}
	return ""
}

// untrue says why a document is not believed.
func untrue(reason string) error { return &reasoned{reason, ErrUntrue} }

// wrap puts what was tried in front of *err. Defer it first in a function that does I/O.
func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
