package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// TestVoices stores three public answers by two people and one private one.
func TestVoices(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		c := policy.Challenge{State: policy.ChallengeOpen, Lang: "en", ReadWithin: 5}
		var private policy.Contribution
		err := db.Write(ctx, func(tx *store.Tx) error {
			c.Actor = policy.Actor{IRI: "https://moot.example/c/1", Kind: policy.KindChallenge, Local: true, Host: "moot.example", Handle: "x"}
			if err := tx.AddActor(ctx, &c.Actor); err != nil {
				return err
			}
			if err := tx.AddChallenge(ctx, &c); err != nil {
				return err
			}
			for i, who := range []string{"ann", "bob", "ann", "bob"} {
				a := policy.Contribution{
					Challenge: c.ID, IRI: fmt.Sprintf("https://a.example/%d", i), Kind: policy.KindComment,
					Author:     policy.Actor{IRI: "https://a.example/" + who, Kind: policy.KindPerson, Host: "a.example", Handle: who},
					Visibility: policy.VisibilityPublic, Moderation: policy.ModerationAccepted,
					Handling: policy.HandlingNew, Received: tx.At, Accepted: tx.At,
				}
				if i == 3 {
					a.Visibility, a.Moderation = policy.VisibilityDirect, policy.ModerationReceived
				}
				if err := tx.AddActor(ctx, &a.Author); err != nil {
					return err
				}
				if _, err := tx.AddContribution(ctx, &a); err != nil {
					return err
				}
				if i == 3 {
					private = a
					return nil
				}
				if err := tx.NumberContribution(ctx, &a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		voices, err := db.Voices(ctx, c.ID)
		if err != nil || len(voices) != 3 {
			t.Fatalf("Voices = %+v, %v; want 3", voices, err)
		}
		for i, isNew := range []bool{true, true, false} {
			v := voices[i]
			if v.Number != int64(i+1) || v.New != isNew || v.Host != "a.example" || v.Received.IsZero() {
				t.Errorf("voice %d = %+v, want new %v", i, v, isNew)
			}
		}
		list, err := db.ContributionsByNumber(ctx, policy.Public, c.ID, []int64{3, 1, 9})
		if err != nil || len(list) != 2 || list[0].Number != 3 || list[1].Number != 1 {
			t.Errorf("ContributionsByNumber = %+v, %v", list, err)
		}
		numbers, err := db.AnswerNumbers(ctx, c.ID, []string{"https://a.example/1", private.IRI, "https://a.example/9"})
		if err != nil || len(numbers) != 1 || numbers["https://a.example/1"] != 2 {
			t.Errorf("AnswerNumbers = %v, %v; want only the public one", numbers, err)
		}
		if at, err := db.ReceiptOf(ctx, &list[0]); err == nil {
			t.Errorf("ReceiptOf = %s, want none", at)
		}
	})
}

func TestLogKey(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		e := policy.LogEntry{Action: policy.LogBlock, Object: "a.example", At: time.Now()}
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := tx.AddLog(ctx, &e); err != nil {
				return err
			}
			e.Seq, e.Hash = 7, "ab"
			return tx.SealLog(ctx, &e)
		})
		if err != nil {
			t.Fatal(err)
		}
		if id, err := db.LogKey(ctx, 0, 7); err != nil || id != e.ID {
			t.Errorf("LogKey(7) = %d, %v; want %d", id, err, e.ID)
		}
		for _, seq := range []int64{0, 8} {
			if id, err := db.LogKey(ctx, 0, seq); err == nil {
				t.Errorf("LogKey(%d) = %d, want an error", seq, id)
			}
		}
	})
}
