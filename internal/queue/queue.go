// Package queue runs what waits in the database: tasks and received activities. It leases them,
// tries again what failed, and parks what keeps failing.
//
// Everything may run twice: a process that ends in the middle of something leaves it to whoever
// looks when the lease is over. An attempt is counted when it begins, so that even what ends the
// process is parked in the end.
package queue

import (
	"context"
	"sync"
	"time"

	"github.com/folkmoot/folkmoot/internal/store"
)

// Config says what to run.
type Config struct {
	DB      *store.DB
	Tasks   map[string]func(context.Context, store.Task) error              // by kind
	Inbound func(context.Context, store.Inbound) (reason string, err error) // reason: why it had no effect
	Workers int                                                             // for tasks; 0 means 4. For activities, which wait for other servers: eight times as many
	Scale   float64                                                         // divides every interval; 0 means 1
}

// Runner runs a queue. Errors of kind errs.Unavailable and unknown errors are tried again, 8
// times within an hour; the other kinds end a task at once. A panic is a failed attempt. Tasks of
// one lane and activities of one actor run one at a time, in order.
type Runner struct {
	lines []*line
}

// inboundWorkers is how many activities are worked on at once for each worker for tasks.
const inboundWorkers = 8

// New returns a Runner.
func New(c Config) *Runner {
	if c.Workers <= 0 {
		c.Workers = 4
	}
	if c.Scale <= 0 {
		c.Scale = 1
	}
	r := &Runner{lines: []*line{newLine(c, c.Workers, tasks{c.Tasks})}}
	if c.Inbound != nil {
		r.lines = append(r.lines, newLine(c, c.Workers*inboundWorkers, inbound{c.Inbound}))
	}
	return r
}

// grace is how long what is in hand may go on after the end was asked for.
const grace = 10 * time.Second

// Run works until ctx ends, then finishes what is in hand, and returns nil. What takes longer than
// ten seconds for that is cut off, and left to the next start.
func (r *Runner) Run(ctx context.Context) error {
	hands, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-hands.Done():
		case <-time.After(grace):
			cut()
		}
	})
	defer stop()
	var wg sync.WaitGroup
	for _, l := range r.lines {
		wg.Go(func() { l.run(ctx, hands) })
	}
	wg.Wait()
	return nil
}

// Drain works off everything that is due now, and what that causes, and returns; for commands
// and tests.
func (r *Runner) Drain(ctx context.Context) error {
	for more := true; more; {
		more = false
		for _, l := range r.lines {
			jobs, err := l.lease(ctx, 1)
			if err != nil {
				return err
			}
			for _, j := range jobs {
				l.work(ctx, j)
				more = true
			}
		}
	}
	return ctx.Err()
}
