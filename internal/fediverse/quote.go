package fediverse

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// quoteRequest grants the wish to quote a post of ours: everybody may (FEP-044f).
func (f *Fediverse) quoteRequest(ctx context.Context, a *vocab.Object) error {
	if a.Object == nil || a.Instrument == nil {
		return drop(reasonNoObject)
	}
	at, ok := f.address(a.Object.ID)
	if !ok || at.kind != atOpening && at.kind != atProposal {
		return drop(reasonElsewhere)
	}
	known, err := f.shown(ctx, a.Object.ID)
	if err != nil {
		return err
	}
	if !known {
		return drop(reasonElsewhere)
	}
	if !vocab.SameOrigin(a.Instrument.ID, a.Actor) {
		return drop(reasonOrigin)
	}
	who, err := f.author(ctx, a.Actor)
	if err != nil {
		return err
	}
	return settle(f.app.RequestQuote(ctx, *who, a.Object.ID, a.Instrument.ID, a.Raw))
}

// quoteRequested answers a QuoteRequest with the permission that was granted.
func (f *Fediverse) quoteRequested(ctx context.Context, e *policy.Event) error {
	var q policy.QuoteRequested
	if err := json.Unmarshal(e.Data, &q); err != nil {
		return fmt.Errorf("%w: %w", errs.Invalid, err)
	}
	org, err := f.db.Organisation(ctx)
	if err != nil {
		return err
	}
	who, err := f.db.Actor(ctx, e.Actor)
	if err != nil {
		return err
	}
	accept := &vocab.Doc{
		Type: "Accept", Actor: org.Actor.IRI, To: []string{who.IRI}, Result: vocab.Ref(q.Quote), Object: &vocab.Doc{Raw: q.Request},
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		return f.send(ctx, tx, sending{
			id: f.ulid(e.At, "quote", e.ID), by: &org.Actor, doc: accept, object: q.Quoting, to: []string{who.Inbox},
		})
	})
}
