package app

import (
	"context"
	"errors"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// React counts (on) or uncounts a like or share by who. Counted are those of an opening, of a
// proposal and of an answer that is shown; of anything else they are errs.NotFound. One of each
// kind counts per actor and object. activity is the id of the Like or Announce: taken back before
// it came, it never counts.
func (a *App) React(ctx context.Context, kind store.Reaction, who policy.Actor, object, activity string, on bool) (err error) {
	defer errs.Wrap(&err, "app.React(%s %s)", kind, object)

	return a.db.Write(ctx, func(tx *store.Tx) error {
		who := who
		challenge, subject, err := a.publicObject(ctx, tx, object)
		if err != nil && (on || !errors.Is(err, errs.NotFound)) {
			return err
		}
		if err := tx.AddActor(ctx, &who); err != nil {
			return err
		}
		changed, err := tx.SetReaction(ctx, kind, who.ID, object, activity, on)
		if err != nil || !changed {
			return err
		}
		carried, err := data(policy.ObjectData{Object: object})
		if err != nil {
			return err
		}
		return tx.AddEvent(ctx, &policy.Event{
			Kind: policy.EventReactionsChanged, Challenge: challenge, Subject: subject, Actor: who.ID, Data: carried,
		})
	})
}

// publicObject returns the challenge and the row of what everybody may see under an IRI: an
// opening, a proposal or an answer; errs.NotFound.
func (a *App) publicObject(ctx context.Context, tx *store.Tx, iri string) (challenge, subject policy.ID, err error) {
	if n, ok := a.base.OpeningNumber(iri); ok {
		c, err := tx.Challenge(ctx, policy.Public, n)
		if err != nil {
			return 0, 0, err
		}
		return c.ID, c.ID, nil
	}
	if n, ok := a.base.ProposalNumber(iri); ok {
		p, err := tx.Proposal(ctx, policy.Public, n)
		if err != nil {
			return 0, 0, err
		}
		return p.Challenge, p.ID, nil
	}
	c, err := tx.ContributionByIRI(ctx, policy.Public, iri)
	if err != nil {
		return 0, 0, err
	}
	if !c.Shown() {
		return 0, 0, errs.NotFound
	}
	return c.Challenge, c.ID, nil
}
