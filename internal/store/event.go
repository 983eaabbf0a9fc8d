package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddEvent stores e, sets e.ID and e.At, and adds one task for each kind in
// [Options].Consequences, with the event's id in decimal as Key and Body.
func (tx *Tx) AddEvent(ctx context.Context, e *policy.Event) error { panic("stub") }

// Event returns an event; errs.NotFound.
func (db *DB) Event(ctx context.Context, id policy.ID) (*policy.Event, error) { panic("stub") }

// Task is work that outlives the process.
type Task struct {
	ID       policy.ID
	Kind     string
	Key      string // unique within Kind
	Body     []byte
	At       time.Time // not before
	Attempts int
	Parked   bool   // gave up; shown to staff
	Error    string // of the last attempt
}

// AddTask stores t, once per (Kind, Key).
func (tx *Tx) AddTask(ctx context.Context, t Task) error { panic("stub") }

// LeaseTasks takes up to n due tasks until the given time.
func (tx *Tx) LeaseTasks(ctx context.Context, n int, until time.Time) ([]Task, error) { panic("stub") }

// FinishTask removes a task.
func (tx *Tx) FinishTask(ctx context.Context, id policy.ID) error { panic("stub") }

// RetryTask puts a task off, or parks it.
func (tx *Tx) RetryTask(ctx context.Context, id policy.ID, at time.Time, park bool, reason string) error {
	panic("stub")
}
