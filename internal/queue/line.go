package queue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

const (
	lease = 30 * time.Second // and so the pause after a process was killed; never divided
	poll  = time.Second      // between looks for what other processes add
)

// waits are the pauses after each failed attempt; 8 attempts in 50 minutes.
var waits = [...]time.Duration{
	5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute,
	5 * time.Minute, 12 * time.Minute, 30 * time.Minute,
}

// line is one kind of work and those who work on it.
type line struct {
	db      *store.DB
	source  source
	workers int
	scale   float64

	mu     sync.Mutex
	inHand map[policy.ID]bool
}

func newLine(c Config, workers int, s source) *line {
	return &line{db: c.DB, source: s, workers: workers, scale: c.Scale, inHand: map[policy.ID]bool{}}
}

// run leases and works until ctx ends, and waits for what is in hand, which works with hands.
func (l *line) run(ctx, hands context.Context) {
	woken, stop := l.db.Listen()
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	keeping, enough := context.WithCancel(hands)
	defer enough() // a lease outlasts the grace for what is in hand
	wg.Go(func() { l.keep(keeping) })
	tick := time.NewTicker(max(l.scaled(poll), 20*time.Millisecond))
	defer tick.Stop()
	for ctx.Err() == nil {
		jobs, err := l.lease(ctx, l.workers)
		if err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Error().Err(err).Msg("queue not readable")
		}
		for _, j := range jobs {
			wg.Go(func() { l.work(hands, j) })
		}
		if len(jobs) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-woken:
		case <-tick.C:
		}
	}
}

func (l *line) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / l.scale)
}

// lease takes as much as there are free hands for, at most n.
func (l *line) lease(ctx context.Context, n int) (jobs []job, err error) {
	l.mu.Lock()
	n = min(n, l.workers-len(l.inHand))
	l.mu.Unlock()
	if n <= 0 {
		return nil, nil
	}
	err = l.db.Write(ctx, func(tx *store.Tx) error {
		jobs, err = l.source.lease(ctx, tx, n, tx.At.Add(lease))
		return err
	})
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, j := range jobs {
		l.inHand[j.id] = true
	}
	return jobs, nil
}

// keep renews the leases of what is in hand. It holds the lock until the commit, so that it never
// renews what has just been put off.
func (l *line) keep(ctx context.Context) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		l.mu.Lock()
		err := l.db.Write(ctx, func(tx *store.Tx) error {
			return l.source.keep(ctx, tx, tx.At.Add(lease), slices.Collect(maps.Keys(l.inHand)))
		})
		l.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Error().Err(err).Msg("leases not renewed")
		}
	}
}

// fate is what becomes of a job.
type fate string

const (
	done   fate = "task done"
	ended  fate = "task ended without effect"
	putOff fate = "task put off"
	parked fate = "task parked"
)

// judge says what becomes of a job after an attempt, cut off or not, and for how long it is put off.
func judge(attempts int, err error, cut bool) (fate, time.Duration) {
	switch {
	case err == nil:
		return done, 0
	case cut:
		return putOff, 0
	case final(err):
		return ended, 0
	case attempts > len(waits):
		return parked, 0
	}
	return putOff, waits[attempts-1]
}

// work runs a job and stores what became of it.
func (l *line) work(ctx context.Context, j job) {
	log := zerolog.Ctx(ctx).With().Str("task", j.name).Int("attempt", j.attempts).Logger()
	ctx = log.WithContext(ctx)
	begun := time.Now()
	reason, err := l.try(ctx, j)
	what, wait := judge(j.attempts, err, ctx.Err() != nil)
	if err != nil {
		reason = err.Error()
	}
	l.mu.Lock()
	delete(l.inHand, j.id)
	l.mu.Unlock()
	ctx = context.WithoutCancel(ctx) // what is done must be stored
	serr := l.db.Write(ctx, func(tx *store.Tx) error {
		if what == done || what == ended {
			return l.source.finish(ctx, tx, j, reason)
		}
		return l.source.retry(ctx, tx, j, tx.At.Add(l.scaled(wait)), what == parked, reason)
	})
	if serr != nil {
		log.Error().Err(serr).Msg("outcome of a task not stored") // it runs again after the lease
	}
	level := map[fate]zerolog.Level{done: zerolog.DebugLevel, ended: zerolog.WarnLevel,
		putOff: zerolog.WarnLevel, parked: zerolog.ErrorLevel}[what]
	log.WithLevel(level).Err(err).Dur("dur", time.Since(begun)).Msg(string(what))
}

// final reports whether trying again is of no use.
func final(err error) bool {
	for _, kind := range []error{errs.NotFound, errs.Invalid, errs.Forbidden, errs.Conflict} {
		if errors.Is(err, kind) {
			return !errors.Is(err, errs.Unavailable)
		}
	}
	return false
}

// try runs a job; a panic becomes an error.
func (l *line) try(ctx context.Context, j job) (reason string, err error) {
	if j.attempts > len(waits)+1 {
		return "", errors.New("the process ended during each attempt")
	}
	defer func() {
		if p := recover(); p != nil {
			zerolog.Ctx(ctx).Error().Bytes("stack", debug.Stack()).Msg("task panicked")
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return j.run(ctx)
}
