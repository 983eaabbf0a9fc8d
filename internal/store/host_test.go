package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

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
