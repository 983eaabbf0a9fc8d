package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// job is a task or an activity, leased.
type job struct {
	id       policy.ID
	name     string // for the log
	attempts int    // this one included
	run      func(context.Context) (reason string, err error)
}

// source is where the jobs of a line come from.
type source interface {
	lease(ctx context.Context, tx *store.Tx, n int, until time.Time) ([]job, error)
	keep(ctx context.Context, tx *store.Tx, until time.Time, rows []policy.ID) error
	finish(ctx context.Context, tx *store.Tx, j job, reason string) error
	retry(ctx context.Context, tx *store.Tx, j job, at time.Time, park bool, reason string) error
}

// tasks are tasks of the store.
type tasks struct {
	byKind map[string]func(context.Context, store.Task) error
}

func (s tasks) lease(ctx context.Context, tx *store.Tx, n int, until time.Time) (jobs []job, err error) {
	list, err := tx.LeaseTasks(ctx, n, until)
	for _, t := range list {
		jobs = append(jobs, job{id: t.ID, name: t.Kind, attempts: t.Attempts, run: func(ctx context.Context) (string, error) {
			f := s.byKind[t.Kind]
			if f == nil { // perhaps a newer version knows it
				return "", fmt.Errorf("no task of kind %q is known", t.Kind)
			}
			return "", f(ctx, t)
		}})
	}
	return jobs, err
}

func (s tasks) keep(ctx context.Context, tx *store.Tx, until time.Time, rows []policy.ID) error {
	return tx.KeepTasks(ctx, until, rows...)
}

func (s tasks) finish(ctx context.Context, tx *store.Tx, j job, _ string) error {
	return tx.FinishTask(ctx, j.id)
}

func (s tasks) retry(ctx context.Context, tx *store.Tx, j job, at time.Time, park bool, reason string) error {
	return tx.RetryTask(ctx, j.id, at, park, reason)
}

// inbound are received activities.
type inbound struct {
	process func(context.Context, store.Inbound) (string, error)
}

func (s inbound) lease(ctx context.Context, tx *store.Tx, n int, until time.Time) (jobs []job, err error) {
	list, err := tx.LeaseInbound(ctx, n, until)
	for _, in := range list {
		jobs = append(jobs, job{id: in.ID, name: "process", attempts: in.Attempts, run: func(ctx context.Context) (string, error) {
			return s.process(ctx, in)
		}})
	}
	return jobs, err
}

func (s inbound) keep(ctx context.Context, tx *store.Tx, until time.Time, rows []policy.ID) error {
	return tx.KeepInbound(ctx, until, rows...)
}

func (s inbound) finish(ctx context.Context, tx *store.Tx, j job, reason string) error {
	return tx.FinishInbound(ctx, j.id, reason)
}

func (s inbound) retry(ctx context.Context, tx *store.Tx, j job, at time.Time, park bool, reason string) error {
	return tx.RetryInbound(ctx, j.id, at, park, reason)
}
