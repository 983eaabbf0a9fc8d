package app_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

func TestContribute(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		a := answer(c, person("ada", "far.example"), 1)
		a.Published = h.now.AddDate(1, 0, 0)
		a.URL = "https://evil.example/1"
		h.give(a)

		got := h.stored(a.IRI)
		if got.Number != 1 || got.Moderation != policy.ModerationAccepted || got.Handling != policy.HandlingNew || got.Code == "" {
			t.Errorf("stored %+v", got)
		}
		if !got.Published.Equal(h.now) || !got.Received.Equal(h.now) || !got.Accepted.Equal(h.now) || got.URL != "" {
			t.Errorf("published %s, received %s, accepted %s, page %q", got.Published, got.Received, got.Accepted, got.URL)
		}
		if got.Kind != policy.KindComment || got.Root != base.Opening(1) || got.ChallengeNumber != 1 || got.Late {
			t.Errorf("kind %s, root %s, late %t", got.Kind, got.Root, got.Late)
		}
		if a.Number != 1 || a.ID != got.ID || a.Author.ID == 0 {
			t.Errorf("what was given is not what was stored: %+v", a)
		}
		e := h.wantEvents(policy.EventContributionReceived, policy.EventContributionShown)
		if e[0].Subject != got.ID || e[0].Challenge != c.ID || e[0].Actor != got.Author.ID {
			t.Errorf("event %+v", e[0])
		}
		h.wantLog(c.ID, "challenge.open 1 () by Amara") // an arrival is no use of power
	})
}

func TestContributeTwiceHasOneEffect(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		h.give(answer(c, ada, 1))
		h.events()
		h.now = h.now.Add(time.Hour)

		isNew, err := h.app.Contribute(h.ctx(), answer(c, ada, 1))

		if err != nil || isNew {
			t.Errorf("Contribute again = %t, %v", isNew, err)
		}
		h.wantEvents()
		if got := h.stored(answer(c, ada, 1).IRI); !got.Edited.IsZero() || got.Number != 1 {
			t.Errorf("edited %s, number %d", got.Edited, got.Number)
		}
		if n := h.give(answer(c, ada, 2)).Number; n != 2 {
			t.Errorf("the next has number %d", n)
		}
	})
}

func TestContributeAgainIsAnEdit(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		a := h.give(answer(c, person("ada", "far.example"), 1))
		h.events()
		again := answer(c, person("ada", "far.example"), 1)
		again.HTML, again.Edited = "<p>The 00:10.</p>", h.now

		isNew, err := h.app.Contribute(h.ctx(), again)

		if err != nil || isNew || h.stored(a.IRI).HTML != again.HTML {
			t.Errorf("Contribute = %t, %v, words %s", isNew, err, h.stored(a.IRI).HTML)
		}
		h.wantEvents(policy.EventContributionEdited)
	})
}

func TestContributeDecides(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		open := h.open("trams")
		holding := h.trams("buses")
		holding.Hold = true
		h.must(h.app.OpenChallenge(h.ctx(), h.by, holding, false))
		h.give(answer(open, person("eve", "seen.example"), 1))
		limited := person("lim", "seen.example")
		h.must(h.db.Write(h.ctx(), func(tx *store.Tx) error {
			if err := tx.AddActor(h.ctx(), &limited); err != nil {
				return err
			}
			return tx.SetActorState(h.ctx(), limited.ID, policy.ActorLimited)
		}))
		h.events()
		const link = `<p><a href="https://shop.example/">buy</a></p>`
		const mention = `<p><a href="https://moot.example/c/1">@trams</a> <a href="https://far.example/@bob">@<span>bob</span></a> yes</p>`
		for i, tt := range []struct {
			name   string
			c      *policy.Challenge
			author policy.Actor
			v      policy.Visibility
			html   string
			want   policy.Moderation
			reason policy.HoldReason
		}{
			{"public", open, person("ada", "a.example"), policy.VisibilityPublic, "<p>x</p>", policy.ModerationAccepted, ""},
			{"quiet public", open, person("ada", "b.example"), policy.VisibilityUnlisted, "<p>x</p>", policy.ModerationAccepted, ""},
			{"followers only", open, person("ada", "c.example"), policy.VisibilityFollowers, "<p>x</p>", policy.ModerationReceived, ""},
			{"direct", open, person("ada", "d.example"), policy.VisibilityDirect, "<p>x</p>", policy.ModerationReceived, ""},
			{"first of its host, with a link", open, person("ada", "e.example"), policy.VisibilityPublic, link, policy.ModerationHeld, policy.HeldByLink},
			{"first of its host, with mentions", open, person("ada", "f.example"), policy.VisibilityPublic, mention, policy.ModerationAccepted, ""},
			{"link from a seen host", open, person("ada", "seen.example"), policy.VisibilityPublic, link, policy.ModerationAccepted, ""},
			{"where all are held", holding, person("ada", "seen.example"), policy.VisibilityPublic, "<p>x</p>", policy.ModerationHeld, policy.HeldByChallenge},
			{"private where all are held", holding, person("ada", "seen.example"), policy.VisibilityDirect, "<p>x</p>", policy.ModerationReceived, ""},
			{"limited account", open, person("lim", "seen.example"), policy.VisibilityPublic, "<p>x</p>", policy.ModerationHeld, policy.HeldByAccount},
		} {
			a := answer(tt.c, tt.author, 100+i)
			a.Visibility, a.HTML = tt.v, tt.html
			h.give(a)
			if a.Moderation != tt.want || a.Reason != string(tt.reason) {
				t.Errorf("%s: %s (%s), want %s (%s)", tt.name, a.Moderation, a.Reason, tt.want, tt.reason)
			}
			shown := tt.want == policy.ModerationAccepted
			if (a.Number > 0) != shown {
				t.Errorf("%s: number %d", tt.name, a.Number)
			}
			_, err := h.db.ContributionByIRI(h.ctx(), policy.Public, a.IRI)
			if shown != (err == nil) {
				t.Errorf("%s: the public gets %v", tt.name, err)
			}
			if shown {
				h.wantEvents(policy.EventContributionReceived, policy.EventContributionShown)
			} else {
				h.wantEvents(policy.EventContributionReceived)
			}
		}
	})
}

func TestContributeFindsTheThread(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.must(h.app.PublishProposal(h.ctx(), h.by, 1, paper()))
		other := h.open("buses")
		ada := person("ada", "far.example")

		toProposal := answer(c, ada, 1)
		toProposal.ReplyTo, toProposal.Root = base.Proposal(1), base.Proposal(1)
		h.give(toProposal)

		for i, tt := range []struct {
			name          string
			c             *policy.Challenge
			replyTo, root string
			want          string
		}{
			{"reply to the opening", c, base.Opening(1), "", base.Opening(1)},
			{"reply to an answer inherits", c, toProposal.IRI, base.Opening(1), base.Proposal(1)},
			{"bare mention", c, "", "", base.Opening(1)},
			{"reply to a stranger, mentioning", c, "https://far.example/unknown", "", base.Opening(1)},
			{"reply to a stranger below a proposal", c, "https://far.example/unknown", base.Proposal(1), base.Proposal(1)},
			{"reply to an answer of another challenge", other, toProposal.IRI, "", base.Opening(2)},
		} {
			a := answer(tt.c, ada, 10+i)
			a.ReplyTo, a.Root = tt.replyTo, tt.root
			h.give(a)
			if got := h.stored(a.IRI); got.Root != tt.want || got.ReplyTo != tt.replyTo {
				t.Errorf("%s: root %s, reply to %q, want root %s", tt.name, got.Root, got.ReplyTo, tt.want)
			}
		}
		if got := h.stored(toProposal.IRI); got.Replies != 2 {
			t.Errorf("%d replies, want 2", got.Replies)
		}
	})
}

func TestContributeLate(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		c := h.trams("trams")
		c.Closes = h.now.AddDate(0, 1, 0)
		h.must(h.app.OpenChallenge(h.ctx(), h.by, c, false))
		h.now = c.Closes.Add(time.Second)

		a := h.give(answer(c, person("ada", "far.example"), 1))

		if !a.Late || a.Moderation != policy.ModerationAccepted {
			t.Errorf("late %t, %s: want it taken, and marked", a.Late, a.Moderation)
		}
	})
}

func TestContributeRefusals(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada, mallory := person("ada", "far.example"), person("mallory", "far.example")
		h.give(answer(c, ada, 1))
		h.must(h.app.BlockHost(h.ctx(), h.by, "spam.example", "spam"))
		gone := person("gone", "far.example")
		h.give(answer(c, gone, 2))
		h.must(h.app.EraseActor(h.ctx(), gone.IRI))
		h.events()

		for name, tt := range map[string]struct {
			change func(*policy.Contribution)
			want   error
		}{
			"of a post that is another's":     {func(a *policy.Contribution) { a.IRI, a.Author = answer(c, ada, 1).IRI, mallory }, errs.Forbidden},
			"of a post on another host":       {func(a *policy.Contribution) { a.IRI = "https://other.example/1" }, errs.Forbidden},
			"of a post of ours":               {func(a *policy.Contribution) { a.IRI = base.Opening(1) }, errs.Forbidden},
			"without an id":                   {func(a *policy.Contribution) { a.IRI = "" }, errs.Forbidden},
			"from a blocked host":             {func(a *policy.Contribution) { *a = *answer(c, person("x", "spam.example"), 1) }, errs.Forbidden},
			"from below a blocked host":       {func(a *policy.Contribution) { *a = *answer(c, person("x", "a.spam.example"), 1) }, errs.Forbidden},
			"from an account that is gone":    {func(a *policy.Contribution) { a.Author = gone }, errs.Forbidden},
			"of a kind that there is not":     {func(a *policy.Contribution) { a.Kind = "shout" }, errs.Invalid},
			"of more words than can be kept":  {func(a *policy.Contribution) { a.HTML = string(make([]byte, policy.MaxHTML+1)) }, errs.Invalid},
			"to a challenge that there isn't": {func(a *policy.Contribution) { a.Challenge = 99 }, errs.NotFound},
		} {
			a := answer(c, person("bea", "far.example"), 9)
			tt.change(a)
			if isNew, err := h.app.Contribute(h.ctx(), a); isNew || !errors.Is(err, tt.want) {
				t.Errorf("%s: %t, %v, want %v", name, isNew, err, tt.want)
			}
		}
		h.wantEvents()
		if got := h.stored(answer(c, ada, 1).IRI); got.Author.IRI != ada.IRI || got.HTML != "<p>The 23:40.</p>" {
			t.Errorf("ada's answer is %+v", got)
		}
		if n := h.give(answer(c, ada, 3)).Number; n != 3 {
			t.Errorf("number %d, want 3: refusals took numbers", n)
		}
	})
}

func TestContributeRefreshesItsAuthor(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		h.give(answer(c, ada, 1))
		ada.Name = "Ada L."
		h.give(answer(c, ada, 2))
		if got := h.stored(answer(c, ada, 1).IRI).Author.Name; got != "Ada L." {
			t.Errorf("name %q", got)
		}
	})
}

func TestCountsOfAnswers(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		for i := range 7 {
			a := answer(c, person(fmt.Sprintf("p%d", i), fmt.Sprintf("h%d.example", i%3)), i)
			if i >= 5 {
				a.Visibility = policy.VisibilityDirect
			}
			h.give(a)
		}
		_, err := h.app.Read(h.ctx(), h.by, h.stored(answer(c, person("p0", "h0.example"), 0).IRI).ID, "")
		h.must(err)
		got, err := h.db.Challenge(h.ctx(), staff, 1)
		h.must(err)
		if n := got.Counts; n.Answers != 5 || n.Private != 2 || n.Hosts != 3 || n.Read != 1 || n.Held != 0 {
			t.Errorf("counts %+v", n)
		}
	})
}
