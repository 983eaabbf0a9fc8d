package app

import (
	"context"
	"errors"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Follow makes a remote actor a follower of a local one; follow is the Follow as it came. A
// repeated one tells of it again, because its sender may have missed our Accept. The challenge of a
// draft is errs.NotFound.
func (a *App) Follow(ctx context.Context, local policy.ID, who policy.Actor, followID string, follow []byte) (err error) {
	defer errs.Wrap(&err, "app.Follow(%d, %s)", local, who.IRI)

	return a.db.Write(ctx, func(tx *store.Tx) error {
		who := who
		challenge, err := followable(ctx, tx, local)
		if err != nil {
			return err
		}
		if _, err := admit(ctx, tx, &who); err != nil {
			return err
		}
		if err := tx.AddFollower(ctx, store.Follower{Actor: local, Who: who.ID, Follow: followID}); err != nil {
			return err
		}
		return tx.AddEvent(ctx, &policy.Event{
			Kind: policy.EventFollowed, Challenge: challenge, Subject: local, Actor: who.ID, Data: follow,
		})
	})
}

// followable checks that a local actor can be followed, and returns its challenge if it is the
// Group of one.
func followable(ctx context.Context, tx *store.Tx, local policy.ID) (challenge policy.ID, err error) {
	actor, err := tx.Actor(ctx, local)
	if err != nil {
		return 0, err
	}
	if !actor.Local {
		return 0, errs.Refuse(errs.NotFound, "%s does not live here.", actor.At())
	}
	if actor.Kind != policy.KindChallenge {
		return 0, nil
	}
	c, err := tx.ChallengeByActor(ctx, policy.Public, actor.IRI)
	if err != nil {
		return 0, err
	}
	return c.ID, nil
}

// Unfollow ends that; where there was nothing to end, it does nothing.
func (a *App) Unfollow(ctx context.Context, local policy.ID, who string) (err error) {
	defer errs.Wrap(&err, "app.Unfollow(%d, %s)", local, who)

	return a.db.Write(ctx, func(tx *store.Tx) error {
		actor, err := tx.ActorByIRI(ctx, who)
		if errors.Is(err, errs.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.RemoveFollower(ctx, local, actor.ID)
	})
}

// MoveFollower replaces a follower by the account that it moved to, wherever it follows. That to
// also is from (alsoKnownAs) is for the caller to check.
func (a *App) MoveFollower(ctx context.Context, from string, to policy.Actor) (err error) {
	defer errs.Wrap(&err, "app.MoveFollower(%s, %s)", from, to.IRI)

	return a.db.Write(ctx, func(tx *store.Tx) error {
		to := to
		old, err := tx.ActorByIRI(ctx, from)
		if errors.Is(err, errs.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		list, err := tx.Following(ctx, old.ID)
		if err != nil || len(list) == 0 {
			return err
		}
		if _, err := admit(ctx, tx, &to); err != nil {
			return err
		}
		for _, f := range list {
			if err := tx.RemoveFollower(ctx, f.Actor, old.ID); err != nil {
				return err
			}
			f.Who = to.ID
			if err := tx.AddFollower(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
}
