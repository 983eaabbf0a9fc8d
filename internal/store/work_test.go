package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

func TestEventsCauseTasks(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		db := testkit.Open(t, store.Options{URL: url, Consequences: []string{"federate", "notify"}})
		e := policy.Event{Kind: policy.EventFollowed, Subject: 5, Actor: 6, Challenge: 7, Data: []byte("\x00{}")}
		bare := policy.Event{Kind: policy.EventInstanceSetUp, Subject: 5}
		testkit.Write(t, db, func(tx *store.Tx) error { return errors.Join(tx.AddEvent(ctx, &e), tx.AddEvent(ctx, &bare)) })
		got, err := db.Event(ctx, e.ID)
		if err != nil || got.Kind != e.Kind || got.Subject != 5 || got.Actor != 6 || got.Challenge != 7 || string(got.Data) != "\x00{}" || !got.At.Equal(e.At) {
			t.Errorf("Event = %+v, %v; want %+v", got, err, e)
		}
		if _, err := db.Event(ctx, 7); !errors.Is(err, errs.NotFound) {
			t.Errorf("no such event: %v", err)
		}
		var tasks []store.Task
		testkit.Write(t, db, func(tx *store.Tx) (err error) {
			tasks, err = tx.LeaseTasks(ctx, 10, tx.At.Add(time.Minute))
			return err
		})
		var seen []string
		for _, task := range tasks {
			seen = append(seen, task.Kind+" "+task.Key+" "+string(task.Body))
		}
		id := fmt.Sprint(int64(e.ID)) // the second is about the same subject: it waits for the first
		if want := []string{"federate " + id + " " + id, "notify " + id + " " + id}; !slices.Equal(seen, want) {
			t.Errorf("tasks %v, want %v", seen, want)
		}
	})
}

func TestTasks(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		clock := testkit.NewClock()
		db := testkit.Open(t, store.Options{URL: url, Now: clock.Now})
		testkit.Write(t, db, func(tx *store.Tx) error {
			return errors.Join(
				tx.AddTask(ctx, store.Task{Kind: "k", Key: "a", Body: []byte("1")}),
				tx.AddTask(ctx, store.Task{Kind: "k", Key: "a", Body: []byte("2")}), // the same
				tx.AddTask(ctx, store.Task{Kind: "k", Key: "later", At: tx.At.Add(time.Hour)}))
		})
		lease := func(want ...string) (list []store.Task) {
			t.Helper()
			testkit.Write(t, db, func(tx *store.Tx) (err error) {
				list, err = tx.LeaseTasks(ctx, 10, tx.At.Add(time.Minute))
				return err
			})
			var got []string
			for _, task := range list {
				got = append(got, fmt.Sprintf("%s%s#%d", task.Key, task.Body, task.Attempts))
			}
			if !slices.Equal(got, want) {
				t.Errorf("leased %v, want %v", got, want)
			}
			return list
		}
		a := lease("a1#1")[0]
		lease()
		clock.Advance(50 * time.Second)
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.KeepTasks(ctx, tx.At.Add(time.Minute), a.ID) })
		clock.Advance(50 * time.Second)
		lease() // it is kept
		clock.Advance(11 * time.Second)
		lease("a1#2") // it was lost
		testkit.Write(t, db, func(tx *store.Tx) error {
			return tx.RetryTask(ctx, a.ID, tx.At.Add(2*time.Hour), false, "not yet")
		})
		clock.Advance(time.Hour)
		later := lease("later#1")[0]
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.FinishTask(ctx, later.ID) })
		clock.Advance(time.Hour)
		lease("a1#3")
		testkit.Write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.RetryTask(ctx, a.ID, tx.At, true, "gave up"), tx.KeepTasks(ctx, tx.At, a.ID))
		})
		lease()
		lines, err := db.Queue(ctx)
		if err != nil || len(lines) != 1 || lines[0] != (store.QueueLine{Kind: "k", Parked: 1, Error: "gave up"}) {
			t.Errorf("Queue = %+v, %v", lines, err)
		}
	})
}

// TestClaimedExactlyOnce has eight workers claim 200 tasks and 200 activities.
func TestClaimedExactlyOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		const rows, workers = 200, 8
		testkit.Write(t, db, func(tx *store.Tx) error {
			for i := range rows {
				in := store.Inbound{Actor: fmt.Sprint("actor", i), Activity: "1", Body: []byte("{}")}
				if _, err := tx.AddInbound(ctx, &in); err != nil {
					return err
				}
				if err := tx.AddTask(ctx, store.Task{Kind: "k", Key: fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		var mu sync.Mutex
		claimed := map[policy.ID]int{}
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for empty := 0; empty < 3; {
					var ids []policy.ID
					err := db.Write(ctx, func(tx *store.Tx) error {
						ids = nil
						tasks, err := tx.LeaseTasks(ctx, 7, tx.At.Add(time.Hour))
						for _, x := range tasks {
							ids = append(ids, x.ID)
						}
						in, ierr := tx.LeaseInbound(ctx, 7, tx.At.Add(time.Hour))
						for _, x := range in {
							ids = append(ids, x.ID)
						}
						return errors.Join(err, ierr)
					})
					if err != nil {
						t.Error(err)
						return
					}
					if len(ids) == 0 {
						empty++
					}
					mu.Lock()
					for _, id := range ids {
						claimed[id]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(claimed) != 2*rows {
			t.Errorf("%d claimed, want %d", len(claimed), 2*rows)
		}
		for id, n := range claimed {
			if n != 1 {
				t.Errorf("%d was claimed %d times", id, n)
			}
		}
	})
}

// TestInboundConcurrently has 16 goroutines receive the same 200 activities: 200 rows.
func TestInboundConcurrently(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var wg sync.WaitGroup
		var mu sync.Mutex
		news := 0
		for range 16 {
			wg.Go(func() {
				for i := range 200 {
					var isNew bool
					err := db.Write(ctx, func(tx *store.Tx) (err error) {
						isNew, err = tx.AddInbound(ctx, &store.Inbound{Actor: "a", Activity: fmt.Sprint(i), Body: []byte("{}")})
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
					if isNew {
						mu.Lock()
						news++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		if n, err := db.InboundBacklog(ctx); n != 200 || news != 200 || err != nil {
			t.Errorf("%d rows, %d new, %v; want 200", n, news, err)
		}
	})
}

func TestInboundKeepsOrderPerActor(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		clock := testkit.NewClock()
		db := testkit.Open(t, store.Options{URL: url, Now: clock.Now})
		add := func(actor, activity string) {
			testkit.Write(t, db, func(tx *store.Tx) error {
				_, err := tx.AddInbound(ctx, &store.Inbound{Actor: actor, Activity: activity, Type: "Create", Object: "o",
					Path: "/inbox", Body: []byte(activity)})
				return err
			})
		}
		ids := map[string]policy.ID{}
		lease := func(want ...string) {
			t.Helper()
			var got []string
			testkit.Write(t, db, func(tx *store.Tx) error {
				list, err := tx.LeaseInbound(ctx, 10, tx.At.Add(time.Minute))
				got = nil
				for _, in := range list {
					got = append(got, in.Actor+string(in.Body))
					ids[in.Actor+in.Activity] = in.ID
					if in.Type != "Create" || in.Object != "o" || in.Path != "/inbox" || in.Received.IsZero() {
						t.Errorf("leased %+v", in)
					}
				}
				return err
			})
			if !slices.Equal(got, want) {
				t.Errorf("leased %v, want %v", got, want)
			}
		}
		for _, activity := range []string{"1", "2", "3"} {
			add("ann", activity)
		}
		add("bob", "1")
		lease("ann1", "bob1")
		add("cid", "1")
		lease("cid1")
		testkit.Write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.FinishInbound(ctx, ids["bob1"], "no effect"),
				tx.RetryInbound(ctx, ids["ann1"], tx.At.Add(5*time.Minute), false, "not yet"),
				tx.KeepInbound(ctx, tx.At.Add(time.Hour), ids["cid1"]))
		})
		clock.Advance(2 * time.Minute)
		lease() // ann's later ones wait for her first
		clock.Advance(4 * time.Minute)
		lease("ann1")
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.RetryInbound(ctx, ids["ann1"], tx.At, true, "gave up") })
		lease("ann2") // what is parked holds nobody up
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.FinishInbound(ctx, ids["ann2"], "") })
		lease("ann3")
		lines, err := db.Queue(ctx)
		if err != nil || len(lines) != 1 || lines[0].Kind != "process" || lines[0].Queued != 2 || lines[0].Parked != 1 {
			t.Errorf("Queue = %+v, %v", lines, err)
		}
		if n, err := db.Int(ctx, `SELECT count(*) FROM inbound WHERE done AND length(body) > 0`); n != 0 || err != nil {
			t.Errorf("%d bodies were kept, %v", n, err)
		}
	})
}

func TestQueueLines(t *testing.T) {
	eachLanes(t, func(l *lanes) {
		ctx := context.WithoutCancel(l.Context())
		for range 3 {
			l.to("https://b.example/inbox")
		}
		l.to("https://a.example/inbox")
		since := l.clock.Now()
		for _, h := range l.lease(10) {
			if h.Name == "b.example" {
				l.settle(h, store.Settlement{Next: since.Add(time.Minute), Failures: 1, Failing: since, Reason: "refused"})
			}
		}
		lines, err := l.db.Queue(ctx)
		want := []store.QueueLine{
			{Kind: "deliver", Host: "b.example", Queued: 3, Waiting: 3, Next: since.Add(time.Minute), Error: "refused"},
			{Kind: "deliver", Host: "a.example", Queued: 1, Next: since.Add(20 * time.Second)},
		}
		if err != nil || !slices.Equal(lines, want) {
			l.Errorf("Queue = %+v, %v; want %+v", lines, err, want)
		}
	})
}
