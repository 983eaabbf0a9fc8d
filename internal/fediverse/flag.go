package fediverse

import (
	"context"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
)

const maxReport = 5000

// flag brings a report to the desk, one for each object of ours, or contribution, that it names.
// A server that reports a receipt ends messages to the person who got it.
func (f *Fediverse) flag(ctx context.Context, a *vocab.Object) error {
	who, err := f.author(ctx, a.Actor)
	if err != nil {
		return err
	}
	text := markup.Plain(a.Content, maxReport)
	reported := false
	for _, o := range a.Objects[:min(len(a.Objects), 20)] {
		if _, actor := f.localActor(o.ID); actor && len(a.Objects) > 1 {
			continue // named beside what it is about
		}
		concerned, err := f.concerned(ctx, who, o.ID)
		if err != nil {
			return err
		}
		if !concerned {
			continue
		}
		reported = true
		if err := f.app.Report(ctx, *who, o.ID, text); err != nil {
			return err
		}
	}
	if !reported {
		return drop(reasonElsewhere)
	}
	return nil
}

// concerned reports whether a report about iri is for our desk.
func (f *Fediverse) concerned(ctx context.Context, who *policy.Actor, iri string) (bool, error) {
	at, ours := f.address(iri)
	if !ours {
		_, err := f.db.ContributionByIRI(ctx, everything, iri)
		return err == nil, unknown(err)
	}
	if at.kind != atReceipt {
		return true, nil
	}
	r, err := f.receiptAt(ctx, iri)
	if err != nil {
		return false, unknown(err)
	}
	if r.to.Host == who.Host {
		err = f.app.Stop(ctx, *r.to, 0, "flag")
	}
	return true, err
}

// localActor reports whether an id is that of an actor of ours.
func (f *Fediverse) localActor(iri string) (address, bool) {
	at, ok := f.address(iri)
	if !ok {
		return at, false
	}
	switch at.kind {
	case atInstance, atOrganisation, atPerson, atChallenge:
		return at, true
	}
	return at, false
}
