package fediverse

import (
	"context"
	"errors"
	"fmt"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/internal/errs"
)

// Interact finds where "open it in your account" leads for what somebody typed: a server or a
// handle. It returns the server's host, and the address to open with object filled in, empty if
// the server offers none. Errors: errs.Invalid for what cannot be a server, errs.NotFound for one
// that does not answer.
func (f *Fediverse) Interact(ctx context.Context, typed, object string) (host, address string, err error) {
	defer errs.Wrap(&err, "fediverse.Interact")
	host, address, err = f.fed.Interact(ctx, typed, object)
	switch {
	case errors.Is(err, federation.ErrTyped):
		err = fmt.Errorf("%w: %w", errs.Invalid, err)
	case errors.Is(err, federation.ErrNotFound), errors.Is(err, federation.ErrGone),
		errors.Is(err, federation.ErrUnreachable), errors.Is(err, federation.ErrUntrue):
		err = fmt.Errorf("%w: %w", errs.NotFound, err)
	}
	return host, address, err
}
