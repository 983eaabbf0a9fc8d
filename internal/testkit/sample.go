package testkit

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Base is the public address of sample instances.
const Base = policy.Base("https://moot.example")

// Sample is an organisation with an open challenge, as rows: no verb has been carried out.
type Sample struct {
	Organisation policy.Organisation
	Steward      policy.Actor
	Challenge    policy.Challenge
}

// NewSample stores a sample.
func NewSample(t testing.TB, db *store.DB) *Sample {
	t.Helper()
	ctx := t.Context()
	s := &Sample{
		Organisation: policy.Organisation{
			Actor:    Local(policy.KindOrganisation, Base.Organisation(), "tenants", "Tenants Together"),
			BaseURL:  string(Base),
			Strap:    "for people who rent",
			Receipts: policy.ReceiptReply,
		},
		Steward: Local(policy.KindPerson, Base.Person("ada"), "ada", "Ada"),
	}
	Write(t, db, func(tx *store.Tx) error {
		if err := tx.BindURL(ctx, string(Base)); err != nil {
			return err
		}
		for _, a := range []*policy.Actor{&s.Organisation.Actor, &s.Steward} {
			if err := tx.AddActor(ctx, a); err != nil {
				return err
			}
			if err := tx.ClaimHandle(ctx, a.Handle, a.ID); err != nil {
				return err
			}
		}
		account := policy.Account{Actor: s.Steward.ID, Email: "ada@moot.example", Role: policy.RoleSteward}
		if err := tx.AddAccount(ctx, &account); err != nil {
			return err
		}
		if err := tx.AddOrganisation(ctx, &s.Organisation); err != nil {
			return err
		}
		c, err := AddChallenge(ctx, tx, policy.ChallengeOpen)
		if err == nil {
			s.Challenge = *c
		}
		return err
	})
	return s
}

// Write writes, or ends the test.
func Write(t testing.TB, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// AddChallenge stores a challenge in a state, with one stage.
func AddChallenge(ctx context.Context, tx *store.Tx, state policy.ChallengeState) (*policy.Challenge, error) {
	n, err := tx.NextChallengeNumber(ctx)
	if err != nil {
		return nil, err
	}
	c := &policy.Challenge{
		Number:    n,
		Actor:     Local(policy.KindChallenge, Base.Challenge(n), fmt.Sprint("damp", n), "Damp homes"),
		Title:     "Damp homes: what should change?",
		Question:  "What would have made your landlord act?",
		Summary:   "Four in ten private renters live with damp.",
		Lang:      "en",
		State:     state,
		RespondBy: tx.At.AddDate(0, 2, 0),
		Responder: "Ada",
		Tags:      []string{"Damp", "Renting"},
		Stages:    []policy.Stage{{Kind: policy.StageGather, Cycle: 1, Opens: tx.At, State: policy.StageRunning}},
	}
	if state != policy.ChallengeDraft {
		c.Opened = tx.At
	}
	if err := tx.AddActor(ctx, &c.Actor); err != nil {
		return nil, err
	}
	return c, tx.AddChallenge(ctx, c)
}

// Local returns an actor of the sample instance.
func Local(kind policy.ActorKind, iri, handle, name string) policy.Actor {
	return policy.Actor{
		IRI: iri, Kind: kind, Local: true, Host: "moot.example", Handle: handle, Name: name, URL: iri,
		Inbox: policy.Inbox(iri), SharedInbox: Base.SharedInbox(), Followers: policy.Followers(iri),
	}
}

// Remote returns a person on another server with a shared inbox.
func Remote(host, handle string) policy.Actor {
	iri := "https://" + host + "/users/" + handle
	return policy.Actor{
		IRI: iri, Kind: policy.KindPerson, Host: host, Handle: handle, Name: "Name of " + handle,
		Summary: "Summary of " + handle, URL: "https://" + host + "/@" + handle,
		Inbox: policy.Inbox(iri), SharedInbox: "https://" + host + "/inbox", Followers: policy.Followers(iri),
	}
}

// Answer returns an accepted public answer to a challenge by a stored author, who has made n
// before it.
func Answer(c *policy.Challenge, author policy.Actor, n int, now time.Time) *policy.Contribution {
	iri := fmt.Sprintf("%s/statuses/%d-%d", author.IRI, c.Number, n)
	return &policy.Contribution{
		Challenge: c.ID, ChallengeNumber: c.Number, IRI: iri, URL: iri + "/page", Author: author,
		Kind: policy.KindComment, ReplyTo: Base.Opening(c.Number), Root: Base.Opening(c.Number),
		HTML: fmt.Sprintf("<p>Answer %d.</p>", n), Text: fmt.Sprintf("Answer %d.", n), Lang: "en",
		Visibility: policy.VisibilityPublic, Moderation: policy.ModerationAccepted,
		Handling: policy.HandlingNew, Published: now, Received: now, Accepted: now,
	}
}

// AddAnswers stores n numbered answers to a challenge, each by somebody else, on one of a hundred
// servers.
func AddAnswers(t testing.TB, db *store.DB, c *policy.Challenge, n int) {
	t.Helper()
	ctx := t.Context()
	const batch = 500
	for first := 0; first < n; first += batch {
		Write(t, db, func(tx *store.Tx) error {
			for i := first; i < min(n, first+batch); i++ {
				author := Remote(fmt.Sprintf("host%d.example", i%100), fmt.Sprint("person", i))
				if err := tx.AddActor(ctx, &author); err != nil {
					return err
				}
				a := Answer(c, author, i, tx.At)
				if _, err := tx.AddContribution(ctx, a); err != nil {
					return err
				}
				if err := tx.NumberContribution(ctx, a); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
