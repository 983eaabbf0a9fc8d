package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// Whoever is missed is remembered from the first time on, until they are found.
func TestAbsence(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		bo := policy.Actor{
			IRI: "https://m.example/users/bo", Kind: policy.KindPerson, Host: "m.example", Handle: "bo",
			Inbox: "https://m.example/users/bo/inbox", SharedInbox: "https://m.example/inbox",
		}
		write := func(f func(*store.Tx) error) {
			t.Helper()
			if err := db.Write(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error { return tx.AddActor(ctx, &bo) })
		for inbox, want := range map[string]int{bo.Inbox: 1, bo.SharedInbox: 1, "https://m.example/other": 0, "": 0} {
			if list, err := db.ActorsAt(ctx, inbox); err != nil || len(list) != want {
				t.Errorf("ActorsAt(%q) = %v, %v, want %d", inbox, list, err, want)
			}
		}
		missed := func() (since time.Time) {
			write(func(tx *store.Tx) (err error) {
				since, err = tx.Missed(ctx, bo.ID)
				return err
			})
			return since
		}
		first := missed()
		if again := missed(); !again.Equal(first) {
			t.Errorf("missed since %v, then since %v", first, again)
		}
		write(func(tx *store.Tx) error { return tx.Found(ctx, bo.ID) })
		if again := missed(); !again.After(first) {
			t.Errorf("missed since %v, though found after %v", again, first)
		}
	})
}

// What ended messages, and what was liked, can be told by its id.
func TestBecauseAndWith(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		bo := policy.Actor{IRI: "https://m.example/users/bo", Kind: policy.KindPerson, Host: "m.example", Inbox: "https://m.example/users/bo/inbox"}
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := tx.AddActor(ctx, &bo); err != nil {
				return err
			}
			if err := tx.StopMessages(ctx, bo.ID, 7, "stop"); err != nil {
				return err
			}
			_, err := tx.SetReaction(ctx, store.Share, bo.ID, "https://moot.example/c/1/opening", "https://m.example/a/1", true)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for why, want := range map[string]bool{"stop": true, "block": false} {
			if got, err := db.StoppedBecause(ctx, bo.ID, why); err != nil || got != want {
				t.Errorf("StoppedBecause(%s) = %t, %v, want %t", why, got, err, want)
			}
		}
		kind, object, err := db.ReactedWith(ctx, bo.IRI, "https://m.example/a/1")
		if err != nil || kind != store.Share || object != "https://moot.example/c/1/opening" {
			t.Errorf("ReactedWith = %s %s, %v", kind, object, err)
		}
		if _, _, err := db.ReactedWith(ctx, "https://m.example/users/cy", "https://m.example/a/1"); !errors.Is(err, errs.NotFound) {
			t.Errorf("ReactedWith of another = %v, want NotFound", err)
		}
	})
}
