package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/auth"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// siteURL is the address of test instances: the host that httptest.NewRequest asks for.
const siteURL = "https://example.com"

// canary is in everything that the public must never see.
const canary = "CANARY-3f9c1"

// site is an instance under test.
type site struct {
	t   testing.TB
	db  *store.DB
	app *app.App
	h   http.Handler
	web *Server
	by  app.By
}

// emptySite returns an instance before set-up.
func emptySite(t testing.TB, db *store.DB, url string) *site {
	t.Helper()
	s := &site{t: t, db: db, app: app.New(db, url), by: app.By{Name: "Ada Steward"}}
	s.web = New(Config{
		DB: db, App: s.app, Auth: auth.New(db, strings.HasPrefix(url, "https")), URL: url,
		Inbox:     http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }),
		WellKnown: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }),
		Negotiate: func(next http.Handler) http.Handler { return next },
		Interact:  interact,
		Preview: func(c *policy.Challenge, o *policy.Organisation) policy.OpeningPreview {
			return policy.OpeningPreview{
				Name: o.Actor.DisplayName(), Handle: o.Actor.At(), Title: c.Title,
				Summary: "<p>" + c.Summary + "</p>", Link: c.Actor.IRI,
			}
		},
		Version: "test",
	})
	s.h = s.web.Handler()
	return s
}

// interact knows one server with a template and one without.
func interact(_ context.Context, typed, object string) (host, address string, err error) {
	switch strings.TrimPrefix(typed, "@you@") {
	case "mastodon.example":
		return "mastodon.example", "https://social.mastodon.example/authorize_interaction?uri=" + object, nil
	case "plain.example":
		return "plain.example", "", nil
	case "hostile.example":
		return "hostile.example", "javascript:alert(1)", nil
	case "not a server":
		return "", "", fmt.Errorf("%w: %q", errs.Invalid, typed)
	}
	return "", "", fmt.Errorf("%w: %q", errs.NotFound, typed)
}

// newSite returns an instance with an organisation, a challenge with every sort of answer, a
// proposal, and a second challenge without answers.
func newSite(t testing.TB, db *store.DB) *site {
	t.Helper()
	s := emptySite(t, db, siteURL)
	s.seed()
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) ctx() context.Context { return s.t.Context() }

// seed fills the instance.
func (s *site) seed() {
	s.t.Helper()
	_, err := s.app.SetUp(s.ctx(), app.SetUp{
		Name: "Housing Voices", Handle: "news", Strap: "for people who rent",
		Email:       "ada@" + strings.ToLower(canary) + ".example",
		StewardName: "Ada Steward", StewardHandle: "ada",
	})
	s.must(err)
	now := time.Now()
	c := policy.Challenge{
		Actor:    policy.Actor{Handle: "damp"},
		Title:    "What would make it safer to report damp and mould in a rented home?",
		Question: "What would make it safer to report damp and mould in a rented home?",
		Summary:  "Many renters tell us they keep quiet because they fear losing the home. Tell us what happened to you, what you see at work, or what you would change.",
		Background: "Our advice line took 1,140 calls about damp last winter. Six in ten callers had not told their landlord.\n\n" +
			"## What we know\n\n* Reporting feels dangerous\n* Repairs come late\n",
		RespondBy: now.AddDate(0, 2, 0), Closes: now.AddDate(0, 0, 6), Responder: "Department for Homes",
		CanChange: "who you report to, what protects you afterwards.", CannotChange: "the 2027 repairs standard.",
		Tags:        []string{"housing", "damp"},
		AddressedTo: []policy.Addressee{{Given: "@council@millbrook.example"}},
	}
	s.must(s.app.OpenChallenge(s.ctx(), s.by, &c, false))
	s.must(s.app.SaveAddressee(s.ctx(), c.ID, policy.Addressee{
		Given: "@council@millbrook.example", State: policy.AddresseeNotFound,
	}))
	s.answers(&c)
	s.private(&c)
	s.must(s.app.PublishProposal(s.ctx(), s.by, c.Number, &policy.Proposal{
		Title: "Safe to report: five changes", Summary: "A dated receipt, and six safe months.",
		Current: policy.Version{Text: "## A dated receipt\n\nAnyone who lets a home must offer at least one way to report damp.\n\n## Six safe months\n\nNo notice may be served for six months after a report.\n"},
	}))
	s.answer(&c, 0, func(a *policy.Contribution) {
		a.ReplyTo, a.Root, a.HTML = string(s.web.url)+"/p/1", string(s.web.url)+"/p/1", "<p>Six is enough.</p>"
	})
	quiet := policy.Challenge{
		Actor: policy.Actor{Handle: "bills"}, Title: "Which bills tip a month over the edge?",
		Question: "Which bill is it for you?", RespondBy: now.AddDate(0, 3, 0), Lang: "en",
	}
	s.must(s.app.OpenChallenge(s.ctx(), s.by, &quiet, false))
	draft := policy.Challenge{
		Actor: policy.Actor{Handle: "secret"}, Title: canary + " draft", Question: canary + "?", RespondBy: now.AddDate(0, 3, 0),
	}
	s.must(s.app.OpenChallenge(s.ctx(), s.by, &draft, true))
}

// sampleNames and sampleHosts are people who answer.
var (
	sampleNames = []string{"Two flats, one landlord", "Dee, 4th floor", "Northside Tenants", "Community nurse", "Corner flat"}
	sampleHosts = []string{"toot.example", "mastodon.example", "coops.example", "health.example", "social.example"}
)

// answer takes in one answer; n chooses who says it, edit changes what.
func (s *site) answer(c *policy.Challenge, n int, edit func(*policy.Contribution)) *policy.Contribution {
	s.t.Helper()
	host := sampleHosts[n%len(sampleHosts)]
	user := fmt.Sprintf("person%d", n)
	who := "https://" + host + "/users/" + user
	a := policy.Contribution{
		Challenge: c.ID, IRI: fmt.Sprintf("%s/statuses/%d", who, time.Now().UnixNano()),
		Author: policy.Actor{
			IRI: who, Kind: policy.KindPerson, Host: host, Handle: user, Name: sampleNames[n%len(sampleNames)],
			URL: "https://" + host + "/@" + user, Inbox: who + "/inbox", State: policy.ActorActive,
		},
		Kind: policy.KindComment, ReplyTo: s.web.url.Opening(c.Number),
		Root: s.web.url.Opening(c.Number),
		HTML: fmt.Sprintf("<p>Answer of person %d: everyone on our landing has stopped reporting things.</p>", n),
		Lang: "en", Visibility: policy.VisibilityPublic, Published: time.Now().Add(-time.Minute),
	}
	edit(&a)
	a.URL = a.IRI
	a.HTML = markup.Foreign(a.HTML)
	a.Text = markup.Text(a.HTML)
	_, err := s.app.Contribute(s.ctx(), &a)
	s.must(err)
	return &a
}

// answers takes in every sort of answer that the public sees, and two tombstones.
func (s *site) answers(c *policy.Challenge) {
	s.t.Helper()
	plain := func(*policy.Contribution) {}
	first := s.answer(c, 0, func(a *policy.Contribution) {
		a.HTML = "<p>I let two flats. A six-month freeze would stop me selling. I’d accept it <strong>if</strong> it only started once an inspector says there’s a problem.</p>"
	})
	_, err := s.app.Read(s.ctx(), s.by, first.ID, "")
	s.must(err)
	s.answer(c, 1, func(a *policy.Contribution) { a.ReplyTo = first.IRI })
	s.answer(c, 2, func(a *policy.Contribution) {
		a.Lang, a.HTML = "ar", "<p>نخاف أن نبلغ عن الرطوبة لأننا قد نفقد البيت.</p>"
	})
	s.answer(c, 3, func(a *policy.Contribution) {
		a.Warning, a.HTML = "a child in hospital", "<p>I see the walls before I see the patient.</p>"
	})
	s.answer(c, 4, func(a *policy.Contribution) {
		a.Lang, a.HTML = "cy", "<p>Mae’r lleithder yn y waliau ers blynyddoedd.</p>"
		a.Kind = policy.KindExperience
	})
	s.answer(c, 5, func(a *policy.Contribution) {
		a.Media = []policy.Media{
			{URL: "https://toot.example/media/1.png", MediaType: "image/png", Description: "Bar chart of 64 homes: 41 have damp."},
			{URL: "https://toot.example/media/2.mp4", MediaType: "video/mp4"},
		}
	})
	s.answer(c, 6, func(a *policy.Contribution) {
		a.Author.Name = `<img src=x onerror=alert(1)>"><b>bold`
		a.HTML = `</div></article><script>alert(1)</script><p style="x" onclick="x">Hostile <a href="javascript:alert(1)">link</a><!-- </p>`
	})
	s.answer(c, 7, func(a *policy.Contribution) {
		a.HTML = "<p>" + strings.Repeat("A long answer with many words in it. ", 140) + "</p>"
	})
	s.answer(c, 8, func(a *policy.Contribution) { a.Visibility = policy.VisibilityUnlisted })
	gone := s.answer(c, 9, func(a *policy.Contribution) {
		a.HTML, a.Author.Name = "<p>"+canary+" deleted</p>", canary
	})
	s.must(s.app.Withdraw(s.ctx(), gone.IRI, gone.Author.IRI))
	hidden := s.answer(c, 10, func(a *policy.Contribution) { a.HTML = "<p>" + canary + " hidden</p>" })
	_, err = s.app.Hide(s.ctx(), s.by, hidden.ID, "It names a private person (house rule 3).")
	s.must(err)
	for n := 11; n < 70; n++ {
		s.answer(c, n, plain)
	}
}

// private takes in what the public must never see.
func (s *site) private(c *policy.Challenge) {
	s.t.Helper()
	for i, v := range []policy.Visibility{policy.VisibilityFollowers, policy.VisibilityDirect} {
		a := s.answer(c, 100+i, func(a *policy.Contribution) {
			a.Visibility, a.HTML, a.Warning, a.Author.Name = v, "<p>"+canary+" private</p>", canary, canary
		})
		_, err := s.app.Read(s.ctx(), s.by, a.ID, "")
		s.must(err)
	}
	held := s.answer(c, 102, func(a *policy.Contribution) { a.HTML, a.Author.Name = "<p>"+canary+" held</p>", canary })
	_, err := s.app.Hold(s.ctx(), s.by, held.ID, "Looks like advertising.")
	s.must(err)
	_, err = s.app.SealLog(s.ctx())
	s.must(err)
}

// get asks for a page as the public does.
func (s *site) get(path string, header ...string) *httptest.ResponseRecorder {
	return s.do(http.MethodGet, path, "", header...)
}

// do sends a request; header are name, value pairs.
func (s *site) do(method, target, body string, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.ctx(), method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

// sqliteSite returns a filled instance on SQLite, for tests of pages that no database changes.
func sqliteSite(t *testing.T) *site {
	t.Helper()
	return newSite(t, testkit.Open(t, store.Options{URL: t.TempDir() + "/folkmoot.db"}))
}
