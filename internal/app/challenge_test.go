package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

func TestOpenChallenge(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		h.events()
		c := h.trams("@trams")
		c.Background = "Why **now**."
		c.Tags = []string{"#Trams"}
		c.AddressedTo = []policy.Addressee{{Given: "@council@city.example"}}

		h.must(h.app.OpenChallenge(h.ctx(), h.by, c, false))

		if c.Number != 1 || c.State != policy.ChallengeOpen || !c.Opened.Equal(h.now) {
			t.Errorf("number %d, state %s, opened %s", c.Number, c.State, c.Opened)
		}
		got, err := h.db.Challenge(h.ctx(), policy.Public, 1)
		h.must(err)
		if got.Actor.IRI != "https://moot.example/c/1" || got.Actor.Handle != "trams" || got.Actor.Kind != policy.KindChallenge ||
			got.Actor.Name != "Night trams" || got.Actor.Followers != "https://moot.example/c/1/followers" {
			t.Errorf("Group %+v", got.Actor)
		}
		if !strings.Contains(got.BackgroundHTML, "<strong>now</strong>") {
			t.Errorf("background %q", got.BackgroundHTML)
		}
		if got.Responder != "Amara" || got.Summary != c.Question || got.Reach != "" || got.Lang != "en" || got.ReadWithin != 5 {
			t.Errorf("defaults of %+v", got)
		}
		if len(got.Stages) != 1 || got.Stages[0].Kind != policy.StageGather || got.Stages[0].State != policy.StageRunning {
			t.Errorf("stages %+v", got.Stages)
		}
		want := []policy.Addressee{{Given: "@council@city.example", State: policy.AddresseeNew}}
		if d := cmp.Diff(want, got.AddressedTo); d != "" {
			t.Errorf("addressees (-want +got):\n%s", d)
		}
		h.wantKeys(got.Actor.IRI)
		h.wantLog(c.ID, "challenge.open 1 () by Amara")
		e := h.wantEvents(policy.EventChallengeOpened)
		if e[0].Subject != c.ID || e[0].Challenge != c.ID || e[0].Actor != h.by.Actor {
			t.Errorf("event %+v", e[0])
		}
	})
}

func TestOpenChallengeRefusals(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.wantRefusal(h.app.OpenChallenge(h.ctx(), app.By{}, h.trams("trams"), false), errs.Conflict)
		h.setUp()
		h.open("trams")
		h.events()

		h.wantFields(h.app.OpenChallenge(h.ctx(), h.by, &policy.Challenge{}, false), "question error.question.missing",
			"title error.title.missing", "handle error.handle.missing", "respond-by error.respond-by.missing")
		for _, taken := range []string{"trams", "news", "steward"} {
			c := h.trams(taken)
			h.wantFields(h.app.OpenChallenge(h.ctx(), h.by, c, false), "handle error.handle.taken")
			if c.Number != 0 || c.State != "" {
				t.Errorf("a refused challenge was changed: %+v", c)
			}
		}
		h.wantEvents()
		if c := h.open("buses"); c.Number != 2 {
			t.Errorf("the next challenge has number %d: refusals took numbers", c.Number)
		}
	})
}

func TestDraft(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		h.events()
		c := h.trams("trams")
		h.must(h.app.OpenChallenge(h.ctx(), h.by, c, true))

		if c.State != policy.ChallengeDraft || c.Number != 1 {
			t.Fatalf("stored %+v", c)
		}
		h.wantEvents()
		h.wantLog(c.ID)
		if _, err := h.db.Challenge(h.ctx(), policy.Public, 1); !errors.Is(err, errs.NotFound) {
			t.Errorf("the public sees the draft: %v", err)
		}
		_, err := h.app.Contribute(h.ctx(), answer(c, person("ada", "far.example"), 1))
		h.wantRefusal(err, errs.NotFound)
		if err := h.app.Follow(h.ctx(), c.Actor.ID, person("ada", "far.example"), "f", nil); !errors.Is(err, errs.NotFound) {
			t.Errorf("the draft can be followed: %v", err)
		}
		h.wantRefusal(h.app.PublishProposal(h.ctx(), h.by, 1, paper()), errs.Conflict)

		h.now = h.now.Add(time.Hour)
		opened, err := h.app.OpenDraft(h.ctx(), h.by, 1)
		h.must(err)

		if opened.State != policy.ChallengeOpen || !opened.Opened.Equal(h.now) || opened.Stages[0].State != policy.StageRunning {
			t.Errorf("opened %+v", opened)
		}
		h.wantEvents(policy.EventChallengeOpened)
		h.wantLog(c.ID, "challenge.open 1 () by Amara")
		if _, err := h.db.Challenge(h.ctx(), policy.Public, 1); err != nil {
			t.Errorf("the public does not see it: %v", err)
		}

		_, err = h.app.OpenDraft(h.ctx(), h.by, 1)
		h.wantRefusal(err, errs.Conflict)
		_, err = h.app.OpenDraft(h.ctx(), h.by, 9)
		if !errors.Is(err, errs.NotFound) {
			t.Errorf("a draft that there is not: %v", err)
		}
		h.wantEvents()
	})
}

func TestDraftWhosePromiseHasPassed(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		c := h.trams("trams")
		h.must(h.app.OpenChallenge(h.ctx(), h.by, c, true))
		h.now = c.RespondBy.Add(time.Second)

		_, err := h.app.OpenDraft(h.ctx(), h.by, 1)

		h.wantFields(err, "respond-by error.respond-by.past")
	})
}

func TestSaveAddressee(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		c := h.trams("trams")
		c.AddressedTo = []policy.Addressee{{Given: "@council@city.example"}, {Given: "@nobody@city.example"}}
		h.must(h.app.OpenChallenge(h.ctx(), h.by, c, false))
		found := policy.Addressee{
			Given: "@council@city.example", IRI: "https://city.example/council", Name: "City Council",
			Handle: "@council@city.example", Inbox: "https://city.example/inbox", State: policy.AddresseeFound,
		}

		for range 2 {
			h.must(h.app.SaveAddressee(h.ctx(), c.ID, found))
		}

		got, err := h.db.Challenge(h.ctx(), policy.Public, 1)
		h.must(err)
		want := []policy.Addressee{found, {Given: "@nobody@city.example", State: policy.AddresseeNew}}
		if d := cmp.Diff(want, got.AddressedTo); d != "" {
			t.Errorf("addressees (-want +got):\n%s", d)
		}
	})
}

// paper is a proposal that can be published.
func paper() *policy.Proposal {
	return &policy.Proposal{
		Title: " Trams until three ", Summary: "Hourly night trams on two lines.",
		Current: policy.Version{Text: "# What\n\nHourly, *until three*."},
	}
}

func TestPublishProposal(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		p := paper()
		h.must(h.app.PublishProposal(h.ctx(), h.by, 1, p))

		got, err := h.db.Proposal(h.ctx(), policy.Public, p.Number)
		h.must(err)
		if got.Number != 1 || got.Title != "Trams until three" || got.State != policy.ProposalPublished || got.ChallengeNumber != 1 {
			t.Errorf("proposal %+v", got)
		}
		v := got.Current
		if v.Number != 1 || v.Author != h.by.Actor || !v.Published.Equal(h.now) || !strings.Contains(v.HTML, "<em>until three</em>") {
			t.Errorf("version %+v", v)
		}
		h.wantLog(c.ID, "challenge.open 1 () by Amara", "proposal.publish p/1 () by Amara")
		e := h.wantEvents(policy.EventProposalPublished)
		if e[0].Subject != p.ID || e[0].Challenge != c.ID {
			t.Errorf("event %+v", e[0])
		}
		second := paper()
		h.must(h.app.PublishProposal(h.ctx(), h.by, 1, second))
		if second.Number != 2 {
			t.Errorf("the second has number %d", second.Number)
		}
	})
}

func TestPublishProposalRefusals(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.wantFields(h.app.PublishProposal(h.ctx(), h.by, 1, &policy.Proposal{}),
			"title error.title.missing", "summary error.summary.missing", "text error.text.missing")
		if err := h.app.PublishProposal(h.ctx(), h.by, 9, paper()); !errors.Is(err, errs.NotFound) {
			t.Errorf("in a challenge that there is not: %v", err)
		}
		h.wantEvents()
		p := paper()
		h.must(h.app.PublishProposal(h.ctx(), h.by, 1, p))
		if p.Number != 1 {
			t.Errorf("refusals took a number: %d", p.Number)
		}
	})
}
