package fediverse

import (
	"context"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// follow makes the actor a follower of the organisation, a challenge or a person. The Accept
// follows from the event.
func (f *Fediverse) follow(ctx context.Context, a *vocab.Object) error {
	local, err := f.followable(ctx, a.Object)
	if err != nil {
		return err
	}
	who, err := f.author(ctx, a.Actor)
	if err != nil {
		return err
	}
	if who.Inbox == "" {
		return drop(reasonNoActor)
	}
	return settle(f.app.Follow(ctx, local.ID, *who, a.ID, a.Raw))
}

// followable returns the local actor that o is, or drops the activity.
func (f *Fediverse) followable(ctx context.Context, o *vocab.Object) (*policy.Actor, error) {
	if o == nil {
		return nil, drop(reasonNoObject)
	}
	at, _ := f.address(o.ID)
	switch at.kind {
	case atChallenge:
		if _, err := f.db.Challenge(ctx, policy.Public, at.number); err != nil {
			return nil, elsewhere(err)
		}
	case atOrganisation, atPerson:
	default:
		return nil, drop(reasonElsewhere)
	}
	local, err := f.db.ActorByIRI(ctx, o.ID)
	return local, elsewhere(err)
}

// elsewhere drops an activity that is about something that is not here.
func elsewhere(err error) error {
	if err != nil && unknown(err) == nil {
		return drop(reasonElsewhere)
	}
	return err
}

// undo takes back what the actor did. It comes with the activity inside, or only with its id.
func (f *Fediverse) undo(ctx context.Context, a *vocab.Object) error {
	inner := a.Object
	switch {
	case inner == nil:
		return drop(reasonNoObject)
	case inner.Actor != "" && inner.Actor != a.Actor:
		return drop(reasonOwner)
	case inner.Type == "" || inner.Object == nil:
		return f.undoByID(ctx, a.Actor, inner.ID)
	}
	switch inner.Type {
	case "Follow":
		local, err := f.followable(ctx, inner.Object)
		if err != nil {
			return err
		}
		return settle(f.app.Unfollow(ctx, local.ID, a.Actor))
	case "Like":
		return f.react(ctx, store.Like, a.Actor, inner.Object, inner.ID, false)
	case "Announce":
		return f.react(ctx, store.Share, a.Actor, inner.Object, inner.ID, false)
	case "Block":
		return f.unblock(ctx, a.Actor, inner.Object)
	case "Delete":
		return drop(reasonReverted)
	}
	return drop(reasonNoMeaning)
}

// undoByID finds out what the id was of: a Follow, a Like or an Announce.
func (f *Fediverse) undoByID(ctx context.Context, actor, id string) error {
	if id == "" {
		return drop(reasonNoObject)
	}
	who, err := f.db.ActorByIRI(ctx, actor)
	if err != nil {
		return settle(err)
	}
	follows, err := f.db.Following(ctx, who.ID)
	if err != nil {
		return err
	}
	for _, fo := range follows {
		if fo.Follow == id {
			return settle(f.app.Unfollow(ctx, fo.Actor, actor))
		}
	}
	kind, object, err := f.db.ReactedWith(ctx, actor, id)
	if err != nil {
		return settle(err)
	}
	return f.react(ctx, kind, actor, &vocab.Object{ID: object}, id, false)
}
