package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// dialect is what differs between SQLite and PostgreSQL.
type dialect struct {
	open        func(ctx context.Context, url string) (readers, writers *sql.DB, err error)
	check       func(context.Context, *sql.DB) error
	words       *strings.Replacer // of migrations
	groups      bool              // writers gain from sharing a commit
	forUpdate   string            // locks the rows of a SELECT
	forShare    string            // locks them against changes only
	skipLocked  string            // the same, leaving out those that are locked
	lock        string            // statement that lets one process migrate at a time; "": not needed
	retryable   func(error) bool  // the transaction was a victim and may be run again
	unavailable func(error) bool  // the database cannot work at the moment
}

// dialectOf returns the dialect of what url names.
func dialectOf(url string) *dialect {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return &postgresDialect
	}
	return &sqliteDialect
}

// mark makes err an errs.Unavailable where the database, not the statement, is at fault.
func (d *dialect) mark(err error) error {
	if err != nil && !errors.Is(err, errs.Unavailable) && d.unavailable(err) {
		return fmt.Errorf("%w: database: %w", errs.Unavailable, err)
	}
	return err
}

var sqliteDialect = dialect{
	open:        openSQLite,
	check:       func(context.Context, *sql.DB) error { return nil },
	words:       strings.NewReplacer("{{ID}}", "INTEGER", "{{BYTES}}", "BLOB", "{{SERIAL}}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
	groups:      true,
	retryable:   func(error) bool { return false }, // there is one writer
	unavailable: sqliteUnavailable,
}

// openSQLite opens the file at path, which only its owner may read. One connection writes, four
// read; a commit is on the disk before it is answered.
func openSQLite(ctx context.Context, path string) (readers, writers *sql.DB, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, err
	}
	err = f.Chmod(0o600) // SQLite gives its other files the same
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, nil, err
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_txlock=immediate" +
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=journal_size_limit(67108864)"
	if writers, err = sql.Open("sqlite", dsn); err != nil {
		return nil, nil, err
	}
	writers.SetMaxOpenConns(1)
	if err := firstContact(ctx, writers); err != nil {
		return nil, nil, errors.Join(err, writers.Close())
	}
	if readers, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)"); err != nil {
		return nil, nil, err
	}
	readers.SetMaxOpenConns(4)
	readers.SetMaxIdleConns(4)
	return readers, writers, nil
}

// firstContact waits while another process makes the file. Of two that turn on write-ahead logging
// at once, SQLite sends one away without the usual patience.
func firstContact(ctx context.Context, pool *sql.DB) error {
	for patience := 50; ; patience-- {
		err := pool.PingContext(ctx)
		var e *sqlite.Error
		if patience == 0 || !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_BUSY {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func sqliteUnavailable(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff { // the primary code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

var postgresDialect = dialect{
	open:        openPostgres,
	check:       checkPostgres,
	words:       strings.NewReplacer("{{ID}}", "BIGINT", "{{BYTES}}", "BYTEA", "{{SERIAL}}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
	forUpdate:   "FOR NO KEY UPDATE", // FOR UPDATE would wait for whoever adds a row that refers to this one
	forShare:    "FOR SHARE",
	skipLocked:  "FOR UPDATE SKIP LOCKED",
	lock:        "SELECT pg_advisory_lock(7235117011)", // any number, the same in every process
	retryable:   postgresRetryable,
	unavailable: postgresUnavailable,
}

// openPostgres opens two pools, so that whoever reads inside a write finds a connection. The just
// in time compiler is off: it takes 30 ms for statements that take one.
func openPostgres(_ context.Context, url string) (readers, writers *sql.DB, err error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, err
	}
	c.RuntimeParams["jit"] = "off"
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "folkmoot"
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 3 * time.Second
	}
	writers = stdlib.OpenDB(*c)
	r := c.Copy()
	r.RuntimeParams["default_transaction_read_only"] = "on"
	readers = stdlib.OpenDB(*r)
	for _, pool := range []*sql.DB{readers, writers} {
		pool.SetMaxOpenConns(16)
		pool.SetMaxIdleConns(16)
		pool.SetConnMaxIdleTime(5 * time.Minute)
	}
	return readers, writers, nil
}

// checkPostgres refuses a server that is too old, or that may lose a confirmed commit.
func checkPostgres(ctx context.Context, pool *sql.DB) error {
	show := func(name string) (v string, err error) {
		err = pool.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&v)
		return v, err
	}
	version, err := show("server_version_num")
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(version); err != nil || n < 150000 {
		return fmt.Errorf("%w: PostgreSQL 15 or later is needed; this one is %s", errs.Invalid, version)
	}
	if enc, err := show("server_encoding"); err != nil || enc != "UTF8" {
		return errors.Join(err, fmt.Errorf("%w: the database must have the encoding UTF8, not %q", errs.Invalid, enc))
	}
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		v, err := show(name)
		if err != nil {
			return err
		}
		if v == "off" {
			return fmt.Errorf("%w: PostgreSQL has %s = off, and may lose what it has confirmed: set it to on", errs.Invalid, name)
		}
	}
	return nil
}

func postgresRetryable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01") // serialization, deadlock
}

func postgresUnavailable(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch e.Code[:2] {
		case "08", "53", "58": // connection, resources such as the disk, system
			return true
		case "57": // operator intervention; 57014 is our own cancellation
			return e.Code != "57014"
		}
		return postgresRetryable(err) || e.Code == "25006" // a standby only reads
	}
	var ce *pgconn.ConnectError
	var ne net.Error
	return errors.As(err, &ce) || errors.Is(err, driver.ErrBadConn) ||
		errors.As(err, &ne) && !errors.Is(err, context.Canceled)
}
