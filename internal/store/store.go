// Package store keeps the record in SQLite or PostgreSQL through one set of SQL statements.
//
// Statements use $1-style parameters, which both drivers bind by number, and the subset of SQL
// that both understand; what differs is in dialect.go. One file holds one noun. Reads are methods
// of [DB] and take a viewer where what is shown depends on it; writes are methods of [Tx], so
// that whoever writes also decides what is written together.
package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// Options says what to open.
type Options struct {
	URL string           // "postgres://…", or the path of an SQLite file
	Now func() time.Time // nil means time.Now

	// Consequences names the kinds of task that every event causes. Every process that writes
	// to a database must name the same ones.
	Consequences []string
}

// DB is a database of either dialect. It is safe for concurrent use.
type DB struct {
	now func() time.Time
}

// Tx is a write transaction. At is the moment all its rows carry.
type Tx struct {
	sql *sql.Tx
	At  time.Time
}

// Open connects and applies pending migrations. It refuses a schema newer than this binary.
func Open(ctx context.Context, o Options) (*DB, error) { panic("stub") }

// Close releases the connections.
func (db *DB) Close() error { panic("stub") }

// Write runs f in a transaction and returns after the commit, or rolls back if f fails. f must
// not keep its Tx, do network I/O, or go on after a statement failed.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error { panic("stub") }

// Woken is signalled, without blocking, after each commit that added tasks, inbound activities or
// deliveries in this process. Whoever waits on it also polls, for what other processes add.
func (db *DB) Woken() <-chan struct{} { panic("stub") }

// NewID returns a fresh, time-ordered key.
func (tx *Tx) NewID() policy.ID { panic("stub") }

// Page says which part of a list is wanted: at most Limit rows after (exclusive) the row with
// key After in the order of the list; zero After means from the start.
type Page struct {
	After policy.ID
	Limit int
}
