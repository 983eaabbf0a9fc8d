package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

func TestPrune(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		clock := testkit.NewClock()
		db := testkit.Open(t, store.Options{URL: url, Now: clock.Now})
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		sow := func(suffix string) {
			testkit.Write(t, db, func(tx *store.Tx) error {
				done := store.Inbound{Actor: "a", Activity: "done" + suffix, Body: []byte("{}")}
				open := store.Inbound{Actor: "a", Activity: "open" + suffix, Body: []byte("{}")}
				_, e1 := tx.AddInbound(ctx, &done)
				_, e2 := tx.AddInbound(ctx, &open)
				_, e3 := tx.SetReaction(ctx, store.Like, ann.ID, "o", "like"+suffix, false)
				all := []error{e1, e2, e3, tx.FinishInbound(ctx, done.ID, "")}
				for _, kind := range []string{"public", "private", "waiting"} {
					o := store.Outgoing{IRI: kind + suffix, Actor: s.Challenge.Actor.ID, Body: []byte("{}"), Public: kind == "public"}
					_, err := tx.AddOutgoing(ctx, &o)
					all = append(all, err)
					if kind == "waiting" {
						all = append(all, tx.QueueTo(ctx, o.ID, "https://a.example/inbox"))
					}
				}
				return errors.Join(all...)
			})
		}
		sow("1")
		clock.Advance(80 * 24 * time.Hour)
		sow("2")
		clock.Advance(11 * 24 * time.Hour)
		if err := db.Prune(ctx, clock.Now()); err != nil {
			t.Fatal(err)
		}
		left := func(query string) string {
			t.Helper()
			var list []string
			for _, name := range []string{"done1", "done2", "open1", "open2", "public1", "public2", "private1", "private2", "waiting1", "waiting2", "like1", "like2"} {
				n, err := db.Int(ctx, query, name)
				if err != nil {
					t.Fatal(err)
				}
				if n > 0 {
					list = append(list, name)
				}
			}
			return fmt.Sprint(list)
		}
		if got, want := left(`SELECT count(*) FROM inbound WHERE activity = $1`), "[done2 open1 open2]"; got != want {
			t.Errorf("inbound: %s, want %s", got, want)
		}
		if got, want := left(`SELECT count(*) FROM outgoing WHERE iri = $1`), "[public1 public2 private2 waiting1 waiting2]"; got != want {
			t.Errorf("outgoing: %s, want %s", got, want)
		}
		if got, want := left(`SELECT count(*) FROM undone WHERE activity = $1`), "[like2]"; got != want {
			t.Errorf("undone: %s, want %s", got, want)
		}
	})
}

// TestPruneWakesWhatIsLeft checks that work without a time at which it is due does not stay.
func TestPruneWakesWhatIsLeft(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		prune := func() {
			t.Helper()
			if err := db.Prune(ctx, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		testkit.Write(t, db, func(tx *store.Tx) error {
			o := store.Outgoing{IRI: "/a/1", Actor: s.Challenge.Actor.ID, Body: []byte("{}")}
			_, e1 := tx.AddOutgoing(ctx, &o)
			_, e2 := tx.AddInbound(ctx, &store.Inbound{Actor: "a", Activity: "open1", Body: []byte("{}")})
			_, e3 := tx.AddInbound(ctx, &store.Inbound{Actor: "a", Activity: "open2", Body: []byte("{}")})
			return errors.Join(e1, e2, e3, tx.QueueTo(ctx, o.ID, "https://a.example/inbox"))
		})
		testkit.Write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE hosts SET next = NULL`)
			return err
		})
		prune()
		var hosts []store.LeasedHost
		testkit.Write(t, db, func(tx *store.Tx) (err error) {
			hosts, err = tx.LeaseHosts(ctx, 10, tx.At.Add(time.Minute))
			return err
		})
		if len(hosts) != 1 {
			t.Errorf("a host that was left without a next try: %+v", hosts)
		}
		testkit.Write(t, db, func(tx *store.Tx) error {
			_, e1 := tx.Exec(ctx, `UPDATE inbound SET due = NULL`)
			e2 := tx.AddTask(ctx, store.Task{Kind: "k", Key: "1", Lane: "l"})
			_, e3 := tx.Exec(ctx, `UPDATE tasks SET due = NULL`)
			return errors.Join(e1, e2, e3)
		})
		prune()
		testkit.Write(t, db, func(tx *store.Tx) error {
			in, e1 := tx.LeaseInbound(ctx, 10, tx.At.Add(time.Minute))
			tasks, e2 := tx.LeaseTasks(ctx, 10, tx.At.Add(time.Minute))
			if len(in) != 1 || in[0].Activity != "open1" || len(tasks) != 1 {
				t.Errorf("lanes that were left without a turn: %+v, %+v", in, tasks)
			}
			return errors.Join(e1, e2)
		})
	})
}
