package app

import (
	"context"
	"errors"
	"net/url"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/store"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// MakeInstance makes the actor that signs what the instance fetches, with its keys, if there is
// none. Set-up gives it its name.
func (a *App) MakeInstance(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "app.MakeInstance")

	if _, err := a.db.Keys(ctx, a.base.Instance()); !errors.Is(err, errs.NotFound) {
		return err
	}
	u, err := url.Parse(string(a.base))
	if err != nil {
		return err
	}
	keys, err := newKeys()
	if err != nil {
		return err
	}
	instance := a.localActor(policy.KindApplication, a.base.Instance(), string(a.base)+"/")
	instance.Handle = u.Hostname()
	return a.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Keys(ctx, instance.IRI); !errors.Is(err, errs.NotFound) {
			return err // another process was faster
		}
		return addLocal(ctx, tx, &instance, keys)
	})
}
