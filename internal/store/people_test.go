package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

func TestInstance(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		if _, err := db.Organisation(ctx); !errors.Is(err, errs.NotFound) {
			t.Errorf("before set-up: %v, want errs.NotFound", err)
		}
		if _, _, err := db.FirstSteward(ctx); !errors.Is(err, errs.NotFound) {
			t.Errorf("before set-up: %v, want errs.NotFound", err)
		}
		for _, hash := range []string{"h1", "h2", ""} {
			testkit.Write(t, db, func(tx *store.Tx) error { return tx.SetSetupToken(ctx, hash) })
			if got, err := db.SetupToken(ctx); err != nil || got != hash {
				t.Errorf("SetupToken = %q, %v; want %q", got, err, hash)
			}
		}
		s := testkit.NewSample(t, db)
		o, err := db.Organisation(ctx)
		if err != nil || *o != s.Organisation {
			t.Errorf("Organisation = %+v, %v; want %+v", o, err, s.Organisation)
		}
		err = db.Write(ctx, func(tx *store.Tx) error { return tx.AddOrganisation(ctx, &s.Organisation) })
		if !errors.Is(err, errs.Conflict) {
			t.Errorf("a second organisation: %v, want errs.Conflict", err)
		}
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.BindURL(ctx, string(testkit.Base)) })
		err = db.Write(ctx, func(tx *store.Tx) error { return tx.BindURL(ctx, "https://other.example") })
		if !errors.Is(err, errs.Conflict) || !strings.Contains(err.Error(), string(testkit.Base)) {
			t.Errorf("another address: %v, want a conflict that names the first", err)
		}
	})
}

func TestAccounts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		bea := testkit.Local(policy.KindPerson, testkit.Base.Person("bea"), "bea", "Bea")
		account := policy.Account{Email: "Bea@Moot.example", PasswordHash: "x", Role: policy.RoleSteward}
		testkit.Write(t, db, func(tx *store.Tx) error {
			if err := tx.AddActor(ctx, &bea); err != nil {
				return err
			}
			account.Actor, account.Created = bea.ID, tx.At.Add(time.Second)
			return tx.AddAccount(ctx, &account)
		})
		got, actor, err := db.AccountByEmail(ctx, "bEA@moot.EXAMPLE")
		if err != nil || *got != account || *actor != bea {
			t.Errorf("AccountByEmail = %+v, %+v, %v", got, actor, err)
		}
		if got, _, err := db.Account(ctx, bea.ID); err != nil || *got != account {
			t.Errorf("Account = %+v, %v", got, err)
		}
		if _, actor, err := db.FirstSteward(ctx); err != nil || actor.ID != s.Steward.ID {
			t.Errorf("FirstSteward = %+v, %v", actor, err)
		}
		twin := policy.Account{Actor: s.Organisation.Actor.ID, Email: "BEA@moot.example", Role: policy.RoleEditor}
		err = db.Write(ctx, func(tx *store.Tx) error { return tx.AddAccount(ctx, &twin) })
		if !errors.Is(err, errs.Conflict) {
			t.Errorf("the same address again: %v, want errs.Conflict", err)
		}
		if _, _, err := db.AccountByEmail(ctx, "nobody@moot.example"); !errors.Is(err, errs.NotFound) {
			t.Errorf("no such account: %v, want errs.NotFound", err)
		}
	})
}

func TestSessions(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		clock := testkit.NewClock()
		db := testkit.Open(t, store.Options{URL: url, Now: clock.Now})
		s := testkit.NewSample(t, db)
		save := func(token, data string, actor policy.ID) {
			t.Helper()
			testkit.Write(t, db, func(tx *store.Tx) error {
				return tx.SaveSession(ctx, token, []byte(data), actor, tx.At.Add(time.Hour))
			})
		}
		check := func(token, want string) {
			t.Helper()
			data, ok, err := db.Session(ctx, token)
			if err != nil || string(data) != want || ok != (want != "") {
				t.Errorf("Session(%s) = %q, %v, %v; want %q", token, data, ok, err, want)
			}
		}
		save("a", "anonymous", 0)
		save("a", "signed in", s.Steward.ID)
		save("b", "somebody else", 0)
		save("c", "to be ended", 0)
		check("a", "signed in")
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.DeleteSession(ctx, "c") })
		check("c", "")
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.SetPassword(ctx, s.Steward.ID, "new") })
		check("a", "")
		check("b", "somebody else")
		if a, _, err := db.Account(ctx, s.Steward.ID); err != nil || a.PasswordHash != "new" {
			t.Errorf("password hash is %q, %v", a.PasswordHash, err)
		}
		err := db.Write(ctx, func(tx *store.Tx) error { return tx.SetPassword(ctx, 7, "x") })
		if !errors.Is(err, errs.NotFound) {
			t.Errorf("SetPassword of nobody = %v, want errs.NotFound", err)
		}
		clock.Advance(time.Hour)
		check("b", "")
		if err := db.Prune(ctx, clock.Now()); err != nil {
			t.Fatal(err)
		}
		if n, err := db.Int(ctx, `SELECT count(*) FROM sessions`); n != 0 || err != nil {
			t.Errorf("%d sessions left, %v", n, err)
		}
	})
}

func TestMessages(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		c := answer(t, db, &s.Challenge, ann, 1, nil)
		m := store.Message{IRI: testkit.Base.Receipt(1, "A"), Challenge: s.Challenge.ID, To: ann.ID, Contribution: c.ID,
			HTML: "<p>Thank you.</p>", Lang: "en", Visibility: policy.VisibilityUnlisted}
		second := m
		second.IRI = testkit.Base.Receipt(1, "B")
		testkit.Write(t, db, func(tx *store.Tx) error {
			if isNew, err := tx.AddMessage(ctx, &m); !isNew || err != nil {
				t.Errorf("first receipt: %v, %v", isNew, err)
			}
			isNew, err := tx.AddMessage(ctx, &second)
			if isNew {
				t.Error("a second receipt for one person and challenge")
			}
			return err
		})
		if got, err := db.MessageByIRI(ctx, m.IRI); err != nil || *got != m {
			t.Errorf("MessageByIRI = %+v, %v; want %+v", got, err, m)
		}
		if _, err := db.MessageByIRI(ctx, second.IRI); !errors.Is(err, errs.NotFound) {
			t.Errorf("MessageByIRI of the second = %v, want errs.NotFound", err)
		}
	})
}

func TestStops(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		one, other := s.Challenge.ID, s.Challenge.ID+1
		for i, step := range []struct {
			do                   func(tx *store.Tx) error
			stopped, otherStoped bool
		}{
			{func(*store.Tx) error { return nil }, false, false},
			{func(tx *store.Tx) error { return tx.StopMessages(ctx, ann.ID, one, "stop") }, true, false},
			{func(tx *store.Tx) error { return tx.StopMessages(ctx, ann.ID, one, "block") }, true, false},
			{func(tx *store.Tx) error { return tx.StopMessages(ctx, ann.ID, one, "block") }, true, false},
			{func(tx *store.Tx) error { return tx.ResumeMessages(ctx, ann.ID, one, "block") }, true, false},
			{func(tx *store.Tx) error { return tx.StopMessages(ctx, ann.ID, 0, "block") }, true, true},
			{func(tx *store.Tx) error { return tx.ResumeMessages(ctx, ann.ID, one, "stop") }, true, true},
			{func(tx *store.Tx) error { return tx.ResumeMessages(ctx, ann.ID, 0, "block") }, false, false},
		} {
			testkit.Write(t, db, step.do)
			for challenge, want := range map[policy.ID]bool{one: step.stopped, other: step.otherStoped} {
				if got, err := db.MessagesStopped(ctx, ann.ID, challenge); got != want || err != nil {
					t.Errorf("step %d: stopped %v, %v; want %v", i, got, err, want)
				}
			}
		}
	})
}

func TestReactions(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		ann, bob := remote(t, db, "a.example", "ann"), remote(t, db, "b.example", "bob")
		const object = "https://moot.example/c/1/opening"
		for i, step := range []struct {
			who           policy.ID
			kind          store.Reaction
			activity      string
			on, changed   bool
			likes, shares int64
		}{
			{ann.ID, store.Like, "l1", true, true, 1, 0},
			{ann.ID, store.Like, "l1", true, false, 1, 0},  // replayed
			{ann.ID, store.Like, "l2", true, false, 1, 0},  // once more
			{ann.ID, store.Share, "s1", true, true, 1, 1},  // the other kind
			{bob.ID, store.Like, "l3", false, false, 1, 1}, // undone before it came
			{bob.ID, store.Like, "l3", true, false, 1, 1},  // and so it does not count
			{ann.ID, store.Like, "l3", true, false, 1, 1},  // one's undo is not another's
			{bob.ID, store.Like, "l4", true, true, 2, 1},
			{ann.ID, store.Like, "l9", false, true, 1, 1}, // an undo with another id, as some servers make it
			{ann.ID, store.Like, "l9", false, false, 1, 1},
			{ann.ID, store.Share, "", false, true, 1, 0},
			{ann.ID, store.Share, "", true, true, 1, 1},
			{bob.ID, store.Like, "l4", false, true, 0, 1},
		} {
			var changed bool
			testkit.Write(t, db, func(tx *store.Tx) (err error) {
				changed, err = tx.SetReaction(ctx, step.kind, step.who, object, step.activity, step.on)
				return err
			})
			likes, shares, err := db.Reactions(ctx, object)
			if err != nil || changed != step.changed || likes != step.likes || shares != step.shares {
				t.Errorf("step %d: changed %v, %d likes, %d shares, %v; want %+v", i, changed, likes, shares, err, step)
			}
		}
	})
}

func TestQuotesAndReports(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s := testkit.NewSample(t, db)
		ann := remote(t, db, "a.example", "ann")
		q := store.Quote{IRI: testkit.Base.Quote("A"), Object: testkit.Base.Opening(1), Quoting: "https://a.example/1", Owner: s.Organisation.Actor.ID}
		again := q
		again.IRI = testkit.Base.Quote("B")
		r := store.Report{Actor: ann, Object: "https://b.example/1", Text: "spam"}
		testkit.Write(t, db, func(tx *store.Tx) error {
			isNew, e1 := tx.AddQuote(ctx, &q)
			twice, e2 := tx.AddQuote(ctx, &again)
			if !isNew || twice || again != q {
				t.Errorf("quotes: %v, %v, %+v", isNew, twice, again)
			}
			isNew, e3 := tx.AddReport(ctx, &r)
			dup := r
			twice, e4 := tx.AddReport(ctx, &dup)
			if !isNew || twice {
				t.Errorf("reports: %v, %v", isNew, twice)
			}
			return errors.Join(e1, e2, e3, e4)
		})
		if got, err := db.QuoteByIRI(ctx, q.IRI); err != nil || *got != q {
			t.Errorf("QuoteByIRI = %+v, %v", got, err)
		}
		if list, err := db.Reports(ctx, policy.Public, store.Page{}); len(list) != 0 || err != nil {
			t.Errorf("the public gets %d reports, %v", len(list), err)
		}
		list, err := db.Reports(ctx, staff, store.Page{})
		if err != nil || len(list) != 1 || list[0] != r {
			t.Fatalf("Reports = %+v, %v; want %+v", list, err, r)
		}
		next := store.Report{Actor: ann, Object: r.Object}
		testkit.Write(t, db, func(tx *store.Tx) error {
			if err := tx.CloseReport(ctx, r.ID); err != nil {
				return err
			}
			isNew, err := tx.AddReport(ctx, &next) // the first is closed
			if !isNew {
				t.Error("no report after the first was closed")
			}
			return err
		})
		if list, err = db.Reports(ctx, staff, store.Page{}); err != nil || len(list) != 1 || list[0].ID != next.ID {
			t.Errorf("Reports = %+v, %v; want the second", list, err)
		}
	})
}
