package app

import (
	"context"
	"errors"
	"net/url"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// MakeInstance makes the actor that signs what the instance fetches, with its keys, if there is
// none. Set-up gives it its name.
func (a *App) MakeInstance(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "app.MakeInstance")

	if _, err := a.db.Keys(ctx, a.base.Instance()); !errors.Is(err, errs.NotFound) {
		return err
	}
	instance, err := a.instance("")
	if err != nil {
		return err
	}
	keys, err := a.keys()
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Keys(ctx, instance.IRI); !errors.Is(err, errs.NotFound) {
			return err // another process was faster
		}
		return addLocal(ctx, tx, &instance, keys)
	})
}

// instance returns the instance actor, whose handle is the name of its host.
func (a *App) instance(name string) (policy.Actor, error) {
	u, err := url.Parse(string(a.base))
	if err != nil {
		return policy.Actor{}, err
	}
	instance := a.localActor(policy.KindApplication, a.base.Instance(), string(a.base)+"/")
	instance.Handle, instance.Name = u.Hostname(), name
	return instance, nil
}
