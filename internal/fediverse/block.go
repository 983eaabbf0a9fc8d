package fediverse

import (
	"context"

	"github.com/folkmoot/folkmoot/federation/vocab"
)

// block ends all messages to somebody who blocks an actor of ours, and drops the follow.
func (f *Fediverse) block(ctx context.Context, a *vocab.Object) error {
	local, err := f.followable(ctx, a.Object)
	if err != nil {
		return err
	}
	who, err := f.author(ctx, a.Actor)
	if err != nil {
		return err
	}
	if err := f.app.Stop(ctx, *who, 0, "block"); err != nil {
		return err
	}
	return unknown(f.app.Unfollow(ctx, local.ID, a.Actor))
}

// unblock lets messages go to them again.
func (f *Fediverse) unblock(ctx context.Context, actor string, object *vocab.Object) error {
	if _, err := f.followable(ctx, object); err != nil {
		return err
	}
	who, err := f.author(ctx, actor)
	if err != nil {
		return err
	}
	return settle(f.app.Resume(ctx, *who, 0, "block"))
}
