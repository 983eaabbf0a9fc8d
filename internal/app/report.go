package app

import (
	"context"
	"errors"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Report takes in a Flag, or what somebody answered to a message of ours, for the desk. One report
// is open per actor and object; another changes nothing. Text may be HTML; 5,000 characters are
// kept.
func (a *App) Report(ctx context.Context, who policy.Actor, object, text string) (err error) {
	defer errs.Wrap(&err, "app.Report(%s)", object)

	plain := policy.Cut(markup.Text(text), policy.MaxReport)
	return a.db.Write(ctx, func(tx *store.Tx) error {
		who := who
		if err := tx.AddActor(ctx, &who); err != nil {
			return err
		}
		r := store.Report{Actor: who, Object: object, Text: plain, Created: tx.At}
		e := policy.Event{Kind: policy.EventReported, Actor: who.ID}
		c, err := tx.ContributionByIRI(ctx, everything, object)
		switch {
		case err == nil:
			r.Contribution = c.ID
			e.Challenge, e.Subject = c.Challenge, c.ID
		case !errors.Is(err, errs.NotFound):
			return err
		}
		isNew, err := tx.AddReport(ctx, &r)
		if err != nil || !isNew {
			return err
		}
		if e.Data, err = data(policy.ObjectData{Object: object}); err != nil {
			return err
		}
		return tx.AddEvent(ctx, &e)
	})
}

// CloseReport takes a report from the desk.
func (a *App) CloseReport(ctx context.Context, id policy.ID) (err error) {
	defer errs.Wrap(&err, "app.CloseReport(%d)", id)

	return a.db.Write(ctx, func(tx *store.Tx) error { return tx.CloseReport(ctx, id) })
}
