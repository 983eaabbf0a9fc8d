package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
	"github.com/folkmoot/folkmoot/migrations"
)

func TestOpenAtOnce(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				db, err := store.Open(t.Context(), store.Options{URL: url})
				if err != nil {
					t.Error(err)
					return
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		db := testkit.Open(t, store.Options{URL: url})
		files, err := fs.Glob(migrations.FS, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		n, err := db.Int(t.Context(), `SELECT count(*) FROM migrations`)
		if err != nil || n != int64(len(files)) {
			t.Errorf("%d migrations recorded, %v; want %d", n, err, len(files))
		}
		if err := db.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		db := testkit.Open(t, store.Options{URL: url})
		testkit.Write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO migrations (name, applied) VALUES ('9999_future.sql', 1)`)
			return err
		})
		_, err := store.Open(t.Context(), store.Options{URL: url})
		if !errors.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "9999_future.sql") {
			t.Errorf("Open = %v, want a conflict that names the migration", err)
		}
	})
}

func TestInterruptedMigration(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		files := fstest.MapFS{}
		list, err := fs.Glob(migrations.FS, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range list {
			body, err := fs.ReadFile(migrations.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: body}
		}
		const whole = "CREATE TABLE more (id {{ID}} NOT NULL PRIMARY KEY);\nINSERT INTO more (id) VALUES (7);\n"
		files["5000_more.sql"] = &fstest.MapFile{Data: []byte(whole + "INSERT INTO nowhere (id) VALUES (1);\n")}
		if err := db.MigrateFrom(t.Context(), files); err == nil {
			t.Fatal("a migration that breaks off in the middle succeeded")
		}
		if _, err := db.Int(t.Context(), `SELECT count(*) FROM more`); err == nil {
			t.Error("half a migration stayed")
		}
		files["5000_more.sql"] = &fstest.MapFile{Data: []byte(whole)}
		for range 2 { // the second time it is applied already
			if err := db.MigrateFrom(t.Context(), files); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := db.Int(t.Context(), `SELECT count(*) FROM more`); err != nil || n != 1 {
			t.Errorf("%d rows, %v; want 1: the migration ran once", n, err)
		}
	})
}

func TestMigrationsAreCommented(t *testing.T) {
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	create := regexp.MustCompile(`(?m)^(.*)\nCREATE TABLE (\w+)`)
	for _, name := range files {
		body, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^\d{4}_\w+\.sql$`).MatchString(name) || !strings.HasPrefix(string(body), "-- ") {
			t.Errorf("%s: not NNNN_what.sql, or does not begin with what it is for", name)
		}
		for _, m := range create.FindAllStringSubmatch(string(body), -1) {
			if !strings.HasPrefix(m[1], "-- ") {
				t.Errorf("%s: table %s does not say what it is for", name, m[2])
			}
		}
	}
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder?", "with 100% odd #name")
	path := filepath.Join(dir, "folkmoot.db")
	db := testkit.Open(t, store.Options{URL: path})
	testkit.NewSample(t, db)
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v; want 0700", info, err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(f.Name(), "folkmoot.db") {
			t.Errorf("%s: %v, %v; want 0600", f.Name(), info.Mode(), err)
		}
	}
}

func TestSQLiteSettings(t *testing.T) {
	db := testkit.Open(t, store.Options{URL: filepath.Join(t.TempDir(), "folkmoot.db")})
	testkit.Write(t, db, func(tx *store.Tx) error {
		for pragma, want := range map[string]int64{"synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000} {
			if got, err := tx.Int(t.Context(), "PRAGMA "+pragma); err != nil || got != want {
				t.Errorf("%s = %d, %v; want %d", pragma, got, err, want)
			}
		}
		return nil
	})
	if got, err := db.Int(t.Context(), "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"); err != nil || got != 1 {
		t.Errorf("journal mode is not WAL (%v)", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		_, err := db.Int(t.Context(), `UPDATE counters SET value = value + 1 WHERE name = 'challenge' RETURNING value`)
		if err == nil {
			t.Error("a read connection wrote")
		}
	})
}

func TestPostgresThatMayLoseIsRefused(t *testing.T) {
	url := testkit.PostgresURL(t)
	_, err := store.Open(t.Context(), store.Options{URL: url + "&synchronous_commit=off"})
	if !errors.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "synchronous_commit") {
		t.Errorf("Open = %v, want a refusal that names the setting", err)
	}
}

func TestPostgresThatIsNotThere(t *testing.T) {
	_, err := store.Open(t.Context(), store.Options{URL: "postgres://folkmoot@127.0.0.1:1/x?sslmode=disable"})
	if !errors.Is(err, errs.Unavailable) {
		t.Errorf("Open = %v, want errs.Unavailable", err)
	}
}
