package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// lanes is a database with an organisation, and a clock to watch its deliveries by.
type lanes struct {
	*testing.T
	db    *store.DB
	clock *testkit.Clock
	s     *testkit.Sample
	n     int
}

func eachLanes(t *testing.T, f func(l *lanes)) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		clock := testkit.NewClock()
		db := testkit.Open(t, store.Options{URL: url, Now: clock.Now})
		f(&lanes{T: t, db: db, clock: clock, s: testkit.NewSample(t, db)})
	})
}

// follow makes people followers of the challenge.
func (l *lanes) follow(people ...policy.Actor) {
	l.Helper()
	testkit.Write(l.T, l.db, func(tx *store.Tx) error {
		for i := range people {
			p := people[i]
			if err := tx.AddActor(l.Context(), &p); err != nil {
				return err
			}
			f := store.Follower{Actor: l.s.Challenge.Actor.ID, Who: p.ID, Follow: p.IRI + "/follow"}
			if err := tx.AddFollower(l.Context(), f); err != nil {
				return err
			}
		}
		return nil
	})
}

// outgoing stores an activity and queues it with f.
func (l *lanes) outgoing(f func(tx *store.Tx, id policy.ID) error) policy.ID {
	l.Helper()
	l.n++
	o := store.Outgoing{
		IRI: testkit.Base.Activity(fmt.Sprint(l.n)), Actor: l.s.Challenge.Actor.ID, Type: "Announce",
		Object: testkit.Base.Opening(1), Body: fmt.Appendf(nil, `{"n":%d}`, l.n), Public: true,
	}
	testkit.Write(l.T, l.db, func(tx *store.Tx) error {
		if _, err := tx.AddOutgoing(l.Context(), &o); err != nil {
			return err
		}
		return f(tx, o.ID)
	})
	return o.ID
}

// publish queues an activity for the followers.
func (l *lanes) publish() policy.ID {
	l.Helper()
	return l.outgoing(func(tx *store.Tx, id policy.ID) error {
		return tx.QueueToFollowers(l.Context(), id, l.s.Challenge.Actor.ID, l.s.Organisation.Actor.ID)
	})
}

// to queues an activity for one inbox.
func (l *lanes) to(inbox string) policy.ID {
	l.Helper()
	return l.outgoing(func(tx *store.Tx, id policy.ID) error { return tx.QueueTo(l.Context(), id, inbox) })
}

// inboxes lists what is queued, host by host.
func (l *lanes) inboxes(hosts ...string) (list []string) {
	l.Helper()
	for _, h := range hosts {
		ds, err := l.db.Deliveries(l.Context(), h, 100)
		if err != nil {
			l.Fatal(err)
		}
		for _, d := range ds {
			list = append(list, d.Inbox)
		}
	}
	return list
}

func (l *lanes) lease(n int) (hosts []store.LeasedHost) {
	l.Helper()
	testkit.Write(l.T, l.db, func(tx *store.Tx) (err error) {
		hosts, err = tx.LeaseHosts(l.Context(), n, tx.At.Add(20*time.Second))
		return err
	})
	return hosts
}

func (l *lanes) settle(h store.LeasedHost, s store.Settlement) (ok bool) {
	l.Helper()
	testkit.Write(l.T, l.db, func(tx *store.Tx) (err error) {
		ok, err = tx.SettleHost(l.Context(), h, s)
		return err
	})
	return ok
}

// done settles a host whose deliveries have all arrived.
func (l *lanes) done(h store.LeasedHost) bool {
	l.Helper()
	return l.settle(h, store.Settlement{Done: l.ids(h.Name)})
}

func (l *lanes) ids(host string) (ids []policy.ID) {
	l.Helper()
	ds, err := l.db.Deliveries(l.Context(), host, 1000)
	if err != nil {
		l.Fatal(err)
	}
	for _, d := range ds {
		ids = append(ids, d.ID)
	}
	return ids
}

// only returns the one host that can be leased, or ends the test.
func (l *lanes) only() store.LeasedHost {
	l.Helper()
	hosts := l.lease(10)
	if len(hosts) != 1 {
		l.Fatalf("leased %+v, want one host", hosts)
	}
	return hosts[0]
}

// none checks that no host can be leased.
func (l *lanes) none(why string) {
	l.Helper()
	if hosts := l.lease(10); len(hosts) != 0 {
		l.Errorf("%s: leased %+v, want none", why, hosts)
	}
}

func TestQueueToFollowers(t *testing.T) {
	eachLanes(t, func(l *lanes) {
		ctx := l.Context()
		lone := testkit.Remote("lone.example", "a")
		lone.SharedInbox = ""
		gone, blocked := testkit.Remote("gone.example", "a"), testkit.Remote("actor.example", "a")
		l.follow(
			testkit.Remote("a.example", "a"), testkit.Remote("a.example", "b"), // one shared inbox
			testkit.Remote("b.example:8443", "a"), lone, gone, blocked,
			testkit.Remote("bad.example", "a"), testkit.Remote("sub.bad.example", "a"),
			testkit.Remote("notbad.example", "a"), testkit.Remote("bad.example:444", "a"))
		testkit.Write(t, l.db, func(tx *store.Tx) error {
			if err := tx.BlockHost(ctx, "BAD.example", "spam", "Ada"); err != nil {
				return err
			}
			for a, state := range map[string]policy.ActorState{gone.IRI: policy.ActorGone, blocked.IRI: policy.ActorBlocked} {
				stored, err := tx.ActorByIRI(ctx, a)
				if err != nil {
					return err
				}
				if err := tx.SetActorState(ctx, stored.ID, state); err != nil {
					return err
				}
			}
			return nil
		})
		late := testkit.Remote("late.bad.example", "a") // its host is seen after the block
		l.follow(late)
		hosts := []string{"a.example", "b.example:8443", "lone.example", "gone.example", "actor.example",
			"bad.example", "sub.bad.example", "notbad.example", "bad.example:444", "late.bad.example"}
		id := l.publish()
		testkit.Write(t, l.db, func(tx *store.Tx) error { // a second time: nothing new
			return tx.QueueToFollowers(ctx, id, l.s.Challenge.Actor.ID)
		})
		want := []string{"https://a.example/inbox", "https://b.example:8443/inbox", lone.Inbox, "https://notbad.example/inbox"}
		if got := l.inboxes(hosts...); !slices.Equal(got, want) {
			t.Errorf("queued for %v, want %v", got, want)
		}
		leased := l.lease(100)
		if len(leased) != 4 {
			t.Errorf("leased %+v, want four hosts", leased)
		}
		d, err := l.db.Deliveries(ctx, "lone.example", 10)
		if err != nil || len(d) != 1 || d[0].Sender != l.s.Challenge.Actor.IRI || string(d[0].Body) != `{"n":1}` ||
			d[0].Activity != testkit.Base.Activity("1") || d[0].Object != testkit.Base.Opening(1) {
			t.Errorf("delivery is %+v, %v", d, err)
		}
	})
}

func TestLeaseAndSettle(t *testing.T) {
	eachLanes(t, func(l *lanes) {
		first, second := l.to("https://a.example/inbox"), l.to("https://a.example/inbox")
		h := l.only()
		l.none("while it is leased")
		ids := l.ids("a.example")
		if len(ids) != 2 || first == second {
			t.Fatalf("%d deliveries, want 2", len(ids))
		}
		if !l.settle(h, store.Settlement{Done: ids[:1]}) {
			t.Fatal("the lease was lost")
		}
		again := l.only()
		if again.Token == h.Token {
			t.Error("two leases with one token")
		}
		if !l.done(again) {
			t.Fatal("the lease was lost")
		}
		l.none("with nothing queued")
		l.to("https://a.example/inbox")
		l.only()
	})
}

func TestLostLeaseChangesNothing(t *testing.T) {
	eachLanes(t, func(l *lanes) {
		l.to("https://a.example/inbox")
		slow := l.only()
		l.clock.Advance(21 * time.Second)
		quick := l.only() // the lease is over
		if l.settle(slow, store.Settlement{Done: l.ids("a.example"), Dead: true, Failures: 7}) {
			t.Error("settled with a lost lease")
		}
		if n := len(l.ids("a.example")); n != 1 {
			t.Errorf("%d deliveries, want 1", n)
		}
		if !l.done(quick) {
			t.Error("the newer lease was lost")
		}
		if l.done(quick) {
			t.Error("settled twice")
		}
	})
}

func TestFailingHost(t *testing.T) {
	eachLanes(t, func(l *lanes) {
		ctx := l.Context()
		l.to("https://a.example/inbox")
		since := l.clock.Now()
		next := since.Add(time.Minute)
		l.settle(l.only(), store.Settlement{Next: next, Failures: 1, Failing: since, Reason: "status 500"})
		l.to("https://a.example/inbox")
		l.none("while a host in trouble waits, though more is queued")
		h, err := l.db.Host(ctx, "A.example")
		if err != nil || h.Failures != 1 || !h.Failing.Equal(since) || !h.Next.Equal(next) || h.Error != "status 500" || h.Queued != 2 || !h.LastOK.IsZero() {
			t.Errorf("host is %+v, %v", h, err)
		}
		revive := func() {
			testkit.Write(t, l.db, func(tx *store.Tx) error { return tx.ReviveHost(ctx, "a.example") })
		}
		revive()
		leased := l.only()
		if leased.Failures != 1 || !leased.Failing.Equal(since) {
			t.Errorf("leased %+v", leased)
		}
		revive() // takes no lease away
		l.none("while it is leased, though it was heard of")
		l.done(leased)
		h, err = l.db.Host(ctx, "a.example")
		if err != nil || h.Failures != 0 || !h.Failing.IsZero() || !h.Next.IsZero() || h.Error != "" || h.LastOK.IsZero() {
			t.Errorf("host is %+v, %v", h, err)
		}
	})
}

func TestDeadHost(t *testing.T) {
	eachLanes(t, func(l *lanes) {
		ctx := l.Context()
		l.follow(testkit.Remote("a.example", "a"))
		l.publish()
		l.settle(l.only(), store.Settlement{Failures: 40, Failing: l.clock.Now(), Dead: true, Reason: "no answer"})
		l.publish()
		l.to("https://a.example/inbox")
		if n := len(l.ids("a.example")); n != 0 {
			t.Errorf("%d deliveries for a dead host", n)
		}
		hosts, err := l.db.Hosts(ctx, false, 10)
		if err != nil || len(hosts) != 1 || !hosts[0].Dead || hosts[0].Error != "no answer" {
			t.Errorf("hosts in trouble are %+v, %v", hosts, err)
		}
		testkit.Write(t, l.db, func(tx *store.Tx) error { return tx.ReviveHost(ctx, "a.example") })
		l.publish()
		if h := l.only(); h.Failures != 0 || !h.Failing.IsZero() {
			t.Errorf("revived as %+v", h)
		}
	})
}

// TestWaitingItemHoldsNobodyUp has one item wait for an hour by itself: what is queued later goes
// at once, also if it was queued while the host was leased.
func TestWaitingItemHoldsNobodyUp(t *testing.T) {
	eachLanes(t, func(l *lanes) {
		l.to("https://a.example/inbox")
		hour := l.clock.Now().Add(time.Hour)
		later := store.Settlement{Next: hour, Later: []store.Later{{ID: l.ids("a.example")[0], Attempts: 2, Next: hour}}}
		l.settle(l.only(), later)
		l.none("while its only item waits")
		ds, err := l.db.Deliveries(l.Context(), "a.example", 10)
		if err != nil || ds[0].Attempts != 2 || !ds[0].Next.Equal(hour) {
			t.Errorf("item is %+v, %v", ds, err)
		}
		l.to("https://a.example/inbox")
		h := l.only()
		l.to("https://a.example/inbox") // meanwhile
		later.Done = l.ids("a.example")[1:2]
		l.settle(h, later)
		h = l.only()
		later.Done = l.ids("a.example")[1:]
		l.settle(h, later)
		l.none("when all others are done")
		l.clock.Advance(time.Hour)
		l.only()
	})
}

func TestDropsWhatIsBlocked(t *testing.T) {
	eachLanes(t, func(l *lanes) {
		ctx := l.Context()
		l.to("https://a.bad.example/inbox")
		h := l.only()
		testkit.Write(t, l.db, func(tx *store.Tx) error { return tx.BlockHost(ctx, "bad.example", "spam", "Ada") })
		if l.done(h) {
			t.Error("the lease outlived the block")
		}
		l.to("https://a.bad.example/inbox")
		l.none("of a blocked domain")
		if n := len(l.ids("a.bad.example")); n != 0 {
			t.Errorf("%d deliveries", n)
		}
	})
}

// TestLeasesExactlyOnce has eight workers deliver to fifty hosts while more is queued: each
// delivery is done once, in order, and none is left.
func TestLeasesExactlyOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		const hosts, activities, workers = 50, 12, 8
		l := &lanes{T: t, db: db, s: testkit.NewSample(t, db)}
		for i := range hosts {
			l.follow(testkit.Remote(fmt.Sprintf("h%d.example", i), "a"))
		}
		var mu sync.Mutex
		got := map[string][]string{} // activities by inbox
		total := 0
		var wg sync.WaitGroup
		wg.Go(func() {
			for range activities {
				l.publish()
			}
		})
		for range workers {
			wg.Go(func() {
				for ctx.Err() == nil {
					mu.Lock()
					finished := total == hosts*activities
					mu.Unlock()
					if finished {
						return
					}
					for _, h := range l.lease(10) {
						ds, err := db.Deliveries(ctx, h.Name, 5)
						if err != nil {
							t.Error(err)
						}
						var s store.Settlement
						for _, d := range ds {
							s.Done = append(s.Done, d.ID)
						}
						mu.Lock()
						for _, d := range ds { // they arrive before they are settled
							got[d.Inbox] = append(got[d.Inbox], d.Activity)
						}
						mu.Unlock()
						if !l.settle(h, s) {
							t.Error("a lease was lost")
						}
						mu.Lock()
						total += len(ds)
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		if len(got) != hosts {
			t.Fatalf("%d inboxes, want %d", len(got), hosts)
		}
		for inbox, list := range got {
			if len(list) != activities {
				t.Errorf("%s got %d, want %d", inbox, len(list), activities)
			}
			for i, a := range list {
				if a != testkit.Base.Activity(fmt.Sprint(i+1)) {
					t.Errorf("%s got %v: out of order", inbox, list)
					break
				}
			}
		}
		if left, err := db.Hosts(ctx, false, 10); len(left) != 0 || err != nil {
			t.Errorf("left: %+v, %v", left, err)
		}
	})
}
