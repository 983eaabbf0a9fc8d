package fediverse

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/store"
)

// cache keeps actor documents in the store: the port federation.ActorCache.
type cache struct{ db *store.DB }

// Load implements federation.ActorCache.
func (c cache) Load(ctx context.Context, id string) (body []byte, fetched time.Time, err error) {
	body, fetched, err = c.db.ActorDocument(ctx, id)
	return body, fetched, absent(err)
}

// Save implements federation.ActorCache.
func (c cache) Save(ctx context.Context, id string, body []byte, fetched time.Time) error {
	return c.db.Write(ctx, func(tx *store.Tx) error { return tx.SaveActorDocument(ctx, id, body, fetched) })
}

// Forget implements federation.ActorCache.
func (c cache) Forget(ctx context.Context, id string) error {
	return c.db.Write(ctx, func(tx *store.Tx) error { return tx.ForgetActorDocument(ctx, id) })
}

// maxBacklog is how many activities may wait until others are told to come back later.
const maxBacklog = 50_000

// inbox keeps what was accepted in the store: the port federation.Inbox.
type inbox struct {
	db  *store.DB
	now func() time.Time

	mu      sync.Mutex
	backlog int64     // as it was counted
	counted time.Time // at most a second ago
}

func newInbox(f *Fediverse) *inbox { return &inbox{db: f.db, now: f.now} }

// Accept implements federation.Inbox: it returns after the commit.
func (i *inbox) Accept(ctx context.Context, r federation.Received) (isNew bool, err error) {
	defer errs.Wrap(&err, "fediverse.Accept(%s)", r.Activity)
	full, err := i.full(ctx)
	if err != nil {
		return false, err
	}
	if full {
		return false, fmt.Errorf("%w: too many activities wait", federation.ErrBusy)
	}
	in := store.Inbound{
		Actor: r.Actor, Activity: r.Activity, Type: r.Type, Object: r.Object, Path: r.Path, Body: r.Body, Received: r.At,
	}
	err = i.db.Write(ctx, func(tx *store.Tx) error {
		isNew, err = tx.AddInbound(ctx, &in)
		return err
	})
	return isNew, err
}

// full reports whether too much waits already. It counts at most once a second.
func (i *inbox) full(ctx context.Context) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if now := i.now(); now.Sub(i.counted) >= time.Second {
		n, err := i.db.InboundBacklog(ctx)
		if err != nil {
			return false, err
		}
		i.backlog, i.counted = n, now
	}
	return i.backlog >= maxBacklog, nil
}
