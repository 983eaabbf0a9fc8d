package store

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/migrations"
)

// migrate brings the schema up to date: each file that is not applied yet, in order of name, in a
// transaction of its own. Processes that start at the same time wait for each other.
func (db *DB) migrate(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "migrate")
	if db.dialect.lock != "" {
		// Session-wide, so it needs a connection of its own; closing it gives the lock back.
		c, err := db.writers.Conn(ctx)
		if err != nil {
			return db.dialect.mark(err)
		}
		defer c.Raw(func(any) error { return errClose })
		if _, err := c.ExecContext(ctx, db.dialect.lock); err != nil {
			return db.dialect.mark(err)
		}
	}
	return db.migrateFrom(ctx, migrations.FS)
}

func (db *DB) migrateFrom(ctx context.Context, files fs.FS) error {
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil {
		return err
	}
	applied, err := db.appliedMigrations(ctx)
	if err != nil {
		return err
	}
	for _, name := range applied {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%w: the database was changed by a newer Folkmoot (%s): start that version, or restore a backup made by this one",
				errs.Conflict, name)
		}
	}
	for _, name := range names {
		if !slices.Contains(applied, name) {
			if err := db.migrateFile(ctx, files, name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

// appliedMigrations lists the files that were applied, making the table if it is missing.
func (db *DB) appliedMigrations(ctx context.Context) (names []string, err error) {
	err = db.Write(ctx, func(tx *Tx) error {
		_, err := tx.conn.exec(ctx, `
			CREATE TABLE IF NOT EXISTS migrations (
				name    TEXT   NOT NULL PRIMARY KEY,
				applied BIGINT NOT NULL
			)`)
		if err != nil {
			return err
		}
		names, err = collect(ctx, tx.conn, scanText, `
			SELECT name
			FROM migrations
			ORDER BY applied, name`)
		return err
	})
	return names, err
}

func (db *DB) migrateFile(ctx context.Context, files fs.FS, name string) error {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx *Tx) error {
		n, err := tx.conn.exec(ctx, `
			INSERT INTO migrations (name, applied)
			VALUES ($1, $2)
			ON CONFLICT (name) DO NOTHING`, name, micros(tx.At))
		if err != nil || n == 0 { // another process was first
			return err
		}
		_, err = tx.conn.exec(ctx, db.dialect.words.Replace(string(body)))
		return err
	})
}
