package fediverse

import (
	"context"
	"slices"

	"github.com/folkmoot/folkmoot/federation/vocab"
)

// move replaces a follower by the account that it moved to, if that account says that it is the
// same.
func (f *Fediverse) move(ctx context.Context, a *vocab.Object) error {
	if a.Object == nil || a.Object.ID != a.Actor {
		return drop(reasonOwner)
	}
	if _, err := vocab.ParseID(a.Target); err != nil || f.ours(a.Target) {
		return drop(reasonID)
	}
	if err := f.allow(ctx, a.Target); err != nil {
		return drop(reasonNoActor)
	}
	doc, err := f.fed.RefreshActor(ctx, a.Target)
	if err != nil {
		return remote(err)
	}
	if !slices.Contains(doc.AlsoKnownAs, a.Actor) {
		return drop(reasonNoAlias)
	}
	return settle(f.app.MoveFollower(ctx, a.Actor, *person(doc)))
}
