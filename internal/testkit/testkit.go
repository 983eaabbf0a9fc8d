// Package testkit opens databases, reads shared data, runs request scripts and makes sample values
// for tests.
package testkit

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // names the driver "pgx"

	"github.com/folkmoot/folkmoot/internal/store"
)

// Postgres is the variable that names a PostgreSQL server for tests, as an address of a database
// of a role that may make databases. "go run ./internal/testkit/pg COMMAND" starts a server of its
// own, and runs a command with it.
const Postgres = "FOLKMOOT_DEV_POSTGRES"

// EachDB runs f as a subtest on an empty SQLite database, and on an empty schema of the PostgreSQL
// server that FOLKMOOT_DEV_POSTGRES names. Without one that half is skipped, or with CI=true
// fails.
func EachDB(t *testing.T, f func(*testing.T, *store.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { f(t, Open(t, store.Options{URL: url})) })
}

// EachURL is EachDB for tests that open the database themselves, or several times.
func EachURL(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "folkmoot.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, PostgresURL(t)) })
}

// Open opens a database and closes it at the end of the test.
func Open(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// PostgresURL makes an empty schema, dropped at the end of the test, and returns an address where
// everything is made and found in it. A schema is made in no time, a database in 300 ms.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Postgres)
	if server == "" {
		const how = Postgres + " names no PostgreSQL server for tests: run them with \"make test\", or \"go run ./internal/testkit/pg go test ./...\""
		if os.Getenv("CI") == "true" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s: %v", Postgres, err)
	}
	name := fmt.Sprintf("folkmoot_test_%016x", rand.Uint64())
	admin := func(statement string) {
		pool, err := sql.Open("pgx", server)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		// Not the test's context, which has ended when the schema is dropped.
		if _, err := pool.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	admin("CREATE SCHEMA " + name)
	t.Cleanup(func() { admin("SET lock_timeout = '10s'; DROP SCHEMA " + name + " CASCADE") })
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}
