package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// errClose, returned from sql.Conn.Raw, makes the pool close a connection.
var errClose = driver.ErrBadConn

// executor is a transaction of either kind.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Tx is a write transaction. At is the moment all its rows carry.
type Tx struct {
	Reader
	At    time.Time // in µs, UTC
	db    *DB
	wakes bool // it adds work
}

// NewID returns a fresh, time-ordered key.
func (tx *Tx) NewID() policy.ID { return tx.db.ids.next(tx.At) }

// Write runs f in a transaction and returns after the commit, or rolls back if f fails. f must
// not keep its Tx, do network I/O, call Write, or go on after a statement failed. It may be run
// again from the start, when the database made it the victim of a conflict.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if db.group != nil {
		return db.group.write(ctx, f)
	}
	const tries = 8
	for n := 1; ; n++ {
		err := db.writeAlone(ctx, f)
		if err == nil || n == tries || !db.dialect.retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(rand.Int64N(int64(n) * int64(10*time.Millisecond)))):
		}
	}
}

// writeAlone runs f in a transaction of its own.
func (db *DB) writeAlone(ctx context.Context, f func(*Tx) error) error {
	stx, err := db.writers.BeginTx(ctx, nil)
	if err != nil {
		return db.dialect.mark(err)
	}
	defer stx.Rollback() // nothing left to do after Commit
	tx := db.newTx(stx)
	if err := f(tx); err != nil {
		return err
	}
	if err := stx.Commit(); err != nil {
		return db.dialect.mark(err)
	}
	if tx.wakes {
		db.wake()
	}
	return nil
}

func (db *DB) newTx(stx executor) *Tx {
	return &Tx{
		Reader: Reader{conn{sql: stx, dialect: db.dialect, whole: db.dialect.groups}},
		At:     db.now().UTC().Truncate(time.Microsecond),
		db:     db,
	}
}

// groupMax is how many writes share a commit at most.
const groupMax = 256

// group lets writes that wait for each other anyway share one commit, and so one wait for the
// disk: each runs in a savepoint of a common transaction, and the last in the queue commits for
// all. There is no timer: who comes alone commits at once.
type group struct {
	db      *DB
	waiting atomic.Int64 // writes that have not had their turn

	mu     sync.Mutex // held by the write whose turn it is; guards what follows
	conn   *sql.Conn  // in a transaction; nil: none is open
	shared *outcome   // of that transaction
}

// outcome is what became of a common transaction, once done is closed.
type outcome struct {
	done  chan struct{}
	err   error
	size  int
	wakes bool
}

// write runs f in its turn and waits for the commit.
func (g *group) write(ctx context.Context, f func(*Tx) error) error {
	g.waiting.Add(1)
	g.mu.Lock()
	g.waiting.Add(-1)
	o, err := g.turn(ctx, f)
	if err != nil {
		return err
	}
	<-o.done
	return o.err
}

// turn runs f in a savepoint, commits if nobody else is waiting, and hands on. It returns the
// outcome that f shares.
func (g *group) turn(ctx context.Context, f func(*Tx) error) (_ *outcome, err error) {
	cancelled := ctx.Err()
	// The transaction is not one caller's: none of their contexts may end it.
	ctx = context.WithoutCancel(ctx)
	defer g.mu.Unlock()
	defer g.settle(ctx)
	if cancelled != nil {
		return nil, cancelled
	}
	if err := g.begin(ctx); err != nil {
		return nil, err
	}
	o := g.shared
	kept := false
	defer func() { // also when f panics
		if !kept {
			g.exec(ctx, "ROLLBACK TO turn")
			g.exec(ctx, "RELEASE turn")
		}
	}()
	tx := g.db.newTx(g.conn)
	if err := f(tx); err != nil {
		return nil, err
	}
	kept = true
	g.exec(ctx, "RELEASE turn")
	o.size++
	o.wakes = o.wakes || tx.wakes
	return o, nil
}

// begin opens the common transaction, if none is open, and a savepoint in it.
func (g *group) begin(ctx context.Context) (err error) {
	if g.conn == nil {
		conn, err := g.db.writers.Conn(ctx)
		if err != nil {
			return g.db.dialect.mark(err)
		}
		if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			conn.Close()
			return g.db.dialect.mark(err)
		}
		g.conn, g.shared = conn, &outcome{done: make(chan struct{})}
	}
	o := g.shared
	g.exec(ctx, "SAVEPOINT turn")
	return o.err
}

// exec runs a statement about the common transaction. Where that fails, SQLite has given up the
// transaction (the disk is full, say), and everybody in it fails.
func (g *group) exec(ctx context.Context, statement string) {
	if g.conn == nil {
		return
	}
	if _, err := g.conn.ExecContext(ctx, statement); err != nil {
		g.conn.Raw(func(any) error { return errClose }) // whatever state it is in
		g.end(fmt.Errorf("%w: database: %w", errs.Unavailable, err))
	}
}

// settle commits, unless somebody is waiting who can do it.
func (g *group) settle(ctx context.Context) {
	if g.conn == nil || g.waiting.Load() > 0 && g.shared.size < groupMax {
		return
	}
	if g.exec(ctx, "COMMIT"); g.conn == nil {
		return
	}
	if g.shared.wakes {
		g.db.wake()
	}
	g.conn.Close() // back into the pool
	g.end(nil)
}

// end tells everybody in the common transaction what became of it.
func (g *group) end(err error) {
	g.shared.err = err
	close(g.shared.done)
	g.conn, g.shared = nil, nil
}
