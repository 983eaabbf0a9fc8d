// Package store keeps the record in SQLite or PostgreSQL through one set of SQL statements.
//
// Statements use $1-style parameters, which both drivers bind by number, and the subset of SQL
// that both understand; what differs is in dialect.go. One file holds one noun. Reads are methods
// of [Reader], which [DB] and [Tx] embed, and take a viewer where what is shown depends on it;
// writes are methods of [Tx], so that whoever writes also decides what is written together.
package store

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
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

// Reader answers questions about the record. Those asked of a [DB] see what was committed; those
// asked of a [Tx] also see what it has written itself.
type Reader struct {
	conn conn
}

// DB is a database of either dialect. It is safe for concurrent use.
type DB struct {
	Reader
	dialect      *dialect
	readers      *sql.DB
	writers      *sql.DB
	group        *group // nil where the database groups commits itself
	ids          ids
	now          func() time.Time
	consequences []string

	mu        sync.Mutex
	listeners map[chan struct{}]bool
}

// Open connects and applies pending migrations. It refuses a schema newer than this binary, and a
// PostgreSQL that would lose what it has confirmed when the power fails.
func Open(ctx context.Context, o Options) (_ *DB, err error) {
	defer errs.Wrap(&err, "store.Open")
	d := dialectOf(o.URL)
	db := &DB{dialect: d, now: o.Now, consequences: o.Consequences, listeners: map[chan struct{}]bool{}}
	if db.now == nil {
		db.now = time.Now
	}
	if db.readers, db.writers, err = d.open(ctx, o.URL); err != nil {
		return nil, d.mark(err)
	}
	db.Reader = Reader{conn{sql: db.readers, dialect: d}}
	if d.groups {
		db.group = &group{db: db}
	}
	if err := db.prepare(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// prepare checks the server's settings and brings the schema up to date.
func (db *DB) prepare(ctx context.Context) error {
	if err := db.dialect.check(ctx, db.writers); err != nil {
		return db.dialect.mark(err)
	}
	return db.migrate(ctx)
}

// Close releases the connections. Nothing may be under way.
func (db *DB) Close() error {
	err := db.readers.Close()
	if werr := db.writers.Close(); err == nil {
		err = werr
	}
	return err
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "store.Ping")
	return db.dialect.mark(db.readers.PingContext(ctx))
}

// Listen returns a channel that is signalled, without blocking, after each commit that added
// tasks, inbound activities or deliveries in this process; several signals may become one. Whoever
// listens also polls, for what other processes add, and calls stop when it is done.
func (db *DB) Listen() (woken <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	db.mu.Lock()
	defer db.mu.Unlock()
	db.listeners[c] = true
	return c, func() {
		db.mu.Lock()
		defer db.mu.Unlock()
		delete(db.listeners, c)
	}
}

// wake signals all listeners.
func (db *DB) wake() {
	db.mu.Lock()
	defer db.mu.Unlock()
	for c := range db.listeners {
		select {
		case c <- struct{}{}:
		default: // it has a signal waiting
		}
	}
}

// Page says which part of a list is wanted: at most Limit rows after (exclusive) the row with
// key After in the order of the list; zero After means from the start. A Limit that is not
// between 1 and 1,000 counts as 1,000.
type Page struct {
	After policy.ID
	Limit int
}

// limit returns how many rows a page may have.
func (p Page) limit() int {
	if p.Limit < 1 || p.Limit > 1000 {
		return 1000
	}
	return p.Limit
}
