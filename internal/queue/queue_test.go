package queue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/queue"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

type taskFunc = func(context.Context, store.Task) error

// add stores tasks of one kind.
func add(t *testing.T, db *store.DB, kind, lane string, n int) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			if err := tx.AddTask(t.Context(), store.Task{Kind: kind, Key: fmt.Sprint(i), Lane: lane}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// state returns what "folkmoot task list" says of a kind; nothing if it is not listed.
func state(t *testing.T, db *store.DB, kind string) store.QueueLine {
	t.Helper()
	lines, err := db.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(lines, func(l store.QueueLine) bool { return l.Kind == kind })
	if i < 0 {
		return store.QueueLine{}
	}
	return lines[i]
}

func TestErrorsDecide(t *testing.T) {
	tests := []struct {
		name     string
		err      error // of each attempt
		attempts int
		parked   int64
	}{
		{"success", nil, 1, 0},
		{"not found", errs.NotFound, 1, 0},
		{"invalid", fmt.Errorf("shape: %w", errs.Invalid), 1, 0},
		{"forbidden", errs.Forbidden, 1, 0},
		{"conflict", errs.Conflict, 1, 0},
		{"unavailable", errs.Unavailable, 8, 1},
		{"unknown", errors.New("broken"), 8, 1},
		{"unavailable wins", errors.Join(errs.NotFound, errs.Unavailable), 8, 1},
	}
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		for _, tt := range tests {
			got := 0
			r := queue.New(queue.Config{DB: db, Scale: 1e12, Tasks: map[string]taskFunc{
				tt.name: func(context.Context, store.Task) error { got++; return tt.err },
			}})
			add(t, db, tt.name, "", 1)
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if l := state(t, db, tt.name); got != tt.attempts || l.Parked != tt.parked || l.Queued != 0 {
				t.Errorf("%s: %d attempts, %d parked, %d queued; want %d, %d, 0", tt.name, got, l.Parked, l.Queued, tt.attempts, tt.parked)
			}
		}
	})
}

func TestRetryWaits(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		clock := testkit.NewClock()
		db := testkit.Open(t, store.Options{URL: url, Now: clock.Now})
		var at []time.Duration
		begun := clock.Now()
		r := queue.New(queue.Config{DB: db, Tasks: map[string]taskFunc{
			"sulk": func(context.Context, store.Task) error {
				at = append(at, clock.Now().Sub(begun))
				return errs.Unavailable
			},
		}})
		add(t, db, "sulk", "", 1)
		for range 400 {
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if state(t, db, "sulk").Parked == 1 {
				break
			}
			clock.Advance(10 * time.Second)
		}
		if len(at) != 8 || at[7] > time.Hour || at[1] < time.Second {
			t.Errorf("attempts at %v; want 8 within an hour, with pauses", at)
		}
	})
}

func TestPanicIsAFailedAttempt(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		var out bytes.Buffer
		ctx := zerolog.New(zerolog.SyncWriter(&out)).WithContext(t.Context())
		n := 0
		r := queue.New(queue.Config{DB: db, Scale: 1e12, Tasks: map[string]taskFunc{
			"shaky": func(context.Context, store.Task) error {
				if n++; n < 3 {
					panic("unforeseen")
				}
				return nil
			},
		}})
		add(t, db, "shaky", "", 1)
		if err := r.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if l := state(t, db, "shaky"); n != 3 || l.Queued+l.Parked != 0 {
			t.Errorf("%d attempts, then %+v; want 3, then nothing", n, l)
		}
		if !strings.Contains(out.String(), "queue_test.go") {
			t.Errorf("log lacks the stack: %s", out.String())
		}
	})
}

func TestUnknownKindIsPutOff(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		add(t, db, "future", "", 1)
		if err := queue.New(queue.Config{DB: db}).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if l := state(t, db, "future"); l.Waiting != 1 || !strings.Contains(l.Error, `"future"`) {
			t.Errorf("got %+v, want one waiting with a reason", l)
		}
	})
}

// run runs r until everything is worked off, and stops it.
func run(t *testing.T, db *store.DB, r *queue.Runner, idle func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	woken, stop := db.Listen()
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	for !idle() && ctx.Err() == nil {
		select {
		case <-woken:
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Error("not worked off in time")
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}

func TestRunOnceEach(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		const n = 60
		var mu sync.Mutex
		seen := map[string]int{}
		done := func() int { mu.Lock(); defer mu.Unlock(); return len(seen) }
		config := queue.Config{DB: db, Tasks: map[string]taskFunc{
			"count": func(_ context.Context, task store.Task) error {
				mu.Lock()
				defer mu.Unlock()
				seen[task.Key]++
				return nil
			},
		}}
		add(t, db, "count", "", n)
		other, cancel := context.WithCancel(t.Context()) // a second process
		ended := make(chan error, 1)
		go func() { ended <- queue.New(config).Run(other) }()
		run(t, db, queue.New(config), func() bool { return done() == n })
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for key, times := range seen {
			if times != 1 {
				t.Errorf("task %s ran %d times, want once", key, times)
			}
		}
		if l := state(t, db, "count"); l.Queued != 0 {
			t.Errorf("%d tasks left", l.Queued)
		}
	})
}

func TestOrderWithinLanesAndActors(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		const lanes, each = 5, 20
		var mu sync.Mutex
		got := map[string][]string{}
		running := map[string]bool{}
		failed := map[string]bool{}
		left := atomic.Int64{}
		note := func(lane, key string) error {
			mu.Lock()
			defer mu.Unlock()
			if !failed[lane+key] && strings.HasSuffix(key, "3") { // a failure holds the others up
				failed[lane+key] = true
				return errs.Unavailable
			}
			if running[lane] {
				t.Errorf("two of %s at once", lane)
			}
			got[lane] = append(got[lane], key)
			left.Add(-1)
			return nil
		}
		ctx := t.Context()
		err := db.Write(ctx, func(tx *store.Tx) error {
			for i := range each {
				for l := range lanes {
					lane, key := fmt.Sprint("lane", l), fmt.Sprintf("%02d", i)
					if err := tx.AddTask(ctx, store.Task{Kind: "k", Key: lane + "/" + key, Lane: lane}); err != nil {
						return err
					}
					in := store.Inbound{Actor: "actor" + lane, Activity: key, Body: []byte("{}")}
					if _, err := tx.AddInbound(ctx, &in); err != nil {
						return err
					}
					left.Add(2)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		r := queue.New(queue.Config{DB: db, Scale: 1000,
			Tasks: map[string]taskFunc{"k": func(_ context.Context, task store.Task) error {
				_, key, _ := strings.Cut(task.Key, "/")
				return note(task.Lane, key)
			}},
			Inbound: func(_ context.Context, in store.Inbound) (string, error) { return "", note(in.Actor, in.Activity) },
		})
		run(t, db, r, func() bool { return left.Load() == 0 })
		for lane, keys := range got {
			if !slices.IsSorted(keys) || len(keys) != each {
				t.Errorf("%s ran in the order %v", lane, keys)
			}
		}
		if len(got) != 2*lanes {
			t.Errorf("%d lanes and actors, want %d", len(got), 2*lanes)
		}
	})
}

func TestStopFinishesWhatIsInHand(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		begun, release := make(chan bool), make(chan bool)
		r := queue.New(queue.Config{DB: db, Tasks: map[string]taskFunc{
			"slow": func(ctx context.Context, _ store.Task) error {
				begun <- true
				<-release
				return ctx.Err()
			},
		}})
		add(t, db, "slow", "lane", 2) // the second of a lane must not begin after the end was asked for
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		<-begun
		cancel()
		select {
		case <-ended:
			t.Error("Run returned while a task was in hand")
		case <-time.After(50 * time.Millisecond):
		}
		release <- true
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if l := state(t, db, "slow"); l.Queued != 1 || l.Waiting != 0 {
			t.Errorf("left %+v, want one that was not tried", l)
		}
	})
}

func TestReasonIsKept(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		r := queue.New(queue.Config{DB: db, Inbound: func(_ context.Context, in store.Inbound) (string, error) {
			if string(in.Body) != `{"a":1}` {
				return "", fmt.Errorf("body is %q", in.Body)
			}
			return "not about anything here", nil
		}})
		for _, want := range []bool{true, false} { // it comes a second time after it was done
			var isNew bool
			err := db.Write(ctx, func(tx *store.Tx) (err error) {
				isNew, err = tx.AddInbound(ctx, &store.Inbound{Actor: "a", Activity: "1", Body: []byte(`{"a":1}`)})
				return err
			})
			if err != nil || isNew != want {
				t.Fatalf("AddInbound = %v, %v; want %v", isNew, err, want)
			}
			if err := r.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if l := state(t, db, "process"); l.Queued != 0 {
			t.Errorf("left %+v", l)
		}
	})
}
