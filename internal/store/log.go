package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddLog stores an entry, unsealed, in the transaction of what it tells of.
func (tx *Tx) AddLog(ctx context.Context, e *policy.LogEntry) error { panic("stub") }

// UnsealedLog lists entries without a place in their chain, oldest first.
func (tx *Tx) UnsealedLog(ctx context.Context, limit int) ([]policy.LogEntry, error) { panic("stub") }

// LogHead returns the last sealed entry of a challenge's chain; nil if there is none.
func (tx *Tx) LogHead(ctx context.Context, challenge policy.ID) (*policy.LogEntry, error) {
	panic("stub")
}

// SealLog stores Seq, Prev and Hash of an entry.
func (tx *Tx) SealLog(ctx context.Context, e *policy.LogEntry) error { panic("stub") }

// Log lists the entries of a challenge (zero: of the instance), oldest first.
func (db *DB) Log(ctx context.Context, challenge policy.ID, p Page) ([]policy.LogEntry, error) {
	panic("stub")
}
