package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// Inbound is an activity that was accepted and waits to be processed.
type Inbound struct {
	ID       policy.ID
	Actor    string
	Activity string
	Type     string
	Object   string
	Path     string
	Body     []byte
	Received time.Time
	Attempts int
}

// AddInbound stores an activity once per (Actor, Activity); false if it is known already.
func (tx *Tx) AddInbound(ctx context.Context, in *Inbound) (isNew bool, err error) { panic("stub") }

// InboundBacklog counts what waits.
func (db *DB) InboundBacklog(ctx context.Context) (int64, error) { panic("stub") }

// LeaseInbound takes up to n due activities, oldest first, until the given time. While one of an
// actor's activities is leased or put off, later ones of that actor are not leased.
func (tx *Tx) LeaseInbound(ctx context.Context, n int, until time.Time) ([]Inbound, error) {
	panic("stub")
}

// FinishInbound marks an activity as processed with the reason if it had no effect, and erases
// its body (the key stays for deduplication).
func (tx *Tx) FinishInbound(ctx context.Context, id policy.ID, reason string) error { panic("stub") }

// RetryInbound puts an activity off, or parks it.
func (tx *Tx) RetryInbound(ctx context.Context, id policy.ID, at time.Time, park bool, reason string) error {
	panic("stub")
}
