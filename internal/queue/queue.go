// Package queue runs what waits in the database: tasks and received activities. It leases them,
// tries again what failed, and parks what keeps failing.
package queue

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/store"
)

// Config says what to run.
type Config struct {
	DB      *store.DB
	Tasks   map[string]func(context.Context, store.Task) error              // by kind
	Inbound func(context.Context, store.Inbound) (reason string, err error) // reason: why it had no effect
	Workers int                                                             // 0 means 4
	Scale   float64                                                         // divides every interval; 0 means 1
}

// Runner runs a queue. Errors of kind errs.Unavailable and unknown errors are tried again, 8
// times within an hour; the other kinds end a task at once.
type Runner struct{}

// New returns a Runner.
func New(c Config) *Runner { panic("stub") }

// Run works until ctx ends, then finishes what is in hand.
func (r *Runner) Run(ctx context.Context) error { panic("stub") }

// Drain works off everything that is due now, and what that causes, and returns; for commands
// and tests.
func (r *Runner) Drain(ctx context.Context) error { panic("stub") }
