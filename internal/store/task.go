package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Task is work that outlives the process.
type Task struct {
	ID       policy.ID
	Kind     string
	Key      string // unique within Kind
	Lane     string // tasks of one lane run one at a time, oldest first; empty: in no order
	Body     []byte
	At       time.Time // not before
	Attempts int       // begun, this one included
	Parked   bool      // gave up; shown to staff
	Error    string    // of the last attempt
}

// AddTask stores t, once per (Kind, Key).
func (tx *Tx) AddTask(ctx context.Context, t Task) (err error) {
	defer errs.Wrap(&err, "store.AddTask(%s %s)", t.Kind, t.Key)
	if t.Body == nil {
		t.Body = []byte{}
	}
	if t.At.IsZero() {
		t.At = tx.At
	}
	id := tx.NewID()
	behind := false
	if t.Lane != "" && !t.At.After(tx.At) {
		if behind, err = tx.behind(ctx, taskLanes, t.Lane, id); err != nil {
			return err
		}
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO tasks (id, kind, key, lane, body, due, attempts, parked, problem)
		VALUES ($1, $2, $3, $4, $5, CASE WHEN $7 THEN NULL ELSE CAST($6 AS BIGINT) END, 0, FALSE, '')
		ON CONFLICT (kind, key) DO NOTHING`,
		id, t.Kind, t.Key, t.Lane, t.Body, micros(t.At), behind)
	tx.wakes = true
	return err
}

// LeaseTasks takes up to n due tasks until the given time, oldest first. While a task of a lane
// is leased or put off, later ones of that lane are not leased.
func (tx *Tx) LeaseTasks(ctx context.Context, n int, until time.Time) (_ []Task, err error) {
	defer errs.Wrap(&err, "store.LeaseTasks")
	list, err := collect(ctx, tx.conn, scanTask, `
		UPDATE tasks
		SET due = $2, attempts = attempts + 1
		WHERE id IN (
			SELECT t.id
			FROM tasks t
			WHERE NOT t.parked AND t.due <= $1
				AND (t.lane = '' OR NOT EXISTS (
					SELECT 1
					FROM tasks e
					WHERE NOT e.parked AND e.lane <> '' AND e.lane = t.lane AND e.id < t.id))
			ORDER BY t.due, t.id
			LIMIT $3
			`+tx.db.dialect.skipLocked+`)
		RETURNING id, kind, key, lane, body, due, attempts, parked, problem`,
		micros(tx.At), micros(until), n)
	slices.SortFunc(list, func(a, b Task) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

func scanTask(row scanner, t *Task) error {
	return row.Scan(&t.ID, &t.Kind, &t.Key, &t.Lane, &t.Body, moment{&t.At}, &t.Attempts, &t.Parked, &t.Error)
}

// KeepTasks moves the end of the leases of tasks that are still being worked on.
func (tx *Tx) KeepTasks(ctx context.Context, until time.Time, tasks ...policy.ID) (err error) {
	defer errs.Wrap(&err, "store.KeepTasks")
	return tx.keep(ctx, "tasks", until, tasks)
}

func (tx *Tx) keep(ctx context.Context, table string, until time.Time, rows []policy.ID) error {
	if len(rows) == 0 {
		return nil
	}
	args := append([]any{micros(until)}, keys(rows)...)
	_, err := tx.conn.exec(ctx, `
		UPDATE `+table+`
		SET due = $1
		WHERE NOT parked AND id IN `+in(2, len(rows))+``, args...)
	return err
}

// FinishTask removes a task.
func (tx *Tx) FinishTask(ctx context.Context, id policy.ID) (err error) {
	defer errs.Wrap(&err, "store.FinishTask(%d)", id)
	lane, err := value[string](ctx, tx.conn, `
		DELETE FROM tasks
		WHERE id = $1
		RETURNING lane`, id)
	if isNotFound(err) || err == nil && lane == "" {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.advance(ctx, taskLanes, lane)
}

// RetryTask puts a task off, or parks it.
func (tx *Tx) RetryTask(ctx context.Context, id policy.ID, at time.Time, park bool, reason string) (err error) {
	defer errs.Wrap(&err, "store.RetryTask(%d)", id)
	lane, err := value[string](ctx, tx.conn, `
		UPDATE tasks
		SET due = $2, parked = $3, problem = $4
		WHERE id = $1
		RETURNING lane`, id, micros(at), park, reason)
	tx.wakes = true
	if isNotFound(err) || err == nil && (lane == "" || !park) {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.advance(ctx, taskLanes, lane)
}
