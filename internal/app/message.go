package app

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Stop ends messages to an actor from a challenge (zero: from all). why is "stop", "block", "flag"
// or "refused".
func (a *App) Stop(ctx context.Context, who policy.Actor, challenge policy.ID, why string) (err error) {
	defer errs.Wrap(&err, "app.Stop(%s)", who.IRI)

	return a.db.Write(ctx, func(tx *store.Tx) error {
		who := who
		if err := tx.AddActor(ctx, &who); err != nil {
			return err
		}
		return tx.StopMessages(ctx, who.ID, challenge, why)
	})
}

// Resume reverses a Stop with the same reason.
func (a *App) Resume(ctx context.Context, who policy.Actor, challenge policy.ID, why string) (err error) {
	defer errs.Wrap(&err, "app.Resume(%s)", who.IRI)

	return a.db.Write(ctx, func(tx *store.Tx) error {
		who := who
		if err := tx.AddActor(ctx, &who); err != nil {
			return err
		}
		return tx.ResumeMessages(ctx, who.ID, challenge, why)
	})
}
