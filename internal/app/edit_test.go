package app_test

import (
	"errors"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// edit is a later form of ada's answer.
func (h *house) edit(c *policy.Challenge, change func(*policy.Contribution)) *policy.Contribution {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	a := answer(c, person("ada", "far.example"), 1)
	a.Edited = h.now
	change(a)
	h.must(h.app.Edit(h.ctx(), a))
	return h.stored(a.IRI)
}

func TestEditReplacesTheWords(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.give(answer(c, person("ada", "far.example"), 1))
		h.events()

		got := h.edit(c, func(a *policy.Contribution) {
			a.HTML, a.Text, a.Warning, a.Lang = "<p>Nos da</p>", "Nos da", "night", "cy"
			a.Media = []policy.Media{{URL: "https://far.example/1.png", MediaType: "image/png", Description: "A tram"}}
		})

		if got.HTML != "<p>Nos da</p>" || got.Warning != "night" || got.Lang != "cy" || len(got.Media) != 1 || !got.Edited.Equal(h.now) {
			t.Errorf("stored %+v", got)
		}
		if got.Number != 1 || got.Moderation != policy.ModerationAccepted {
			t.Errorf("number %d, %s", got.Number, got.Moderation)
		}
		h.wantEvents(policy.EventContributionEdited)

		h.must(h.app.Edit(h.ctx(), got)) // the same again
		h.wantEvents()
	})
}

func TestEditThatIsOlderChangesNothing(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.give(answer(c, person("ada", "far.example"), 1))
		h.edit(c, func(a *policy.Contribution) { a.HTML = "<p>new</p>" })
		h.events()

		got := h.edit(c, func(a *policy.Contribution) { a.HTML, a.Edited = "<p>old</p>", a.Edited.Add(-time.Hour) })

		if got.HTML != "<p>new</p>" {
			t.Errorf("words %s", got.HTML)
		}
		h.wantEvents()
	})
}

func TestEditFromTheFutureDoesNotLock(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.give(answer(c, person("ada", "far.example"), 1))
		h.edit(c, func(a *policy.Contribution) { a.HTML, a.Edited = "<p>one</p>", h.now.AddDate(10, 0, 0) })
		if got := h.edit(c, func(a *policy.Contribution) { a.HTML = "<p>two</p>" }); got.HTML != "<p>two</p>" {
			t.Errorf("words %s", got.HTML)
		}
	})
}

func TestEditRefusals(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.give(answer(c, person("ada", "far.example"), 1))
		h.events()
		forged := answer(c, person("ada", "far.example"), 1)
		forged.Author, forged.HTML, forged.Edited = person("mallory", "far.example"), "<p>forged</p>", h.now
		h.wantRefusal(h.app.Edit(h.ctx(), forged), errs.Forbidden)

		if err := h.app.Edit(h.ctx(), answer(c, person("ada", "far.example"), 2)); !errors.Is(err, errs.NotFound) {
			t.Errorf("unknown: %v", err)
		}
		h.wantEvents()
	})
}

func TestNarrowingHidesAndWideningShows(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		h.give(answer(c, person("ada", "far.example"), 1))
		h.events()

		got := h.edit(c, func(a *policy.Contribution) { a.Visibility = policy.VisibilityFollowers })

		if got.Number != 1 || got.Moderation != policy.ModerationReceived {
			t.Errorf("narrowed: number %d, %s", got.Number, got.Moderation)
		}
		if pub, err := h.db.ContributionByIRI(h.ctx(), policy.Public, got.IRI); err == nil && pub.HTML+pub.Text != "" {
			t.Errorf("the public still sees %s", pub.HTML)
		}
		h.wantEvents(policy.EventContributionEdited, policy.EventContributionHidden)

		got = h.edit(c, func(a *policy.Contribution) { a.Visibility = policy.VisibilityUnlisted })

		if got.Number != 1 || !got.Shown() {
			t.Errorf("widened: number %d, %s", got.Number, got.Moderation)
		}
		h.wantEvents(policy.EventContributionEdited, policy.EventContributionShown)
	})
}

func TestWideningAPrivateSubmissionNumbersIt(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		a := answer(c, person("ada", "far.example"), 1)
		a.Visibility = policy.VisibilityDirect
		h.give(a)
		h.give(answer(c, person("bea", "far.example"), 1))

		got := h.edit(c, func(a *policy.Contribution) { a.Visibility = policy.VisibilityPublic })

		if got.Number != 2 || !got.Shown() || !got.Accepted.Equal(h.now) {
			t.Errorf("number %d, %s, accepted %s", got.Number, got.Moderation, got.Accepted)
		}
	})
}

// An author cannot get round a person's decision by narrowing and widening.
func TestEditDoesNotUndoAHide(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		a := h.give(answer(c, person("ada", "far.example"), 1))
		_, err := h.app.Hide(h.ctx(), h.by, a.ID, "names a person")
		h.must(err)

		h.edit(c, func(a *policy.Contribution) { a.Visibility = policy.VisibilityDirect })
		got := h.edit(c, func(a *policy.Contribution) { a.HTML = "<p>again</p>" })

		if got.Moderation != policy.ModerationRemoved || got.Reason != "names a person" {
			t.Errorf("%s (%s), want it removed", got.Moderation, got.Reason)
		}
	})
}

func TestWithdraw(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		a := answer(c, ada, 1)
		a.Media = []policy.Media{{URL: "https://far.example/1.png"}}
		h.give(a)
		h.events()

		h.wantRefusal(h.app.Withdraw(h.ctx(), a.IRI, person("mallory", "far.example").IRI), errs.Forbidden)
		h.wantRefusal(h.app.Withdraw(h.ctx(), a.IRI, person("ada", "evil.example").IRI), errs.Forbidden)
		h.wantEvents()
		for range 2 {
			h.must(h.app.Withdraw(h.ctx(), a.IRI, ada.IRI))
		}

		got := h.stored(a.IRI)
		if got.Moderation != policy.ModerationWithdrawn || got.Number != 1 || got.HTML+got.Text != "" || len(got.Media) != 0 {
			t.Errorf("stored %+v", got)
		}
		h.wantEvents(policy.EventContributionWithdrawn)
		pub, err := h.db.Contribution(h.ctx(), policy.Public, 1, 1)
		if err != nil || pub.Author.Name != "" || pub.Moderation != policy.ModerationWithdrawn {
			t.Errorf("the public sees %+v, %v, want a tombstone", pub, err)
		}
		if isNew, err := h.app.Contribute(h.ctx(), answer(c, ada, 1)); isNew || err != nil && !errors.Is(err, errs.Conflict) {
			t.Errorf("it came back: %t, %v", isNew, err)
		}
		h.must(h.app.Edit(h.ctx(), answer(c, ada, 1)))
		if got := h.stored(a.IRI); got.HTML != "" {
			t.Errorf("an edit brought back %s", got.HTML)
		}
		h.wantEvents()
	})
}

func TestWithdrawBeforeItCame(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		for range 2 {
			h.must(h.app.Withdraw(h.ctx(), answer(c, ada, 1).IRI, ada.IRI))
		}
		if isNew, err := h.app.Contribute(h.ctx(), answer(c, ada, 1)); isNew || !errors.Is(err, errs.Conflict) {
			t.Errorf("Contribute = %t, %v, want Conflict", isNew, err)
		}
		h.wantEvents()
	})
}

func TestEraseActor(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		private := answer(c, ada, 2)
		private.Visibility = policy.VisibilityDirect
		h.give(answer(c, ada, 1))
		h.give(private)
		h.give(answer(c, person("bea", "far.example"), 1))
		h.must(h.app.Follow(h.ctx(), c.Actor.ID, ada, "https://far.example/f/1", []byte(`{}`)))
		h.events()

		for range 2 {
			h.must(h.app.EraseActor(h.ctx(), ada.IRI))
		}

		h.wantEvents(policy.EventContributionWithdrawn, policy.EventContributionWithdrawn)
		for _, n := range []int{1, 2} {
			got := h.stored(answer(c, ada, n).IRI)
			if got.Moderation != policy.ModerationWithdrawn || got.HTML != "" || got.Author.Name != "" || got.Author.State != policy.ActorGone {
				t.Errorf("left is %+v", got)
			}
		}
		if !h.stored(answer(c, person("bea", "far.example"), 1).IRI).Shown() {
			t.Error("another's answer went with it")
		}
		if n, err := h.db.Followers(h.ctx(), c.Actor.ID); err != nil || n != 0 {
			t.Errorf("%d followers, %v", n, err)
		}
		h.must(h.app.EraseActor(h.ctx(), "https://nobody.example/"))
		h.wantRefusal(h.app.EraseActor(h.ctx(), base.Organisation()), errs.Forbidden)
	})
}
