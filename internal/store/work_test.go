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

func TestOutgoing(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		add := func(iri, typ, object string, public bool) *store.Outgoing {
			o := &store.Outgoing{IRI: iri, Actor: s.Challenge.Actor.ID, Type: typ, Object: object, Body: []byte(iri), Public: public}
			testkit.Write(t, db, func(tx *store.Tx) error {
				isNew, err := tx.AddOutgoing(ctx, o)
				if !isNew {
					t.Errorf("%s is not new", iri)
				}
				return err
			})
			return o
		}
		a := add("/a/1", "Announce", "/c/1/opening", true)
		add("/a/2", "Create", "/c/1/receipts/A", false)
		c := add("/a/3", "Announce", "/c/1/opening", true)
		testkit.Write(t, db, func(tx *store.Tx) error {
			isNew, err := tx.AddOutgoing(ctx, &store.Outgoing{IRI: "/a/1", Actor: a.Actor, Body: []byte("other")})
			if isNew {
				t.Error("/a/1 is new a second time")
			}
			return err
		})
		if got, err := db.Outgoing(ctx, "/a/1"); err != nil || string(got.Body) != "/a/1" {
			t.Errorf("Outgoing = %+v, %v", got, err)
		}
		if _, err := db.Outgoing(ctx, "/a/2"); !errors.Is(err, errs.NotFound) {
			t.Errorf("a private one: %v, want errs.NotFound", err)
		}
		list, total, err := db.Outbox(ctx, a.Actor, store.Page{Limit: 1})
		if err != nil || total != 2 || len(list) != 1 || list[0].ID != c.ID {
			t.Errorf("Outbox = %+v, %d, %v", list, total, err)
		}
		list, _, err = db.Outbox(ctx, a.Actor, store.Page{After: c.ID, Limit: 5})
		if err != nil || len(list) != 1 || list[0].ID != a.ID {
			t.Errorf("Outbox after the first = %+v, %v", list, err)
		}
		if got, err := db.LatestOutgoing(ctx, a.Actor, "Announce", "/c/1/opening"); err != nil || got.ID != c.ID {
			t.Errorf("LatestOutgoing = %+v, %v", got, err)
		}
		if _, err := db.LatestOutgoing(ctx, a.Actor, "Undo", "/c/1/opening"); !errors.Is(err, errs.NotFound) {
			t.Errorf("LatestOutgoing of none: %v", err)
		}
	})
}

func TestFollowers(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		org, group := s.Organisation.Actor.ID, s.Challenge.Actor.ID
		follow := func(actor policy.ID, id string) {
			testkit.Write(t, db, func(tx *store.Tx) error {
				return tx.AddFollower(ctx, store.Follower{Actor: actor, Who: ann.ID, Follow: id})
			})
		}
		follow(org, "f1")
		follow(group, "f2")
		follow(group, "f3")
		list, err := db.Following(ctx, ann.ID)
		want := []store.Follower{{Actor: org, Who: ann.ID, Follow: "f1"}, {Actor: group, Who: ann.ID, Follow: "f3"}}
		if err != nil || !slices.Equal(list, want) {
			t.Errorf("Following = %+v, %v; want %+v", list, err, want)
		}
		again := func() (isNew bool) { // the Follow comes, and is worked off
			testkit.Write(t, db, func(tx *store.Tx) (err error) {
				in := store.Inbound{Actor: ann.IRI, Activity: "f3", Type: "Follow", Object: s.Challenge.Actor.IRI, Body: []byte("{}")}
				if isNew, err = tx.AddInbound(ctx, &in); err == nil && isNew {
					err = tx.FinishInbound(ctx, in.ID, "")
				}
				return err
			})
			return isNew
		}
		if !again() || again() {
			t.Error("a Follow is not taken once")
		}
		for range 2 {
			testkit.Write(t, db, func(tx *store.Tx) error { return tx.RemoveFollower(ctx, group, ann.ID) })
		}
		if !again() {
			t.Error("a Follow is not taken again after its Undo")
		}
		for actor, want := range map[policy.ID]int64{org: 1, group: 0} {
			if n, err := db.Followers(ctx, actor); n != want || err != nil {
				t.Errorf("%d followers, %v; want %d", n, err, want)
			}
		}
	})
}

func TestBlocks(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		remote(t, db, "deep.sub.bad.example", "ann")
		block := func(host string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return tx.BlockHost(ctx, host, "spam", "Ada") }
		}
		testkit.Write(t, db, block("Bad.example"))
		testkit.Write(t, db, block("sub.bad.example"))
		testkit.Write(t, db, block("ports.example:8443"))
		testkit.Write(t, db, block("192.0.2.1"))
		check := func(want map[string]bool) {
			t.Helper()
			for host, want := range want {
				if got, err := db.HostBlocked(ctx, host); got != want || err != nil {
					t.Errorf("HostBlocked(%s) = %v, %v; want %v", host, got, err, want)
				}
			}
		}
		check(map[string]bool{
			"bad.example": true, "BAD.example": true, "a.bad.example": true, "bad.example:99": true,
			"notbad.example": false, "example": false, "bad.example.org": false, "ports.example": false,
			"ports.example:8443": true, "ports.example:443": false, "192.0.2.1:80": true, "2.1": false, "[::1]:80": false,
		})
		list, err := db.Hosts(ctx, true, 10)
		if err != nil || len(list) != 4 || list[1].Name != "bad.example" || list[1].Reason != "spam" || list[1].By != "Ada" || list[1].BlockedAt.IsZero() {
			t.Errorf("Hosts = %+v, %v", list, err)
		}
		unblock := func(host string) error {
			return db.Write(ctx, func(tx *store.Tx) error { return tx.UnblockHost(ctx, host) })
		}
		if err := unblock("bad.EXAMPLE"); err != nil {
			t.Fatal(err)
		}
		check(map[string]bool{"bad.example": false, "a.bad.example": false, "deep.sub.bad.example": true})
		if err := unblock("bad.example"); !errors.Is(err, errs.NotFound) {
			t.Errorf("a second time: %v, want errs.NotFound", err)
		}
		queued := func() (n int64) {
			t.Helper()
			testkit.Write(t, db, func(tx *store.Tx) error {
				o := store.Outgoing{IRI: fmt.Sprint("/a/", tx.NewID()), Actor: s.Organisation.Actor.ID, Body: []byte("{}")}
				if _, err := tx.AddOutgoing(ctx, &o); err != nil {
					return err
				}
				return tx.QueueTo(ctx, o.ID, "https://deep.sub.bad.example/inbox")
			})
			n, err := db.Int(ctx, `SELECT count(*) FROM deliveries`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := queued(); n != 0 { // the nearer block still holds
			t.Errorf("%d deliveries", n)
		}
		if err := unblock("sub.bad.example"); err != nil {
			t.Fatal(err)
		}
		if n := queued(); n != 1 {
			t.Errorf("%d deliveries after the last block, want 1", n)
		}
	})
}

func TestHostSeen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann, bea, cid := remote(t, db, "a.example", "ann"), remote(t, db, "a.example", "bea"), remote(t, db, "c.example", "cid")
		answer(t, db, &s.Challenge, ann, 1, nil)
		answer(t, db, &s.Challenge, cid, 2, func(c *policy.Contribution) { c.Moderation = policy.ModerationHeld })
		for actor, want := range map[policy.Actor][2]bool{ann: {true, true}, bea: {true, false}, cid: {false, false}} {
			host, self, err := db.HostSeen(ctx, actor.Host, actor.ID)
			if err != nil || [2]bool{host, self} != want {
				t.Errorf("HostSeen(%s) = %v, %v, %v; want %v", actor.Handle, host, self, err, want)
			}
		}
	})
}

// TestLog checks that of several sealers that work at once, each entry is sealed by one.
func TestLog(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		const entries = 60
		testkit.Write(t, db, func(tx *store.Tx) error {
			for i := range entries {
				e := policy.LogEntry{Challenge: policy.ID(i % 2), Action: policy.LogHide, Object: fmt.Sprint(i), ActorName: "Ada", Actor: 5, Reason: "r"}
				if err := tx.AddLog(ctx, &e); err != nil {
					return err
				}
			}
			return nil
		})
		seal := func(tx *store.Tx) (int, error) {
			list, err := tx.UnsealedLog(ctx, 7)
			if err != nil {
				return 0, err
			}
			for i := range list {
				head, err := tx.LogHead(ctx, list[i].Challenge)
				if err != nil {
					return 0, err
				}
				if head == nil {
					head = &policy.LogEntry{}
				}
				list[i].Seq, list[i].Prev, list[i].Hash = head.Seq+1, head.Hash, fmt.Sprintf("%d/%d", list[i].Challenge, head.Seq+1)
				if err := tx.SealLog(ctx, &list[i]); err != nil {
					return 0, err
				}
			}
			return len(list), nil
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for n := 1; n > 0; {
					err := db.Write(ctx, func(tx *store.Tx) (err error) {
						n, err = seal(tx)
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		for challenge := range policy.ID(2) {
			list, err := db.Log(ctx, challenge, store.Page{})
			if err != nil || len(list) != entries/2 {
				t.Fatalf("%d entries, %v; want %d", len(list), err, entries/2)
			}
			prev := ""
			for i, e := range list {
				if e.Seq != int64(i+1) || e.Prev != prev || e.Object != fmt.Sprint(2*i+int(challenge)) || e.ActorName != "Ada" || e.At.IsZero() {
					t.Fatalf("entry %d is %+v", i, e)
				}
				prev = e.Hash
			}
			rest, err := db.Log(ctx, challenge, store.Page{After: list[9].ID, Limit: 3})
			if err != nil || len(rest) != 3 || rest[0].Seq != 11 {
				t.Errorf("page after the tenth: %+v, %v", rest, err)
			}
			err = db.Write(ctx, func(tx *store.Tx) error { return tx.SealLog(ctx, &list[0]) })
			if !errors.Is(err, errs.Conflict) {
				t.Errorf("sealed twice: %v, want errs.Conflict", err)
			}
		}
	})
}

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
		prune := func() {
			t.Helper()
			if err := db.Prune(ctx, clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
		prune()
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
