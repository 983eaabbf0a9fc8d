package fediverse

import (
	"context"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// like counts a like of something of ours, or of a contribution that is shown. It is never a vote.
func (f *Fediverse) like(ctx context.Context, a *vocab.Object) error {
	return f.react(ctx, store.Like, a.Actor, a.Object, a.ID, true)
}

// react counts or uncounts.
func (f *Fediverse) react(ctx context.Context, kind store.Reaction, actor string, o *vocab.Object, activity string, on bool) error {
	if o == nil || o.ID == "" {
		return drop(reasonNoObject)
	}
	who, err := f.author(ctx, actor)
	if err != nil {
		return err
	}
	return elsewhere(f.app.React(ctx, kind, *who, o.ID, activity, on))
}

// shown reports whether an id is that of an opening, a proposal, or an answer that everybody sees.
func (f *Fediverse) shown(ctx context.Context, iri string) (bool, error) {
	at, ours := f.address(iri)
	var err error
	switch {
	case ours && at.kind == atOpening:
		_, err = f.db.Challenge(ctx, policy.Public, at.number)
	case ours && at.kind == atProposal:
		_, err = f.db.Proposal(ctx, policy.Public, at.number)
	case ours && at.kind != atContribution:
		return false, nil
	default:
		var c *policy.Contribution
		c, err = f.db.ContributionByIRI(ctx, policy.Public, iri)
		if err == nil && !c.Shown() {
			return false, nil
		}
	}
	return err == nil, unknown(err)
}
