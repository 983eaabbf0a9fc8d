package app_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// followers counts the followers of a local actor.
func (h *house) followers(actor policy.ID) int64 {
	h.t.Helper()
	n, err := h.db.Followers(h.ctx(), actor)
	h.must(err)
	return n
}

func TestFollowAndUnfollow(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		follow := []byte(`{"type":"Follow","id":"https://far.example/f/1"}`)
		for range 2 { // whoever asks again may have missed our Accept
			h.must(h.app.Follow(h.ctx(), c.Actor.ID, ada, "https://far.example/f/1", follow))
			e := h.wantEvents(policy.EventFollowed)
			who, err := h.db.ActorByIRI(h.ctx(), ada.IRI)
			h.must(err)
			if e[0].Subject != c.Actor.ID || e[0].Challenge != c.ID || e[0].Actor != who.ID || string(e[0].Data) != string(follow) {
				t.Errorf("event %+v", e[0])
			}
		}
		o, err := h.db.Organisation(h.ctx())
		h.must(err)
		h.must(h.app.Follow(h.ctx(), o.Actor.ID, ada, "https://far.example/f/2", follow))
		if n := h.followers(c.Actor.ID); n != 1 {
			t.Errorf("%d followers", n)
		}

		for range 2 {
			h.must(h.app.Unfollow(h.ctx(), c.Actor.ID, ada.IRI))
		}
		h.must(h.app.Unfollow(h.ctx(), c.Actor.ID, "https://nobody.example/"))
		if h.followers(c.Actor.ID) != 0 || h.followers(o.Actor.ID) != 1 {
			t.Errorf("challenge %d, organisation %d", h.followers(c.Actor.ID), h.followers(o.Actor.ID))
		}

		if err := h.app.Follow(h.ctx(), 99, ada, "f", nil); !errors.Is(err, errs.NotFound) {
			t.Errorf("nobody: %v", err)
		}
		a := h.give(answer(c, person("bea", "far.example"), 1))
		h.wantRefusal(h.app.Follow(h.ctx(), a.Author.ID, ada, "f", nil), errs.NotFound)
		h.must(h.app.BlockHost(h.ctx(), h.by, "spam.example", "spam"))
		h.wantRefusal(h.app.Follow(h.ctx(), c.Actor.ID, person("x", "spam.example"), "f", nil), errs.Forbidden)
	})
}

func TestMoveFollower(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		o, err := h.db.Organisation(h.ctx())
		h.must(err)
		old, moved := person("ada", "far.example"), person("ada", "new.example")
		for _, local := range []policy.ID{c.Actor.ID, o.Actor.ID} {
			h.must(h.app.Follow(h.ctx(), local, old, "https://far.example/f/1", nil))
		}
		h.must(h.app.Follow(h.ctx(), c.Actor.ID, moved, "https://new.example/f/1", nil)) // follows already

		for range 2 {
			h.must(h.app.MoveFollower(h.ctx(), old.IRI, moved))
		}
		h.must(h.app.MoveFollower(h.ctx(), "https://nobody.example/", moved))

		who, err := h.db.ActorByIRI(h.ctx(), moved.IRI)
		h.must(err)
		list, err := h.db.Following(h.ctx(), who.ID)
		h.must(err)
		if len(list) != 2 || h.followers(c.Actor.ID) != 1 || h.followers(o.Actor.ID) != 1 {
			t.Errorf("follows %+v; challenge %d, organisation %d", list, h.followers(c.Actor.ID), h.followers(o.Actor.ID))
		}
	})
}

func TestReact(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.must(h.app.PublishProposal(h.ctx(), h.by, 1, paper()))
		a := h.give(answer(c, person("bea", "far.example"), 1))
		private := answer(c, person("bea", "far.example"), 2)
		private.Visibility = policy.VisibilityDirect
		h.give(private)
		h.events()
		ada := person("ada", "far.example")

		for i, object := range []string{base.Opening(1), base.Proposal(1), a.IRI} {
			activity := ada.IRI + "/likes/" + string(rune('1'+i))
			for range 2 {
				h.must(h.app.React(h.ctx(), store.Like, ada, object, activity, true))
			}
			e := h.wantEvents(policy.EventReactionsChanged)
			var data policy.ObjectData
			h.must(json.Unmarshal(e[0].Data, &data))
			if data.Object != object || e[0].Challenge != c.ID || e[0].Subject == 0 {
				t.Errorf("event %+v with %+v", e[0], data)
			}
			h.must(h.app.React(h.ctx(), store.Share, ada, object, activity+"/share", true))
			if likes, shares, err := h.db.Reactions(h.ctx(), object); err != nil || likes != 1 || shares != 1 {
				t.Errorf("%s: %d likes, %d shares, %v", object, likes, shares, err)
			}
			for range 2 {
				h.must(h.app.React(h.ctx(), store.Like, ada, object, activity, false))
			}
			h.wantEvents(policy.EventReactionsChanged, policy.EventReactionsChanged)
		}
		if got := h.stored(a.IRI); got.Likes != 0 || got.Shares != 1 {
			t.Errorf("answer has %d likes, %d shares", got.Likes, got.Shares)
		}

		for _, object := range []string{private.IRI, base.Opening(9), base.Proposal(9), base.Challenge(1), "https://far.example/unknown"} {
			if err := h.app.React(h.ctx(), store.Like, ada, object, "l", true); !errors.Is(err, errs.NotFound) {
				t.Errorf("a like of %s: %v", object, err)
			}
		}
		h.wantEvents()
	})
}

func TestReactionUndoneBeforeItCame(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		h.must(h.app.React(h.ctx(), store.Like, ada, base.Opening(1), "https://far.example/l/1", false))
		h.must(h.app.React(h.ctx(), store.Like, ada, base.Opening(1), "https://far.example/l/1", true))
		if likes, _, err := h.db.Reactions(h.ctx(), base.Opening(1)); err != nil || likes != 0 {
			t.Errorf("%d likes, %v", likes, err)
		}
		h.wantEvents()
	})
}

func TestStopAndResume(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		other := h.open("buses")
		stopped := func(challenge policy.ID) bool {
			who, err := h.db.ActorByIRI(h.ctx(), ada.IRI)
			h.must(err)
			s, err := h.db.MessagesStopped(h.ctx(), who.ID, challenge)
			h.must(err)
			return s
		}
		for range 2 {
			h.must(h.app.Stop(h.ctx(), ada, c.ID, "stop"))
		}
		if !stopped(c.ID) || stopped(other.ID) {
			t.Errorf("stopped: %t, the other %t", stopped(c.ID), stopped(other.ID))
		}
		h.must(h.app.Stop(h.ctx(), ada, 0, "block"))
		if !stopped(other.ID) {
			t.Error("a block ends all messages")
		}
		for range 2 {
			h.must(h.app.Resume(h.ctx(), ada, 0, "block"))
		}
		if !stopped(c.ID) || stopped(other.ID) {
			t.Errorf("after the block: %t, the other %t", stopped(c.ID), stopped(other.ID))
		}
	})
}

func TestReport(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		a := h.give(answer(c, person("ada", "far.example"), 1))
		h.events()
		bea := person("bea", "near.example")
		for range 40 {
			h.must(h.app.Report(h.ctx(), bea, a.IRI, "<b>rude</b> "+strings.Repeat("ж", 6000)))
		}

		list, err := h.db.Reports(h.ctx(), staff, store.Page{})
		h.must(err)
		if len(list) != 1 || list[0].Contribution != a.ID || list[0].Actor.IRI != bea.IRI ||
			!strings.HasPrefix(list[0].Text, "rude ") || len([]rune(list[0].Text)) != policy.MaxReport {
			t.Fatalf("reports %d: %.200v", len(list), list)
		}
		e := h.wantEvents(policy.EventReported)
		if e[0].Subject != a.ID || e[0].Challenge != c.ID {
			t.Errorf("event %+v", e[0])
		}

		h.must(h.app.CloseReport(h.ctx(), list[0].ID))
		if list, err := h.db.Reports(h.ctx(), staff, store.Page{}); err != nil || len(list) != 0 {
			t.Errorf("still open: %v, %v", list, err)
		}
		h.must(h.app.Report(h.ctx(), bea, a.IRI, "again"))
		h.must(h.app.Report(h.ctx(), bea, base.Organisation(), "you"))
		h.wantEvents(policy.EventReported, policy.EventReported)
		if err := h.app.CloseReport(h.ctx(), 99); !errors.Is(err, errs.NotFound) {
			t.Errorf("a report that there is not: %v", err)
		}
	})
}

func TestRequestQuote(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.must(h.app.PublishProposal(h.ctx(), h.by, 1, paper()))
		a := h.give(answer(c, person("bea", "far.example"), 1))
		h.events()
		ada := person("ada", "far.example")
		request := []byte(`{"type":"QuoteRequest"}`)
		o, err := h.db.Organisation(h.ctx())
		h.must(err)

		var first policy.QuoteRequested
		for i := range 2 {
			h.must(h.app.RequestQuote(h.ctx(), ada, base.Opening(1), "https://far.example/q/1", request))
			e := h.wantEvents(policy.EventQuoteRequested)
			var got policy.QuoteRequested
			h.must(json.Unmarshal(e[0].Data, &got))
			if i == 0 {
				first = got
			}
			if d := cmp.Diff(first, got); d != "" {
				t.Errorf("asked again, another permission (-first +second):\n%s", d)
			}
		}
		if first.Object != base.Opening(1) || first.Quoting != "https://far.example/q/1" || string(first.Request) != string(request) ||
			!strings.HasPrefix(first.Quote, "https://moot.example/quotes/01") {
			t.Errorf("event data %+v", first)
		}
		q, err := h.db.QuoteByIRI(h.ctx(), first.Quote)
		h.must(err)
		if q.Owner != o.Actor.ID || q.Object != base.Opening(1) {
			t.Errorf("permission %+v", q)
		}
		h.must(h.app.RequestQuote(h.ctx(), ada, base.Proposal(1), "https://far.example/q/1", request))
		h.events()

		for _, object := range []string{a.IRI, base.Opening(9), base.Challenge(1), base.Contribution(1, 1)} {
			if err := h.app.RequestQuote(h.ctx(), ada, object, "https://far.example/q/2", request); !errors.Is(err, errs.NotFound) {
				t.Errorf("%s: %v, want NotFound", object, err)
			}
		}
		h.wantRefusal(h.app.RequestQuote(h.ctx(), ada, base.Opening(1), "https://other.example/q/1", request), errs.Forbidden)
		h.wantEvents()
	})
}
