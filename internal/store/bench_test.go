package store_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// eachBench runs f on both databases.
func eachBench(b *testing.B, f func(b *testing.B, db *store.DB, s *testkit.Sample)) {
	for name, url := range map[string]func(testing.TB) string{
		"sqlite":   func(b testing.TB) string { return filepath.Join(b.TempDir(), "folkmoot.db") },
		"postgres": testkit.PostgresURL,
	} {
		b.Run(name, func(b *testing.B) {
			db := testkit.Open(b, store.Options{URL: url(b)})
			f(b, db, testkit.NewSample(b, db))
		})
	}
}

// BenchmarkInsert stores activities, durably, one a transaction, by one or many at once.
func BenchmarkInsert(b *testing.B) {
	body := make([]byte, 1000)
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("writers=", writers), func(b *testing.B) {
			eachBench(b, func(b *testing.B, db *store.DB, _ *testkit.Sample) {
				var n atomic.Int64
				b.SetParallelism(max(1, writers/2))
				insert := func() {
					in := store.Inbound{Actor: "https://a.example/a", Activity: fmt.Sprint(n.Add(1)), Body: body}
					err := db.Write(b.Context(), func(tx *store.Tx) error {
						_, err := tx.AddInbound(b.Context(), &in)
						return err
					})
					if err != nil {
						b.Error(err)
					}
				}
				b.ResetTimer()
				if writers == 1 {
					for b.Loop() {
						insert()
					}
					return
				}
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						insert()
					}
				})
			})
		})
	}
}

// BenchmarkPage reads 50 of 12,000 answers, from the middle, and the challenge with its counts.
func BenchmarkPage(b *testing.B) {
	eachBench(b, func(b *testing.B, db *store.DB, s *testkit.Sample) {
		testkit.AddAnswers(b, db, &s.Challenge, 12_000)
		testkit.Write(b, db, func(tx *store.Tx) error { // as PostgreSQL does by itself within a minute
			_, err := tx.Exec(b.Context(), "ANALYZE")
			return err
		})
		middle, err := db.Contribution(b.Context(), policy.Public, 1, 6000)
		if err != nil {
			b.Fatal(err)
		}
		f := store.ContributionFilter{Challenge: s.Challenge.ID}
		b.Run("answers", func(b *testing.B) {
			for b.Loop() {
				list, err := db.Contributions(b.Context(), policy.Public, f, store.Page{After: middle.ID, Limit: 50})
				if err != nil || len(list) != 50 || list[0].Number != 6001 {
					b.Fatal(len(list), err)
				}
			}
		})
		b.Run("challenge", func(b *testing.B) {
			for b.Loop() {
				if c, err := db.Challenge(b.Context(), policy.Public, 1); err != nil || c.Counts.Answers != 12_000 {
					b.Fatal(err)
				}
			}
		})
		b.Run("ids", func(b *testing.B) {
			for b.Loop() {
				iris, _, _, err := db.ContributionIRIs(b.Context(), f, store.Page{After: middle.ID, Limit: 100})
				if err != nil || len(iris) != 100 {
					b.Fatal(len(iris), err)
				}
			}
		})
		b.Run("desk", func(b *testing.B) {
			for b.Loop() {
				list, err := db.Contributions(b.Context(), staff, store.ContributionFilter{All: true, Unread: true}, store.Page{Limit: 50})
				if err != nil || len(list) != 50 {
					b.Fatal(len(list), err)
				}
			}
		})
	})
}

// BenchmarkFanOut queues one activity for the followers on 1,000 hosts.
func BenchmarkFanOut(b *testing.B) {
	eachBench(b, func(b *testing.B, db *store.DB, s *testkit.Sample) {
		l := &lanes{s: s, db: db}
		l.followFrom(b, 1000)
		for b.Loop() {
			l.publishFor(b)
		}
	})
}

// BenchmarkDeliver leases, reads and settles a host with one delivery.
func BenchmarkDeliver(b *testing.B) {
	eachBench(b, func(b *testing.B, db *store.DB, s *testkit.Sample) {
		l := &lanes{s: s, db: db}
		l.followFrom(b, 1000)
		var hosts []store.LeasedHost
		for b.Loop() {
			if len(hosts) == 0 {
				b.StopTimer()
				l.publishFor(b)
				b.StartTimer()
				testkit.Write(b, db, func(tx *store.Tx) (err error) {
					hosts, err = tx.LeaseHosts(b.Context(), 1000, tx.At.Add(time.Hour))
					return err
				})
			}
			h := hosts[0]
			hosts = hosts[1:]
			ds, err := db.Deliveries(b.Context(), h.Name, 50)
			if err != nil || len(ds) == 0 {
				b.Fatal(len(ds), err)
			}
			settlement := store.Settlement{}
			for _, d := range ds {
				settlement.Done = append(settlement.Done, d.ID)
			}
			testkit.Write(b, db, func(tx *store.Tx) error {
				_, err := tx.SettleHost(b.Context(), h, settlement)
				return err
			})
		}
	})
}

// followFrom makes one person on each of n hosts a follower of the challenge.
func (l *lanes) followFrom(b *testing.B, n int) {
	testkit.Write(b, l.db, func(tx *store.Tx) error {
		for i := range n {
			p := testkit.Remote(fmt.Sprintf("h%d.example", i), "a")
			if err := tx.AddActor(b.Context(), &p); err != nil {
				return err
			}
			if err := tx.AddFollower(b.Context(), store.Follower{Actor: l.s.Challenge.Actor.ID, Who: p.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// publishFor queues an activity for them.
func (l *lanes) publishFor(b *testing.B) {
	l.n++
	testkit.Write(b, l.db, func(tx *store.Tx) error {
		o := store.Outgoing{IRI: fmt.Sprint("/a/", l.n), Actor: l.s.Challenge.Actor.ID, Body: []byte("{}")}
		if _, err := tx.AddOutgoing(b.Context(), &o); err != nil {
			return err
		}
		return tx.QueueToFollowers(b.Context(), o.ID, l.s.Challenge.Actor.ID)
	})
}

// BenchmarkLeaseInbound leases and finishes an activity while 10,000 of another actor wait.
func BenchmarkLeaseInbound(b *testing.B) {
	eachBench(b, func(b *testing.B, db *store.DB, _ *testkit.Sample) {
		testkit.Write(b, db, func(tx *store.Tx) error {
			for i := range 10_000 {
				in := store.Inbound{Actor: "https://a.example/relay", Activity: fmt.Sprint(i), Body: []byte("{}")}
				if _, err := tx.AddInbound(b.Context(), &in); err != nil {
					return err
				}
			}
			return nil
		})
		for b.Loop() {
			testkit.Write(b, db, func(tx *store.Tx) error {
				list, err := tx.LeaseInbound(b.Context(), 4, tx.At.Add(time.Hour))
				if err != nil {
					return err
				}
				for _, in := range list {
					if err := tx.FinishInbound(b.Context(), in.ID, ""); err != nil {
						return err
					}
				}
				return nil
			})
		}
	})
}
