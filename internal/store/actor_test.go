package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

func TestAddActor(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		clock := testkit.NewClock()
		db := testkit.Open(t, store.Options{URL: url, Now: clock.Now})
		ann := testkit.Remote("a.example", "ann")
		first := clock.Now()
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.AddActor(ctx, &ann) })
		if ann.ID == 0 || !ann.FirstSeen.Equal(first) || ann.State != policy.ActorActive {
			t.Fatalf("stored as %+v", ann)
		}

		clock.Advance(time.Hour)
		renamed := testkit.Remote("a.example", "ann")
		renamed.Name, renamed.Indexable, renamed.State = "Ann B.", true, policy.ActorGone
		thin := testkit.Remote("a.example", "ann")
		thin.Name, thin.Inbox = "no more than an id is known", ""
		testkit.Write(t, db, func(tx *store.Tx) error {
			if err := tx.SetActorState(ctx, ann.ID, policy.ActorLimited); err != nil {
				return err
			}
			return errors.Join(tx.AddActor(ctx, &renamed), tx.AddActor(ctx, &thin))
		})
		want := ann
		want.Name, want.Indexable, want.State = "Ann B.", true, policy.ActorLimited
		for _, get := range []func() (*policy.Actor, error){
			func() (*policy.Actor, error) { return db.Actor(ctx, ann.ID) },
			func() (*policy.Actor, error) { return db.ActorByIRI(ctx, ann.IRI) },
			func() (*policy.Actor, error) { return &renamed, nil },
		} {
			got, err := get()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, *got); diff != "" {
				t.Errorf("after a refresh (-want +got):\n%s", diff)
			}
		}
		if thin.ID != ann.ID || thin.State != policy.ActorLimited {
			t.Errorf("an actor without an inbox came back as %+v", thin)
		}
	})
}

func TestLocalActorsAreNotOverwritten(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := testkit.NewSample(t, db)
		forged := testkit.Remote("moot.example", "tenants")
		forged.IRI = s.Organisation.Actor.IRI
		err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.AddActor(t.Context(), &forged) })
		if !errors.Is(err, errs.Conflict) {
			t.Errorf("AddActor = %v, want errs.Conflict", err)
		}
		got, err := db.ActorByIRI(t.Context(), forged.IRI)
		if err != nil || !got.Local || got.Name != "Tenants Together" {
			t.Errorf("the organisation is now %+v (%v)", got, err)
		}
	})
}

func TestHandlesAreNeverUsedTwice(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		err := db.Write(ctx, func(tx *store.Tx) error { return tx.ClaimHandle(ctx, "TENANTS", s.Steward.ID) })
		if !errors.Is(err, errs.Conflict) {
			t.Errorf("ClaimHandle = %v, want errs.Conflict", err)
		}
		got, err := db.ActorByHandle(ctx, "Tenants")
		if err != nil || got.ID != s.Organisation.Actor.ID {
			t.Errorf("ActorByHandle = %+v, %v; want the organisation", got, err)
		}
		remote := testkit.Remote("a.example", "ann")
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.AddActor(ctx, &remote) })
		if _, err := db.ActorByHandle(ctx, "ann"); !errors.Is(err, errs.NotFound) {
			t.Errorf("ActorByHandle of a remote actor = %v, want errs.NotFound", err)
		}
	})
}

func TestNewestKeysCount(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		iri := s.Organisation.Actor.IRI
		if _, err := db.Keys(ctx, iri); !errors.Is(err, errs.NotFound) {
			t.Errorf("Keys = %v, want errs.NotFound", err)
		}
		for _, key := range []string{"old", "new"} {
			testkit.Write(t, db, func(tx *store.Tx) error {
				return tx.AddKeys(ctx, store.ActorKeys{Actor: s.Organisation.Actor, RSA: []byte(key), Ed25519: []byte{0, 255}})
			})
		}
		k, err := db.Keys(ctx, iri)
		if err != nil || string(k.RSA) != "new" || string(k.Ed25519) != "\x00\xff" || k.Actor.ID != s.Organisation.Actor.ID {
			t.Errorf("Keys = %+v, %v", k, err)
		}
	})
}

func TestActorDocument(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		const iri = "https://a.example/users/ann"
		fetched := time.Date(2026, 9, 1, 12, 0, 0, 123000, time.UTC)
		for _, body := range []string{`{"old":1}`, "{\"new\":\"\x00\xff\"}"} { // bytes are never touched
			testkit.Write(t, db, func(tx *store.Tx) error { return tx.SaveActorDocument(ctx, iri, []byte(body), fetched) })
			got, at, err := db.ActorDocument(ctx, iri)
			if err != nil || string(got) != body || !at.Equal(fetched) {
				t.Errorf("ActorDocument = %q, %v, %v; want %q", got, at, err, body)
			}
		}
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.ForgetActorDocument(ctx, iri) })
		if _, _, err := db.ActorDocument(ctx, iri); !errors.Is(err, errs.NotFound) {
			t.Errorf("ActorDocument = %v, want errs.NotFound", err)
		}
	})
}

func TestEraseActor(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := testkit.Remote("a.example", "ann")
		var kept, gone *policy.Contribution
		testkit.Write(t, db, func(tx *store.Tx) error {
			if err := tx.AddActor(ctx, &ann); err != nil {
				return err
			}
			kept, gone = testkit.Answer(&s.Challenge, ann, 1, tx.At), testkit.Answer(&s.Challenge, ann, 2, tx.At)
			gone.Moderation = policy.ModerationWithdrawn
			for _, c := range []*policy.Contribution{kept, gone} {
				if _, err := tx.AddContribution(ctx, c); err != nil {
					return err
				}
			}
			_, err := tx.SetReaction(ctx, store.Like, ann.ID, kept.IRI, "https://a.example/l/1", true)
			return errors.Join(err,
				tx.AddFollower(ctx, store.Follower{Actor: s.Challenge.Actor.ID, Who: ann.ID, Follow: "https://a.example/f/1"}),
				tx.SaveActorDocument(ctx, ann.IRI, []byte("{}"), tx.At))
		})
		var ids []policy.ID
		testkit.Write(t, db, func(tx *store.Tx) (err error) {
			ids, err = tx.EraseActor(ctx, ann.ID)
			return err
		})
		if len(ids) != 1 || ids[0] != kept.ID {
			t.Errorf("EraseActor = %v, want %d", ids, kept.ID)
		}
		got, err := db.Actor(ctx, ann.ID)
		if err != nil || got.Name+got.Summary+got.URL != "" || got.State != policy.ActorGone {
			t.Errorf("actor is %+v, %v", got, err)
		}
		if n, err := db.Followers(ctx, s.Challenge.Actor.ID); n != 0 || err != nil {
			t.Errorf("%d followers, %v", n, err)
		}
		if likes, _, err := db.Reactions(ctx, kept.IRI); likes != 0 || err != nil {
			t.Errorf("%d likes, %v", likes, err)
		}
		if _, _, err := db.ActorDocument(ctx, ann.IRI); !errors.Is(err, errs.NotFound) {
			t.Errorf("the document stayed (%v)", err)
		}
		again := testkit.Remote("a.example", "ann")
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.AddActor(ctx, &again) })
		if got, err := db.Actor(ctx, ann.ID); err != nil || got.Name != "" || again.State != policy.ActorGone {
			t.Errorf("a refresh brought back %+v, %v", got, err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error { _, err := tx.EraseActor(ctx, s.Steward.ID); return err })
		if !errors.Is(err, errs.NotFound) {
			t.Errorf("EraseActor of a local actor = %v, want errs.NotFound", err)
		}
	})
}
