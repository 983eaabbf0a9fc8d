package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

var (
	visibilities = []policy.Visibility{policy.VisibilityPublic, policy.VisibilityUnlisted,
		policy.VisibilityFollowers, policy.VisibilityDirect, "unheard of"}
	moderations = []policy.Moderation{policy.ModerationReceived, policy.ModerationHeld,
		policy.ModerationAccepted, policy.ModerationDeclined, policy.ModerationRemoved,
		policy.ModerationWithdrawn, "unheard of"}
)

// row is a contribution of the property below and what the public may have of it, told in another
// way than the store tells it.
type row struct {
	policy.Contribution
	canary     string
	whole, gap bool // whole: all of it; gap: that it was there
}

func newRow(c *policy.Challenge, author policy.Actor, i int, v policy.Visibility, m policy.Moderation, wasShown, draft bool) *row {
	r := &row{Contribution: *testkit.Answer(c, author, i, time.Now()), canary: fmt.Sprintf("canary-%d-", i)}
	r.Visibility, r.Moderation = v, m
	r.HTML, r.Text, r.Warning = "<p>"+r.canary+"</p>", r.canary, r.canary
	r.URL += "/" + r.canary
	r.IRI += "/" + r.canary
	r.Media = []policy.Media{{URL: "https://a.example/" + r.canary, Description: r.canary}}
	open := slices.Contains([]policy.Visibility{"public", "unlisted"}, v) && !draft
	r.whole = open && m == "accepted"
	if m != policy.ModerationAccepted && !wasShown {
		r.Accepted = time.Time{}
	}
	r.gap = open && wasShown && (m == "removed" || m == "withdrawn")
	return r
}

// TestNothingBeyondTheCeiling asks for random rows in every way the public can: nobody gets more
// than the author's audience and the moderators allow.
func TestNothingBeyondTheCeiling(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ann := remote(t, db, "a.example", "ann")
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			draft := rapid.IntRange(0, 4).Draw(rt, "draft") == 0
			state := policy.ChallengeOpen
			if draft {
				state = policy.ChallengeDraft
			}
			var c *policy.Challenge
			var rows []*row
			count := rapid.IntRange(1, 5).Draw(rt, "rows")
			testkit.Write(t, db, func(tx *store.Tx) (err error) {
				ctx := t.Context()
				rows = nil
				if c, err = testkit.AddChallenge(ctx, tx, state); err != nil {
					return err
				}
				for range count {
					n++
					shown := rapid.Bool().Draw(rt, "was shown")
					r := newRow(c, ann, n, rapid.SampledFrom(visibilities).Draw(rt, "visibility"),
						rapid.SampledFrom(moderations).Draw(rt, "moderation"), shown, draft)
					if _, err := tx.AddContribution(ctx, &r.Contribution); err != nil {
						return err
					}
					if shown || r.whole {
						if err := tx.NumberContribution(ctx, &r.Contribution); err != nil {
							return err
						}
					}
					rows = append(rows, r)
				}
				return nil
			})
			checkCeiling(t, rt, db, c, rows)
		})
	})
}

// checkCeiling compares what the public and staff get with what they may have.
func checkCeiling(t *testing.T, rt *rapid.T, db *store.DB, c *policy.Challenge, rows []*row) {
	ctx := t.Context()
	var everything strings.Builder // all that the public was ever given
	give := func(v any) { fmt.Fprintf(&everything, "%+v\n", v) }
	for _, r := range rows {
		for name, get := range map[string]func(v policy.Viewer) (*policy.Contribution, error){
			"number": func(v policy.Viewer) (*policy.Contribution, error) {
				return db.Contribution(ctx, v, c.Number, r.Number)
			},
			"id":  func(v policy.Viewer) (*policy.Contribution, error) { return db.ContributionByID(ctx, v, r.ID) },
			"iri": func(v policy.Viewer) (*policy.Contribution, error) { return db.ContributionByIRI(ctx, v, r.IRI) },
			"code": func(v policy.Viewer) (*policy.Contribution, error) {
				return db.ContributionByCode(ctx, v, c.Number, r.Code)
			},
		} {
			if name == "number" && r.Number == 0 {
				continue
			}
			got, err := get(policy.Public)
			switch {
			case name != "code" && (r.whole || r.gap):
				if err != nil {
					rt.Fatalf("%s by %s for the public: %v", r.canary, name, err)
				}
				give(*got)
				if r.gap && (got.Author != policy.Actor{} || got.HTML+got.Text+got.Warning+got.URL+got.IRI != "" || got.Media != nil) {
					rt.Fatalf("%s by %s: more than a gap: %+v", r.canary, name, got)
				}
			case !errors.Is(err, errs.NotFound):
				rt.Fatalf("%s by %s for the public: %+v, %v; want errs.NotFound", r.canary, name, got, err)
			}
			if got, err := get(staff); err != nil || got.Text != r.canary {
				rt.Fatalf("%s by %s for staff: %+v, %v", r.canary, name, got, err)
			}
		}
	}
	for _, f := range []store.ContributionFilter{
		{Challenge: c.ID}, {Challenge: c.ID, All: true}, {Challenge: c.ID, Held: true, All: true},
		{Challenge: c.ID, Private: true}, {Challenge: c.ID, Unread: true}, {Root: rows[0].Root},
		{ReplyTo: rows[0].ReplyTo, NewestFirst: true}, {Author: rows[0].Author.ID, All: true}, {All: true},
	} {
		list, err := db.Contributions(ctx, policy.Public, f, store.Page{})
		if err != nil {
			rt.Fatal(err)
		}
		give(list)
		iris, _, total, err := db.ContributionIRIs(ctx, f, store.Page{})
		if err != nil || total != int64(len(list)) || len(iris) != len(list) {
			rt.Fatalf("%+v: %d ids, total %d, but %d listed (%v)", f, len(iris), total, len(list), err)
		}
		give(iris)
	}
	checkLists(t, rt, db, c, rows)
	for _, r := range rows {
		if strings.Contains(everything.String(), r.canary) != r.whole {
			rt.Fatalf("%s (%s, %s): public has it: %v, want %v", r.canary, r.Visibility, r.Moderation, !r.whole, r.whole)
		}
	}
}

// checkLists compares lists and counts with what they should be.
func checkLists(t *testing.T, rt *rapid.T, db *store.DB, c *policy.Challenge, rows []*row) {
	ctx := t.Context()
	var whole, private, held, unread int64
	for _, r := range rows {
		if r.whole || c.State == policy.ChallengeDraft && r.Shown() {
			whole++
		}
		if r.Moderation == "held" && !r.Visibility.Private() {
			held++
		}
		if (r.Visibility == "followers" || r.Visibility == "direct") && r.Moderation != "withdrawn" {
			private++
		}
		if slices.Contains([]policy.Moderation{"received", "held", "accepted"}, r.Moderation) {
			unread++
		}
	}
	for name, tt := range map[string]struct {
		f    store.ContributionFilter
		want int64
	}{
		"all":     {store.ContributionFilter{Challenge: c.ID, All: true}, int64(len(rows))},
		"private": {store.ContributionFilter{Challenge: c.ID, Private: true}, private},
		"held":    {store.ContributionFilter{Challenge: c.ID, Held: true}, held},
		"unread":  {store.ContributionFilter{Challenge: c.ID, All: true, Unread: true}, unread},
	} {
		list, err := db.Contributions(ctx, staff, tt.f, store.Page{})
		if err != nil || int64(len(list)) != tt.want {
			rt.Fatalf("staff list %s has %d, %v; want %d", name, len(list), err, tt.want)
		}
	}
	got, err := db.ChallengeByID(ctx, staff, c.ID)
	if err != nil || got.Counts.Answers != whole || got.Counts.Private != private || got.Counts.Held != held {
		rt.Fatalf("counts for staff are %+v, %v; want %d answers, %d private, %d held", got.Counts, err, whole, private, held)
	}
	seen, err := db.ChallengeByID(ctx, policy.Public, c.ID)
	if c.State == policy.ChallengeDraft {
		if !errors.Is(err, errs.NotFound) {
			rt.Fatalf("a draft for the public: %v, want errs.NotFound", err)
		}
		return
	}
	if err != nil || seen.Counts.Private != 0 || seen.Counts.Held != 0 || seen.Counts.Answers != whole {
		rt.Fatalf("counts for the public are %+v, %v", seen.Counts, err)
	}
}

// TestDatabaseRefusesToShow checks the last resort: a row that says that it is shown, against its
// author's audience or a moderator.
func TestDatabaseRefusesToShow(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		for i, change := range []string{`visibility = 'direct'`, `visibility = 'followers'`, `visibility = ''`,
			`moderation = 'held'`, `moderation = 'withdrawn'`} {
			c := answer(t, db, &s.Challenge, ann, i, nil)
			err := db.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contributions SET `+change+` WHERE id = $1`, c.ID)
				return err
			})
			if err == nil {
				t.Errorf("%s of a row that is shown was taken", change)
			}
		}
	})
}
