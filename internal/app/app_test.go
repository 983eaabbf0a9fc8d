package app_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

const base = policy.Base("https://moot.example")

// staff sees everything.
var staff = policy.Viewer{Staff: true}

// house is an instance for a test, with a clock that the test holds.
type house struct {
	t   testing.TB
	db  *store.DB
	app *app.App
	now time.Time
	by  app.By // the first steward, once set up
}

// eachHouse runs f on an empty instance on each database.
func eachHouse(t *testing.T, f func(*testing.T, *house)) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		h := &house{t: t, now: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)}
		h.db = testkit.Open(t, store.Options{
			URL: url, Now: func() time.Time { return h.now }, Consequences: []string{"tell"},
		})
		h.must(h.db.Write(h.ctx(), func(tx *store.Tx) error { return tx.BindURL(h.ctx(), string(base)) }))
		h.app = app.New(h.db, string(base))
		h.app.ShareKeys()
		f(t, h)
	})
}

// eachSettled runs f on an instance that is set up and has one open challenge, of number 1.
func eachSettled(t *testing.T, f func(*testing.T, *house, *policy.Challenge)) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		c := h.open("trams")
		h.events()
		f(t, h, c)
	})
}

func (h *house) ctx() context.Context { return h.t.Context() }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) setUp() *policy.Organisation {
	h.t.Helper()
	o, err := h.app.SetUp(h.ctx(), app.SetUp{
		Name: "Housing Voices", Handle: "news", Email: "Amara@Housing.example", PasswordHash: "$argon2id$…",
		StewardName: "Amara", Strap: "for people who rent",
	})
	h.must(err)
	_, steward, err := h.db.FirstSteward(h.ctx())
	h.must(err)
	h.by = app.By{Actor: steward.ID, Name: steward.Name}
	return o
}

// trams is a challenge that can be opened.
func (h *house) trams(handle string) *policy.Challenge {
	return &policy.Challenge{
		Actor: policy.Actor{Handle: handle}, Title: "Night trams",
		Question: "Which night tram would change your week?", RespondBy: h.now.AddDate(0, 3, 0),
	}
}

func (h *house) open(handle string) *policy.Challenge {
	h.t.Helper()
	c := h.trams(handle)
	h.must(h.app.OpenChallenge(h.ctx(), h.by, c, false))
	return c
}

// person is somebody elsewhere.
func person(name, host string) policy.Actor {
	iri := "https://" + host + "/users/" + name
	return policy.Actor{
		IRI: iri, Kind: policy.KindPerson, Host: host, Handle: name, Name: name,
		URL: "https://" + host + "/@" + name, Inbox: iri + "/inbox", SharedInbox: "https://" + host + "/inbox",
		Followers: iri + "/followers",
	}
}

// answer is a public answer to a challenge.
func answer(c *policy.Challenge, author policy.Actor, n int) *policy.Contribution {
	return &policy.Contribution{
		Challenge: c.ID, IRI: fmt.Sprintf("%s/statuses/%d", author.IRI, n), Author: author,
		ReplyTo: base.Opening(c.Number), HTML: "<p>The 23:40.</p>", Text: "The 23:40.", Lang: "en",
		Visibility: policy.VisibilityPublic, Published: time.Date(2026, 11, 24, 9, 29, 0, 0, time.UTC),
	}
}

// give contributes an answer that must be new.
func (h *house) give(c *policy.Contribution) *policy.Contribution {
	h.t.Helper()
	isNew, err := h.app.Contribute(h.ctx(), c)
	h.must(err)
	if !isNew {
		h.t.Fatalf("%s is not new", c.IRI)
	}
	return c
}

// stored returns a contribution as staff see it.
func (h *house) stored(iri string) *policy.Contribution {
	h.t.Helper()
	c, err := h.db.ContributionByIRI(h.ctx(), staff, iri)
	h.must(err)
	return c
}

// events returns what happened since it was last called, in order.
func (h *house) events() []policy.Event {
	h.t.Helper()
	var list []policy.Event
	for {
		var tasks []store.Task
		h.must(h.db.Write(h.ctx(), func(tx *store.Tx) (err error) {
			if tasks, err = tx.LeaseTasks(h.ctx(), 100, h.now.Add(time.Hour)); err != nil {
				return err
			}
			for _, t := range tasks {
				if err := tx.FinishTask(h.ctx(), t.ID); err != nil {
					return err
				}
			}
			return nil
		}))
		if len(tasks) == 0 {
			break
		}
		for _, t := range tasks {
			id, err := strconv.ParseInt(string(t.Body), 10, 64)
			h.must(err)
			e, err := h.db.Event(h.ctx(), policy.ID(id))
			h.must(err)
			list = append(list, *e)
		}
	}
	slices.SortFunc(list, func(a, b policy.Event) int { return int(a.ID - b.ID) })
	return list
}

// wantEvents compares what happened since the last look with what was meant to.
func (h *house) wantEvents(want ...policy.EventKind) []policy.Event {
	h.t.Helper()
	list := h.events()
	var got []policy.EventKind
	for _, e := range list {
		got = append(got, e.Kind)
	}
	if d := cmp.Diff(want, got); d != "" {
		h.t.Errorf("events (-want +got):\n%s", d)
	}
	return list
}

// log returns the entries of a chain as "action object (reason) by name".
func (h *house) log(challenge policy.ID) (list []string) {
	h.t.Helper()
	entries, err := h.db.Log(h.ctx(), challenge, store.Page{})
	h.must(err)
	for _, e := range entries {
		list = append(list, fmt.Sprintf("%s %s (%s) by %s", e.Action, e.Object, e.Reason, e.ActorName))
	}
	return list
}

func (h *house) wantLog(challenge policy.ID, want ...string) {
	h.t.Helper()
	if d := cmp.Diff(want, h.log(challenge)); d != "" {
		h.t.Errorf("log (-want +got):\n%s", d)
	}
}

// wantRefusal checks that err is of a kind and says something to people.
func (h *house) wantRefusal(err, kind error) {
	h.t.Helper()
	if !errors.Is(err, kind) || errs.Sentence(err) == "" {
		h.t.Errorf("got %v, want a sentence of kind %v", err, kind)
	}
}

// wantFields checks that err names fields.
func (h *house) wantFields(err error, want ...string) {
	h.t.Helper()
	var fields policy.FieldErrors
	if !errors.As(err, &fields) || !errors.Is(err, errs.Invalid) {
		h.t.Errorf("got %v, want field errors", err)
		return
	}
	var got []string
	for _, f := range fields {
		got = append(got, f.Field+" "+f.Code)
	}
	if d := cmp.Diff(want, got); d != "" {
		h.t.Errorf("fields (-want +got):\n%s", d)
	}
}
