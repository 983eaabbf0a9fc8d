package store_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

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
		comes := func(typ, id, object string) (isNew bool) { // and is worked off
			testkit.Write(t, db, func(tx *store.Tx) (err error) {
				in := store.Inbound{Actor: ann.IRI, Activity: id, Type: typ, Object: object, Body: []byte("{}")}
				if isNew, err = tx.AddInbound(ctx, &in); err == nil && isNew {
					err = tx.FinishInbound(ctx, in.ID, "")
				}
				return err
			})
			return isNew
		}
		for round := range 3 { // with the same ids each time, as some servers do
			for n := range 2 {
				if !comes("Follow", "f3", s.Challenge.Actor.IRI) {
					t.Errorf("Follow %d of round %d is not taken", n, round)
				}
			}
			testkit.Write(t, db, func(tx *store.Tx) error {
				return tx.AddFollower(ctx, store.Follower{Actor: group, Who: ann.ID, Follow: "f3"})
			})
			if !comes("Undo", "f3/undo", "f3") || comes("Undo", "f3/undo", "f3") {
				t.Errorf("the Undo of round %d is not taken once", round)
			}
			testkit.Write(t, db, func(tx *store.Tx) error { return tx.RemoveFollower(ctx, group, ann.ID) })
		}
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.RemoveFollower(ctx, group, ann.ID) }) // nobody
		for actor, want := range map[policy.ID]int64{org: 1, group: 0} {
			if n, err := db.Followers(ctx, actor); n != want || err != nil {
				t.Errorf("%d followers, %v; want %d", n, err, want)
			}
		}
	})
}
