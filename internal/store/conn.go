package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// conn runs statements on a pool or in a transaction. It cleans the texts that are bound and
// gives failures of the database their kind.
type conn struct {
	sql     executor
	dialect *dialect
	whole   bool // a statement that has begun is finished even if its context ends
}

// exec runs a statement and returns how many rows it touched.
func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := c.sql.ExecContext(c.context(ctx), query, clean(args)...)
	if err != nil {
		return 0, c.dialect.mark(err)
	}
	return res.RowsAffected()
}

func (c conn) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := c.sql.QueryContext(c.context(ctx), query, clean(args)...)
	return rows, c.dialect.mark(err)
}

func (c conn) context(ctx context.Context) context.Context {
	if c.whole {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// Clean returns s as both databases can keep it: without NUL, and with U+FFFD for what is not
// UTF-8. Everything that is stored or looked up is cleaned.
func Clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

func clean(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = Clean(s)
		}
	}
	return args
}

// scanner is a row about to be read.
type scanner interface{ Scan(dest ...any) error }

// collect reads all rows of a query with f.
func collect[T any](ctx context.Context, c conn, f func(scanner, *T) error, query string, args ...any) ([]T, error) {
	rows, err := c.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var t T
		if err := f(rows, &t); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, c.dialect.mark(rows.Err())
}

// one reads the only row of a query with f; errs.NotFound if there is none.
func one[T any](ctx context.Context, c conn, f func(scanner, *T) error, query string, args ...any) (*T, error) {
	list, err := collect(ctx, c, f, query, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound
	}
	return &list[0], nil
}

// value reads the only value of a query; errs.NotFound if there is no row.
func value[T any](ctx context.Context, c conn, query string, args ...any) (v T, err error) {
	p, err := one(ctx, c, func(row scanner, v *T) error { return row.Scan(v) }, query, args...)
	if err != nil {
		return v, err
	}
	return *p, nil
}

// micros is the form in which times are stored: µs since 1970, UTC, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// moment scans such a time.
type moment struct{ t *time.Time }

// Scan implements [sql.Scanner].
func (m moment) Scan(v any) error {
	switch n := v.(type) {
	case nil:
		*m.t = time.Time{}
	case int64:
		*m.t = time.Time{}
		if n != 0 {
			*m.t = time.UnixMicro(n).UTC()
		}
	default:
		return fmt.Errorf("a time is stored as %T", v)
	}
	return nil
}

// asJSON is the form in which lists inside a row are stored.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only lists of strings and plain structs are stored so
	}
	return string(b)
}

// fromJSON scans such a list.
type fromJSON struct{ v any }

// Scan implements [sql.Scanner].
func (j fromJSON) Scan(v any) error {
	switch s := v.(type) {
	case string:
		return json.Unmarshal([]byte(s), j.v)
	case []byte:
		return json.Unmarshal(s, j.v)
	}
	return fmt.Errorf("a list is stored as %T", v)
}

// in returns n parameters for an IN: "($from, $from+1, …)".
func in(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ", $%d", from+i)
	}
	return "(" + strings.TrimPrefix(b.String(), ", ") + ")"
}

// keys are the same as parameters.
func keys(rows []policy.ID) []any {
	args := make([]any, len(rows))
	for i, id := range rows {
		args[i] = id
	}
	return args
}

// scanKey reads a row of one key.
func scanKey(row scanner, id *policy.ID) error { return row.Scan(id) }

// scanText reads a row of one text.
func scanText(row scanner, s *string) error { return row.Scan(s) }
