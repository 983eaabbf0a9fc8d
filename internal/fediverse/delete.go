package fediverse

import (
	"context"

	"github.com/folkmoot/folkmoot/federation/vocab"
)

// remove erases what an actor said, or all that is known of the actor. A Delete may come before
// the Create that it takes back.
func (f *Fediverse) remove(ctx context.Context, a *vocab.Object) error {
	return f.each(ctx, a, func(ctx context.Context, actor string, o *vocab.Object) error {
		switch {
		case o.ID == actor:
			return f.app.EraseActor(ctx, actor)
		case o.ID == "":
			return drop(reasonNoObject)
		case !vocab.SameOrigin(o.ID, actor):
			return drop(reasonOwner)
		}
		_, err := f.db.ActorByIRI(ctx, o.ID)
		if err == nil {
			return drop(reasonOwner) // the account of somebody else
		}
		if unknown(err) != nil {
			return err
		}
		return f.app.Withdraw(ctx, o.ID, actor)
	})
}
