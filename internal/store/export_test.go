package store

import (
	"context"
	"io/fs"
)

// MigrateFrom applies other migrations than those of the binary.
func (db *DB) MigrateFrom(ctx context.Context, files fs.FS) error { return db.migrateFrom(ctx, files) }

// Exec runs a statement that no method runs.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return tx.conn.exec(ctx, query, args...)
}

// Int reads a number that no method reads.
func (r Reader) Int(ctx context.Context, query string, args ...any) (int64, error) {
	return value[int64](ctx, r.conn, query, args...)
}

// NewCode makes a receipt code.
var NewCode = newCode

// IDs makes keys.
type IDs = ids

// Next returns the next key.
var Next = (*ids).next

// MaxGroup is how many writes share a commit at most.
const MaxGroup = groupMax
