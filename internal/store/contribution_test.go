package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"regexp"
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

var staff = policy.Viewer{Staff: true}

// remote stores a person on another server.
func remote(t *testing.T, db *store.DB, host, handle string) policy.Actor {
	t.Helper()
	a := testkit.Remote(host, handle)
	testkit.Write(t, db, func(tx *store.Tx) error { return tx.AddActor(t.Context(), &a) })
	return a
}

// answer stores an answer, changed by f, and numbers it if it is accepted.
func answer(t *testing.T, db *store.DB, c *policy.Challenge, author policy.Actor, n int, f func(*policy.Contribution)) *policy.Contribution {
	t.Helper()
	var a *policy.Contribution
	testkit.Write(t, db, func(tx *store.Tx) error {
		a = testkit.Answer(c, author, n, tx.At)
		if f != nil {
			f(a)
		}
		if _, err := tx.AddContribution(t.Context(), a); err != nil || !a.Shown() {
			return err
		}
		return tx.NumberContribution(t.Context(), a)
	})
	return a
}

func TestContributionRoundTrip(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		at := func(n int) time.Time { return time.Date(2026, 9, 2, 10, n, 0, 1000*n, time.UTC) }
		c := answer(t, db, &s.Challenge, ann, 1, func(c *policy.Contribution) {
			c.Warning, c.Sensitive, c.Late, c.Reason = "damp", true, true, "because"
			c.Media = []policy.Media{{URL: "https://a.example/1.png", MediaType: "image/png", Description: "A wall"}, {URL: "https://a.example/2.png"}}
			c.Published, c.Received, c.Accepted, c.Edited = at(1), at(2), at(3), at(4)
		})
		got, err := db.ContributionByID(ctx, policy.Public, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("as stored (-want +got):\n%s", diff)
		}
		c.HTML, c.Text, c.Media, c.Kind = "<p>Other.</p>", "Other.", nil, policy.KindIdea
		c.Handling, c.ReadBy, c.ReadAt, c.Featured = policy.HandlingRead, "Ada", at(5), at(6)
		c.Visibility, c.Lang = policy.VisibilityUnlisted, "cy"
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.SaveContribution(ctx, c) })
		for name, get := range map[string]func() (*policy.Contribution, error){
			"number": func() (*policy.Contribution, error) {
				return db.Contribution(ctx, policy.Public, s.Challenge.Number, c.Number)
			},
			"code": func() (*policy.Contribution, error) {
				return db.ContributionByCode(ctx, staff, s.Challenge.Number, c.Code)
			},
			"iri": func() (*policy.Contribution, error) { return db.ContributionByIRI(ctx, policy.Public, c.IRI) },
		} {
			got, err := get()
			if err != nil {
				t.Fatal(name, err)
			}
			if diff := cmp.Diff(c, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("by %s (-want +got):\n%s", name, diff)
			}
		}
		if _, err := db.ContributionByCode(ctx, policy.Public, s.Challenge.Number, c.Code); !errors.Is(err, errs.NotFound) {
			t.Errorf("by code for the public: %v, want errs.NotFound", err)
		}
		missing := *c
		missing.ID = 7
		err = db.Write(ctx, func(tx *store.Tx) error { return tx.SaveContribution(ctx, &missing) })
		if !errors.Is(err, errs.NotFound) {
			t.Errorf("SaveContribution of none = %v, want errs.NotFound", err)
		}
	})
}

// TestReceiveConcurrently has 16 goroutines receive 200 contributions each, all the same 200.
func TestReceiveConcurrently(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		const receivers, answers = 16, 200
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		var wg sync.WaitGroup
		var mu sync.Mutex
		news := map[string]int{}
		for range receivers {
			wg.Go(func() {
				for i := range answers {
					var isNew bool
					var c *policy.Contribution
					err := db.Write(ctx, func(tx *store.Tx) (err error) {
						c = testkit.Answer(&s.Challenge, ann, i, tx.At)
						isNew, err = tx.AddContribution(ctx, c)
						if err != nil || !isNew {
							return err
						}
						return tx.NumberContribution(ctx, c)
					})
					if err != nil {
						t.Error(err)
						return
					}
					if isNew {
						mu.Lock()
						news[c.IRI]++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		if len(news) != answers {
			t.Errorf("%d contributions were new to somebody, want %d", len(news), answers)
		}
		for iri, n := range news {
			if n != 1 {
				t.Errorf("%s was new %d times", iri, n)
			}
		}
		checkNumbers(t, db, &s.Challenge, answers)
	})
}

// checkNumbers checks that a challenge has n public answers, numbered from 1 without a gap, each
// with its own code.
func checkNumbers(t *testing.T, db *store.DB, c *policy.Challenge, n int) {
	t.Helper()
	list, err := db.Contributions(t.Context(), policy.Public, store.ContributionFilter{Challenge: c.ID}, store.Page{Limit: n + 1})
	if err != nil || len(list) != n {
		t.Fatalf("%d answers, %v; want %d", len(list), err, n)
	}
	codes := map[string]bool{}
	for i, a := range list {
		if a.Number != int64(i+1) {
			t.Fatalf("answer %d has the number %d", i+1, a.Number)
		}
		codes[a.Code] = true
	}
	if len(codes) != n {
		t.Errorf("%d codes for %d answers", len(codes), n)
	}
	got, err := db.ChallengeByID(t.Context(), policy.Public, c.ID)
	if err != nil || got.Counts.Answers != int64(n) {
		t.Errorf("counted %d answers, %v; want %d", got.Counts.Answers, err, n)
	}
}

// TestNumbersWithoutGaps gives numbers in two challenges at once, some of them in vain: writes
// that fail, and contributions numbered twice by two people at once.
func TestNumbersWithoutGaps(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		const goroutines, each = 16, 20
		s := testkit.NewSample(t, db)
		var other *policy.Challenge
		testkit.Write(t, db, func(tx *store.Tx) (err error) {
			other, err = testkit.AddChallenge(ctx, tx, policy.ChallengeOpen)
			return err
		})
		ann := remote(t, db, "a.example", "ann")
		challenges := []*policy.Challenge{&s.Challenge, other}
		var wg sync.WaitGroup
		for g := range goroutines {
			wg.Go(func() {
				for i := range each {
					c := testkit.Answer(challenges[i%2], ann, g*each+i, time.Now())
					c.Moderation = policy.ModerationReceived
					err := db.Write(ctx, func(tx *store.Tx) error {
						_, err := tx.AddContribution(ctx, c)
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
					var both sync.WaitGroup
					for k := range 3 {
						both.Go(func() {
							mine := *c
							err := db.Write(ctx, func(tx *store.Tx) error {
								if err := tx.NumberContribution(ctx, &mine); err != nil {
									return err
								}
								if k == 0 {
									return errs.Forbidden // it had a number, and loses it again
								}
								mine.Moderation = policy.ModerationAccepted
								return tx.SaveContribution(ctx, &mine)
							})
							if k > 0 && err != nil || mine.Number == 0 {
								t.Error(mine.Number, err)
							}
						})
					}
					both.Wait()
				}
			})
		}
		wg.Wait()
		for _, c := range challenges {
			checkNumbers(t, db, c, goroutines*each/2)
		}
	})
}

func TestCodes(t *testing.T) {
	for n := 4; n <= 6; n++ {
		shape := regexp.MustCompile(fmt.Sprintf(`^[2-9][B-DF-HJKMNP-TV-Z][2-9B-DF-HJKMNP-TV-Z]{%d}$`, n-2))
		for range 1000 {
			if code := store.NewCode(n); !shape.MatchString(code) {
				t.Fatalf("NewCode(%d) = %q", n, code)
			}
		}
	}
}

// TestCrowdedCodes has the database turn away all codes of four characters, as if they were taken.
func TestCrowdedCodes(t *testing.T) {
	crowded := map[string][]string{
		"sqlite": {`
			CREATE TRIGGER crowded BEFORE INSERT ON contributions WHEN length(NEW.code) = 4
			BEGIN SELECT RAISE(IGNORE); END`},
		"postgres": {
			`CREATE FUNCTION crowded() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`, `
			CREATE TRIGGER crowded BEFORE INSERT ON contributions FOR EACH ROW WHEN (length(NEW.code) = 4)
			EXECUTE FUNCTION crowded()`,
		},
	}
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		testkit.Write(t, db, func(tx *store.Tx) error {
			for _, statement := range crowded[path.Base(t.Name())] {
				if _, err := tx.Exec(ctx, statement); err != nil {
					return err
				}
			}
			return nil
		})
		a := answer(t, db, &s.Challenge, ann, 1, nil)
		if len(a.Code) != 5 || a.Number != 1 {
			t.Errorf("got code %q and number %d; want five characters, and 1", a.Code, a.Number)
		}
	})
}

func TestTombstoneRefuses(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		c := testkit.Answer(&s.Challenge, ann, 1, time.Now())
		for range 2 {
			testkit.Write(t, db, func(tx *store.Tx) error { return tx.AddTombstone(ctx, c.IRI) })
		}
		err := db.Write(ctx, func(tx *store.Tx) error { _, err := tx.AddContribution(ctx, c); return err })
		if !errors.Is(err, errs.Conflict) {
			t.Errorf("AddContribution = %v, want errs.Conflict", err)
		}
	})
}

func TestLockAndFeaturedSince(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		var ids []policy.ID
		for i := range 12 {
			ids = append(ids, answer(t, db, &s.Challenge, ann, i, nil).ID)
		}
		var wg sync.WaitGroup
		for _, id := range ids { // at most five win, whoever they are
			wg.Go(func() {
				err := db.Write(ctx, func(tx *store.Tx) error {
					n, err := tx.FeaturedSince(ctx, s.Challenge.ID, tx.At.Add(-24*time.Hour))
					if err != nil || len(n) >= 5 {
						return err
					}
					c, err := tx.LockContribution(ctx, id)
					if err != nil {
						return err
					}
					c.Featured = tx.At
					return tx.SaveContribution(ctx, c)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		testkit.Write(t, db, func(tx *store.Tx) error {
			if n, err := tx.FeaturedSince(ctx, s.Challenge.ID, time.Time{}); len(n) != 5 || err != nil {
				t.Errorf("%d were featured, %v; want 5", len(n), err)
			}
			if n, err := tx.FeaturedSince(ctx, s.Challenge.ID, tx.At.Add(time.Hour)); len(n) != 0 || err != nil {
				t.Errorf("%d were featured in the future, %v", len(n), err)
			}
			if _, err := tx.LockContribution(ctx, 7); !errors.Is(err, errs.NotFound) {
				t.Errorf("LockContribution of none = %v, want errs.NotFound", err)
			}
			return nil
		})
	})
}

// TestPages walks lists in pages of every size and direction.
func TestPages(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		testkit.AddAnswers(t, db, &s.Challenge, 23)
		ann := remote(t, db, "a.example", "ann")
		for i := range 4 { // private ones in between
			answer(t, db, &s.Challenge, ann, i, func(c *policy.Contribution) {
				c.Visibility, c.Moderation = policy.VisibilityDirect, policy.ModerationReceived
			})
		}
		for _, tt := range []struct {
			v    policy.Viewer
			f    store.ContributionFilter
			want int
		}{
			{policy.Public, store.ContributionFilter{Challenge: s.Challenge.ID}, 23},
			{policy.Public, store.ContributionFilter{Challenge: s.Challenge.ID, NewestFirst: true}, 23},
			{policy.Public, store.ContributionFilter{Root: testkit.Base.Opening(s.Challenge.Number)}, 23},
			{policy.Public, store.ContributionFilter{ReplyTo: testkit.Base.Opening(s.Challenge.Number), NewestFirst: true}, 23},
			{policy.Public, store.ContributionFilter{}, 23},
			{policy.Public, store.ContributionFilter{Challenge: s.Challenge.ID, All: true, Private: true}, 0},
			{staff, store.ContributionFilter{Challenge: s.Challenge.ID}, 23},
			{staff, store.ContributionFilter{Challenge: s.Challenge.ID, All: true}, 27},
			{staff, store.ContributionFilter{All: true, Unread: true, NewestFirst: true}, 27},
			{staff, store.ContributionFilter{Private: true}, 4},
			{staff, store.ContributionFilter{Author: ann.ID, All: true}, 4},
			{policy.Public, store.ContributionFilter{Author: ann.ID}, 0},
		} {
			for _, limit := range []int{1, 5, 23, 100} {
				var all []policy.Contribution
				var after policy.ID
				for {
					page, err := db.Contributions(ctx, tt.v, tt.f, store.Page{After: after, Limit: limit})
					if err != nil {
						t.Fatal(err)
					}
					if len(page) == 0 {
						break
					}
					after = page[len(page)-1].ID
					all = append(all, page...)
				}
				if len(all) != tt.want {
					t.Errorf("%+v for %v in pages of %d: %d, want %d", tt.f, tt.v.Staff, limit, len(all), tt.want)
				}
				for i := 1; i < len(all); i++ {
					if (all[i].ID < all[i-1].ID) != tt.f.NewestFirst {
						t.Fatalf("%+v in pages of %d: out of order", tt.f, limit)
					}
				}
			}
		}
	})
}

func TestContributionIRIs(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		testkit.AddAnswers(t, db, &s.Challenge, 7)
		f := store.ContributionFilter{Challenge: s.Challenge.ID, All: true} // All is not for collections
		ann := remote(t, db, "a.example", "ann")
		answer(t, db, &s.Challenge, ann, 1, func(c *policy.Contribution) { c.Moderation = policy.ModerationHeld })
		list, err := db.Contributions(ctx, policy.Public, f, store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		first, last, total, err := db.ContributionIRIs(ctx, f, store.Page{Limit: 4})
		if err != nil || len(first) != 4 || last != list[3].ID || total != 7 {
			t.Fatalf("first page: %d, last %d, total %d, %v", len(first), last, total, err)
		}
		rest, last, total, err := db.ContributionIRIs(ctx, f, store.Page{After: last, Limit: 4})
		if err != nil || len(rest) != 3 || last != list[6].ID || total != 7 {
			t.Fatalf("second page: %d, last %d, total %d, %v", len(rest), last, total, err)
		}
		for i, iri := range append(first, rest...) {
			if iri != list[i].IRI {
				t.Errorf("id %d is %s, want %s", i, iri, list[i].IRI)
			}
		}
		if none, last, _, err := db.ContributionIRIs(ctx, f, store.Page{After: last, Limit: 4}); len(none) != 0 || last != 0 || err != nil {
			t.Errorf("after the end: %v, %d, %v", none, last, err)
		}
	})
}

// TestTally changes contributions at once and at random, and compares what was counted on the way
// with a count of the rows.
func TestTally(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		var ids []policy.ID
		for i := range 10 {
			ids = append(ids, answer(t, db, &s.Challenge, ann, i, nil).ID)
		}
		var wg sync.WaitGroup
		for g := range uint64(8) {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(g, 1))
				for range 30 {
					id := ids[r.IntN(len(ids))]
					v, m := visibilities[r.IntN(len(visibilities))], moderations[r.IntN(len(moderations))]
					h := []policy.Handling{policy.HandlingNew, policy.HandlingRead}[r.IntN(2)]
					if r.IntN(2) == 0 {
						v, m = policy.VisibilityPublic, policy.ModerationAccepted
					}
					err := db.Write(ctx, func(tx *store.Tx) error {
						c, err := tx.LockContribution(ctx, id)
						if err != nil {
							return err
						}
						c.Visibility, c.Moderation, c.Handling = v, m, h
						return tx.SaveContribution(ctx, c)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		c, err := db.Challenge(ctx, policy.Public, 1)
		if err != nil {
			t.Fatal(err)
		}
		for got, query := range map[*int64]string{
			&c.Counts.Answers: `SELECT count(*) FROM contributions WHERE shown`,
			&c.Counts.Read:    `SELECT count(*) FROM contributions WHERE shown AND handling <> 'new'`,
		} {
			if want, err := db.Int(ctx, query); *got != want || err != nil {
				t.Errorf("counted %d, %v; want %d: %s", *got, err, want, query)
			}
		}
	})
}
