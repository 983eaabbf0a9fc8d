package app

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// SaveDraft replaces what the draft with that number says by what c says; its handle stays, for
// handles are never given twice. It refuses what [App.OpenChallenge] refuses, and with
// errs.Conflict a challenge that is open already. On success c is what was stored.
func (a *App) SaveDraft(ctx context.Context, number int64, c *policy.Challenge) (err error) {
	defer errs.Wrap(&err, "app.SaveDraft(%d)", number)

	steward, err := a.firstSteward(ctx)
	if err != nil {
		return err
	}
	var stored *policy.Challenge
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if stored, err = tx.LockChallenge(ctx, number); err != nil {
			return err
		}
		if err := stored.Editable(); err != nil {
			return err
		}
		stored.Redraft(c, tx.At, steward)
		stored.BackgroundHTML = markup.Markdown(stored.Background)
		if e := stored.CheckOpen(tx.At); len(e) > 0 {
			return e
		}
		stored.Actor.Name, stored.Actor.Summary = stored.Title, stored.Summary
		if err := tx.AddActor(ctx, &stored.Actor); err != nil {
			return err
		}
		return tx.SaveChallenge(ctx, stored)
	})
	if err == nil {
		*c = *stored
	}
	return err
}
