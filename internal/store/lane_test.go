package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// TestLanesNeverStall has four people add to one lane and one actor while four others work them
// off: whoever is added behind another gets a turn.
func TestLanesNeverStall(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		const adders, each, workers = 4, 40, 4
		var wg sync.WaitGroup
		for a := range adders {
			wg.Go(func() {
				for i := range each {
					key := fmt.Sprintf("%d/%d", a, i)
					err := db.Write(ctx, func(tx *store.Tx) error {
						_, err := tx.AddInbound(ctx, &store.Inbound{Actor: "one", Activity: key, Body: []byte("{}")})
						return errors.Join(err, tx.AddTask(ctx, store.Task{Kind: "k", Key: key, Lane: "one"}))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		var mu sync.Mutex
		finished := 0
		write := func(f func(*store.Tx) error) {
			if err := db.Write(ctx, f); err != nil {
				t.Error(err)
			}
		}
		for w := range workers {
			wg.Go(func() {
				for {
					mu.Lock()
					over := finished == 2*adders*each
					mu.Unlock()
					if over {
						return
					}
					if ctx.Err() != nil {
						t.Error("not worked off in time")
						return
					}
					var in []store.Inbound
					var tasks []store.Task
					err := db.Write(ctx, func(tx *store.Tx) (err error) {
						in, err = tx.LeaseInbound(ctx, 3, tx.At.Add(time.Hour))
						if err == nil {
							tasks, err = tx.LeaseTasks(ctx, 3, tx.At.Add(time.Hour))
						}
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
					for i, x := range in {
						write(func(tx *store.Tx) error {
							if (i+w)%2 == 0 { // what is parked makes room as well
								return tx.RetryInbound(ctx, x.ID, tx.At, true, "parked")
							}
							return tx.FinishInbound(ctx, x.ID, "")
						})
					}
					for i, x := range tasks {
						write(func(tx *store.Tx) error {
							if (i+w)%2 == 0 {
								return tx.RetryTask(ctx, x.ID, tx.At, true, "parked")
							}
							return tx.FinishTask(ctx, x.ID)
						})
					}
					mu.Lock()
					finished += len(in) + len(tasks)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
	})
}

// TestTurnsInOrder checks that a task that is put off beside its lane keeps its time, and that the
// lane goes on in order of arrival.
func TestTurnsInOrder(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		clock := testkit.NewClock()
		db := testkit.Open(t, store.Options{URL: url, Now: clock.Now})
		testkit.Write(t, db, func(tx *store.Tx) error {
			return errors.Join(
				tx.AddTask(ctx, store.Task{Kind: "k", Key: "a", Lane: "l"}),
				tx.AddTask(ctx, store.Task{Kind: "k", Key: "b", Lane: "l", At: tx.At.Add(time.Hour)}),
				tx.AddTask(ctx, store.Task{Kind: "k", Key: "c", Lane: "l"}),
				tx.AddTask(ctx, store.Task{Kind: "k", Key: "d", Lane: "other"}))
		})
		step := func(want string) {
			t.Helper()
			var got string
			testkit.Write(t, db, func(tx *store.Tx) error {
				list, err := tx.LeaseTasks(ctx, 10, tx.At.Add(time.Minute))
				got = ""
				for _, x := range list {
					got += x.Key
					err = errors.Join(err, tx.FinishTask(ctx, x.ID))
				}
				return err
			})
			if got != want {
				t.Errorf("leased %q, want %q", got, want)
			}
		}
		step("ad")
		step("") // b waits for its time, and c for b
		clock.Advance(time.Hour)
		step("b")
		step("c")
		testkit.Write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.FinishTask(ctx, policy.ID(7)), tx.RetryTask(ctx, policy.ID(7), tx.At, true, "")) // gone: no matter
		})
	})
}
