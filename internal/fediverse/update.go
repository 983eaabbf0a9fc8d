package fediverse

import (
	"context"
	"errors"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/store"
)

// update changes what an actor said, or what is known of the actor.
func (f *Fediverse) update(ctx context.Context, a *vocab.Object) error {
	return f.each(ctx, a, f.change)
}

// change replaces a known contribution of actor by its new text. What is not known is taken in as
// if it were new: its Create may have been lost, or may come later and then finds it there.
func (f *Fediverse) change(ctx context.Context, actor string, o *vocab.Object) error {
	if o.ID == actor {
		return f.refresh(ctx, actor)
	}
	_, err := f.db.ContributionByIRI(ctx, everything, o.ID)
	if errors.Is(err, errs.NotFound) {
		if o.Updated.IsZero() {
			o.Updated = f.now() // else a Create that comes later would put the old text back
		}
		return f.take(ctx, actor, o)
	}
	if err != nil {
		return err
	}
	o, err = f.believe(ctx, actor, o)
	if err != nil {
		return err
	}
	if err := says(o); err != nil {
		return err
	}
	author, err := f.author(ctx, actor)
	if err != nil {
		return err
	}
	c, err := f.contribution(o, author)
	if err != nil {
		return err
	}
	if c.Edited.IsZero() {
		c.Edited = f.now()
	}
	return f.app.Edit(ctx, c)
}

// refresh fetches an actor again who says that something about them changed.
func (f *Fediverse) refresh(ctx context.Context, iri string) error {
	if _, err := f.db.ActorByIRI(ctx, iri); err != nil {
		return err
	}
	doc, err := f.fed.RefreshActor(ctx, iri)
	if err != nil {
		return remote(err)
	}
	a := person(doc)
	return f.db.Write(ctx, func(tx *store.Tx) error { return tx.AddActor(ctx, a) })
}
