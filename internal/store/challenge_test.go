package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

func TestChallengeRoundTrip(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		at := func(n int) time.Time { return time.Date(2026, 9, n, 10, 0, 0, 1000, time.UTC) }
		c := &policy.Challenge{
			Actor: testkit.Local(policy.KindChallenge, testkit.Base.Challenge(2), "trams", "Trams"),
			Title: "Trams", Question: "Where?", Summary: "Short.", Background: "*b*", BackgroundHTML: "<em>b</em>",
			Lang: "cy", State: policy.ChallengeDraft, RespondBy: at(20), Responder: "Ada", Reach: "by post",
			CanChange: "routes", CannotChange: "money", Hold: true, ReadWithin: 5, Created: at(1),
			AddressedTo: []policy.Addressee{{Given: "@z@z.example", State: policy.AddresseeNew}, {Given: "@a@a.example", State: policy.AddresseeNew}},
			Stages: []policy.Stage{
				{Kind: policy.StageGather, Cycle: 1, Opens: at(1), Closes: at(9), State: policy.StageRunning},
				{Kind: policy.StageDraft, Cycle: 1, Opens: at(9), Closed: true, Reason: "contracts", State: policy.StagePlanned},
			},
		}
		testkit.Write(t, db, func(tx *store.Tx) error {
			if err := tx.AddActor(ctx, &c.Actor); err != nil {
				return err
			}
			return tx.AddChallenge(ctx, c)
		})
		if c.Number != 2 || c.ID <= s.Challenge.ID || c.Stages[1].ID <= c.Stages[0].ID {
			t.Fatalf("stored as %d with id %d and stages %+v", c.Number, c.ID, c.Stages)
		}
		check := func(v policy.Viewer) {
			t.Helper()
			for _, get := range []func() (*policy.Challenge, error){
				func() (*policy.Challenge, error) { return db.Challenge(ctx, v, 2) },
				func() (*policy.Challenge, error) { return db.ChallengeByID(ctx, v, c.ID) },
				func() (*policy.Challenge, error) { return db.ChallengeByActor(ctx, v, c.Actor.IRI) },
				func() (*policy.Challenge, error) {
					list, err := db.Challenges(ctx, v, store.Page{Limit: 1}, c.State, policy.ChallengeConcluded)
					if err != nil || len(list) != 1 {
						return nil, errors.Join(err, errs.NotFound)
					}
					return &list[0], nil
				},
			} {
				got, err := get()
				if c.State == policy.ChallengeDraft && !v.Staff {
					if !errors.Is(err, errs.NotFound) {
						t.Errorf("a draft for the public: %v, want errs.NotFound", err)
					}
					continue
				}
				if err != nil {
					t.Error(err)
				} else if diff := cmp.Diff(c, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			}
		}
		check(staff)
		check(policy.Public)

		c.State, c.Opened, c.Closes, c.Tags, c.Title = policy.ChallengeOpen, at(2), at(15), []string{"Trams", "Ünder"}, "Trams!"
		c.Stages[0].Closes = at(10)
		c.AddressedTo = append(c.AddressedTo, policy.Addressee{Given: "@b@b.example", State: policy.AddresseeNew})
		found := policy.Addressee{Given: "@a@a.example", IRI: "https://a.example/a", Name: "A", Handle: "@a@a.example",
			Inbox: "https://a.example/inbox", State: policy.AddresseeFound}
		testkit.Write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.SaveChallenge(ctx, c), tx.SaveAddressee(ctx, c.ID, found), tx.SaveChallenge(ctx, c))
		})
		c.AddressedTo[1] = found // saving the challenge again takes nothing back
		check(staff)
		check(policy.Public)
		err := db.Write(ctx, func(tx *store.Tx) error {
			return tx.SaveAddressee(ctx, c.ID, policy.Addressee{Given: "nobody"})
		})
		if !errors.Is(err, errs.NotFound) {
			t.Errorf("SaveAddressee of none = %v, want errs.NotFound", err)
		}
	})
}

func TestChallengeList(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		testkit.NewSample(t, db) // number 1, open
		testkit.Write(t, db, func(tx *store.Tx) error {
			for _, state := range []policy.ChallengeState{policy.ChallengeDraft, policy.ChallengeConcluded, policy.ChallengeOpen} {
				if _, err := testkit.AddChallenge(ctx, tx, state); err != nil {
					return err
				}
			}
			return nil
		})
		for _, tt := range []struct {
			v      policy.Viewer
			states []policy.ChallengeState
			want   []int64
		}{
			{policy.Public, nil, []int64{4, 3, 1}},
			{staff, nil, []int64{4, 3, 2, 1}},
			{policy.Public, []policy.ChallengeState{policy.ChallengeDraft}, nil},
			{policy.Public, []policy.ChallengeState{policy.ChallengeOpen, policy.ChallengeDraft}, []int64{4, 1}},
		} {
			var got []int64
			var after policy.ID
			for {
				page, err := db.Challenges(ctx, tt.v, store.Page{After: after, Limit: 1}, tt.states...)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				after = page[0].ID
				got = append(got, page[0].Number)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("staff %v, %v (-want +got):\n%s", tt.v.Staff, tt.states, diff)
			}
		}
	})
}

// TestInstanceNumbersWithoutGaps takes numbers at once, a third of them in vain.
func TestInstanceNumbersWithoutGaps(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for i := range 9 {
					err := db.Write(ctx, func(tx *store.Tx) error {
						if _, err := testkit.AddChallenge(ctx, tx, policy.ChallengeOpen); err != nil || i%3 != 0 {
							return err
						}
						return errs.Forbidden
					})
					if (err == nil) != (i%3 != 0) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		list, err := db.Challenges(ctx, policy.Public, store.Page{})
		if err != nil || len(list) != 48 {
			t.Fatalf("%d challenges, %v; want 48", len(list), err)
		}
		seen := map[int64]bool{}
		for _, c := range list {
			seen[c.Number] = c.Number >= 1 && c.Number <= 48
		}
		if len(seen) != 48 {
			t.Errorf("numbers with gaps: %v", seen)
		}
	})
}

func TestCounts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann, bob := remote(t, db, "a.example", "ann"), remote(t, db, "b.example", "bob")
		set := func(v policy.Visibility, m policy.Moderation, h policy.Handling) func(*policy.Contribution) {
			return func(c *policy.Contribution) { c.Visibility, c.Moderation, c.Handling = v, m, h }
		}
		first := answer(t, db, &s.Challenge, ann, 1, set("direct", "received", "new"))
		answer(t, db, &s.Challenge, ann, 2, set("public", "accepted", "new"))
		answer(t, db, &s.Challenge, bob, 3, set("unlisted", "accepted", "read"))
		answer(t, db, &s.Challenge, bob, 4, set("public", "held", "new"))
		answer(t, db, &s.Challenge, bob, 5, set("followers", "received", "read"))
		answer(t, db, &s.Challenge, bob, 6, set("direct", "withdrawn", "new"))
		answer(t, db, &s.Challenge, bob, 7, set("public", "removed", "new"))
		opening := testkit.Base.Opening(1)
		testkit.Write(t, db, func(tx *store.Tx) error {
			_, e1 := tx.SetReaction(ctx, store.Like, ann.ID, opening, "https://a.example/l", true)
			_, e2 := tx.SetReaction(ctx, store.Share, bob.ID, opening, "https://b.example/s", true)
			p := policy.Proposal{Challenge: s.Challenge.ID, State: policy.ProposalPublished}
			d := policy.Proposal{Challenge: s.Challenge.ID, State: policy.ProposalDraft}
			return errors.Join(e1, e2, tx.AddProposal(ctx, &p), tx.AddProposal(ctx, &d),
				tx.AddFollower(ctx, store.Follower{Actor: s.Challenge.Actor.ID, Who: ann.ID}),
				tx.AddFollower(ctx, store.Follower{Actor: s.Organisation.Actor.ID, Who: ann.ID}),
				tx.AddFollower(ctx, store.Follower{Actor: s.Organisation.Actor.ID, Who: bob.ID}))
		})
		c, err := db.Challenge(ctx, policy.Public, 1)
		want := policy.ChallengeCounts{Answers: 2, Read: 1, Hosts: 2, Followers: 1, Proposals: 1, Likes: 1, Shares: 1}
		if err != nil || c.Counts != want {
			t.Errorf("counts for the public %+v, %v; want %+v", c.Counts, err, want)
		}
		want.Private, want.Held = 2, 1
		if c, err = db.Challenge(ctx, staff, 1); err != nil || c.Counts != want {
			t.Errorf("counts for staff %+v, %v; want %+v", c.Counts, err, want)
		}
		got, err := db.Counts(ctx)
		all := store.InstanceCounts{Challenges: 1, Answers: 2, Read: 1, Unread: 3, Private: 2, Held: 1, Proposals: 1,
			Accounts: 1, OldestUnread: first.ID, Followers: 2}
		if err != nil || got != all {
			t.Errorf("Counts = %+v, %v; want %+v", got, err, all)
		}
	})
}

func TestProposals(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		at := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
		p := &policy.Proposal{
			Challenge: s.Challenge.ID, ChallengeNumber: 1, ChallengeActor: s.Challenge.Actor, Title: "Fans", Summary: "More.",
			State: policy.ProposalPublished, Published: at,
			Current: policy.Version{Text: "*x*", HTML: "<em>x</em>", Summary: "first", Author: s.Steward.ID, Published: at},
		}
		draft := *p
		draft.State = policy.ProposalDraft
		testkit.Write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.AddProposal(ctx, p), tx.AddProposal(ctx, &draft))
		})
		if p.Number != 1 || draft.Number != 2 || p.Current.Number != 1 {
			t.Fatalf("numbers %d and %d, version %d", p.Number, draft.Number, p.Current.Number)
		}
		ann := remote(t, db, "a.example", "ann")
		answer(t, db, &s.Challenge, ann, 1, func(c *policy.Contribution) { c.Root = testkit.Base.Proposal(1) })
		testkit.Write(t, db, func(tx *store.Tx) error {
			_, err := tx.SetReaction(ctx, store.Like, ann.ID, testkit.Base.Proposal(1), "", true)
			return err
		})
		p.Answers, p.Likes = 1, 1
		for _, get := range []func() (*policy.Proposal, error){
			func() (*policy.Proposal, error) { return db.Proposal(ctx, policy.Public, 1) },
			func() (*policy.Proposal, error) { return db.ProposalByID(ctx, policy.Public, p.ID) },
			func() (*policy.Proposal, error) {
				list, err := db.Proposals(ctx, policy.Public, 0, store.Page{})
				if err != nil || len(list) != 1 {
					t.Fatalf("%d proposals for the public, %v; want 1", len(list), err)
				}
				return &list[0], nil
			},
		} {
			got, err := get()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(p, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		}
		if v, err := db.ProposalVersion(ctx, policy.Public, 1, 1); err != nil || *v != p.Current {
			t.Errorf("ProposalVersion = %+v, %v", v, err)
		}
		for what, err := range map[string]error{
			"draft":            second(db.Proposal(ctx, policy.Public, 2)),
			"draft by key":     second(db.ProposalByID(ctx, policy.Public, draft.ID)),
			"version of draft": second(db.ProposalVersion(ctx, policy.Public, 2, 1)),
			"no such version":  second(db.ProposalVersion(ctx, staff, 1, 2)),
			"no such number":   second(db.Proposal(ctx, staff, 3)),
		} {
			if !errors.Is(err, errs.NotFound) {
				t.Errorf("%s: %v, want errs.NotFound", what, err)
			}
		}
		list, err := db.Proposals(ctx, staff, s.Challenge.ID, store.Page{After: p.ID})
		if err != nil || len(list) != 1 || list[0].Number != 2 {
			t.Errorf("after the first, staff get %+v, %v", list, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }
