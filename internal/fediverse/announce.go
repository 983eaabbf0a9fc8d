package fediverse

import (
	"context"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/store"
)

// announce counts a boost of something of ours, or of a contribution that is shown. What stands
// inside a boost is never believed; activities inside one, as group software sends them, come
// from their authors as well.
func (f *Fediverse) announce(ctx context.Context, a *vocab.Object) error {
	if a.Object != nil && a.Object.Actor != "" && a.Object.Object != nil {
		return drop(reasonWrapped)
	}
	return f.react(ctx, store.Share, a.Actor, a.Object, a.ID, true)
}
