package app

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// RequestQuote grants the wish of quoting, a post of who's, to quote object (FEP-044f); request is
// the QuoteRequest as it came. Openings and proposals can be quoted by everybody; of anything else
// it is errs.NotFound. Asked again, it grants the same permission.
func (a *App) RequestQuote(ctx context.Context, who policy.Actor, object, quoting string, request []byte) (err error) {
	defer errs.Wrap(&err, "app.RequestQuote(%s)", object)

	if err := owned(quoting, who.IRI); err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		who := who
		challenge, subject, err := a.quotable(ctx, tx, object)
		if err != nil {
			return err
		}
		if err := tx.AddActor(ctx, &who); err != nil {
			return err
		}
		o, err := tx.Organisation(ctx)
		if err != nil {
			return err
		}
		q := store.Quote{
			IRI: a.base.Quote(newULID(tx)), Object: object, Quoting: quoting, Owner: o.Actor.ID, Created: tx.At,
		}
		if _, err := tx.AddQuote(ctx, &q); err != nil {
			return err
		}
		carried, err := data(policy.QuoteRequested{
			Quote: q.IRI, Object: object, Quoting: quoting, Request: json.RawMessage(request),
		})
		if err != nil {
			return err
		}
		return tx.AddEvent(ctx, &policy.Event{
			Kind: policy.EventQuoteRequested, Challenge: challenge, Subject: subject, Actor: who.ID, Data: carried,
		})
	})
}

// quotable is publicObject for what the organisation itself has said.
func (a *App) quotable(ctx context.Context, tx *store.Tx, object string) (challenge, subject policy.ID, err error) {
	_, opening := a.base.OpeningNumber(object)
	_, proposal := a.base.ProposalNumber(object)
	if !opening && !proposal {
		return 0, 0, errs.Refuse(errs.NotFound, "%s is nothing that can be quoted here.", object)
	}
	return a.publicObject(ctx, tx, object)
}

// newULID returns the ULID of a new thing of ours.
func newULID(tx *store.Tx) string {
	var random [10]byte
	rand.Read(random[:]) // never fails: it ends the program instead
	return policy.ULID(tx.At, random)
}
