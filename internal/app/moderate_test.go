package app_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

func TestRead(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		a := h.give(answer(c, person("ada", "far.example"), 1))
		private := answer(c, person("bea", "far.example"), 1)
		private.Visibility = policy.VisibilityDirect
		h.give(private)
		h.events()

		got, err := h.app.Read(h.ctx(), h.by, a.ID, "")
		h.must(err)
		if got.Handling != policy.HandlingRead || got.ReadBy != "Amara" || !got.ReadAt.Equal(h.now) || got.IRI != a.IRI {
			t.Errorf("read: %+v", got)
		}
		h.now = h.now.Add(time.Hour)
		again, err := h.app.Read(h.ctx(), app.By{Actor: 1, Name: "Bea"}, a.ID, "")
		h.must(err)
		if again.ReadBy != "Amara" {
			t.Errorf("read again by %s", again.ReadBy)
		}
		e := h.wantEvents(policy.EventContributionRead)
		if e[0].Subject != a.ID || e[0].Actor != h.by.Actor {
			t.Errorf("event %+v", e[0])
		}
		_, err = h.app.Read(h.ctx(), h.by, private.ID, "")
		h.must(err)
		h.wantLog(c.ID, "challenge.open 1 () by Amara", "contribution.read 1/1 () by Amara",
			fmt.Sprintf("contribution.read 1/%s () by Amara", private.Code))
	})
}

func TestHoldHideAndShow(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		a := h.give(answer(c, person("ada", "far.example"), 1))
		h.events()
		type verb = func(reason string) (*policy.Contribution, error)
		hold := func(r string) (*policy.Contribution, error) { return h.app.Hold(h.ctx(), h.by, a.ID, r) }
		hide := func(r string) (*policy.Contribution, error) { return h.app.Hide(h.ctx(), h.by, a.ID, r) }
		show := func(r string) (*policy.Contribution, error) { return h.app.Show(h.ctx(), h.by, a.ID, r) }

		for _, step := range []struct {
			do     verb
			reason string
			want   policy.Moderation
			event  policy.EventKind
		}{
			{hold, "to be looked at", policy.ModerationHeld, policy.EventContributionHidden},
			{hide, " off topic ", policy.ModerationDeclined, policy.EventContributionHidden},
			{show, "appealed", policy.ModerationAccepted, policy.EventContributionShown},
			{hide, "names a person", policy.ModerationRemoved, policy.EventContributionHidden},
			{show, "", policy.ModerationAccepted, policy.EventContributionShown},
		} {
			got, err := step.do(step.reason)
			h.must(err)
			if got.Moderation != step.want || got.Number != 1 {
				t.Errorf("%s, number %d, want %s", got.Moderation, got.Number, step.want)
			}
			if _, err := step.do(step.reason); err != nil {
				t.Errorf("%s again: %v", step.want, err)
			}
			h.wantEvents(step.event)
			pub, err := h.db.Contribution(h.ctx(), policy.Public, 1, 1)
			if shown := step.want == policy.ModerationAccepted; shown != (err == nil && pub.HTML != "") {
				t.Errorf("%s: the public gets %+v, %v", step.want, pub, err)
			}
		}
		h.wantLog(c.ID, "challenge.open 1 () by Amara", "contribution.hold 1/1 (to be looked at) by Amara",
			"contribution.hide 1/1 (off topic) by Amara", "contribution.show 1/1 (appealed) by Amara",
			"contribution.hide 1/1 (names a person) by Amara", "contribution.show 1/1 () by Amara")
	})
}

func TestShowNumbersWhatWasHeld(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		held := answer(c, person("ada", "far.example"), 1)
		held.HTML = `<p><a href="https://far.example/report">a report</a></p>`
		h.give(held)
		h.give(answer(c, person("bea", "near.example"), 1))

		got, err := h.app.Show(h.ctx(), h.by, held.ID, "")
		h.must(err)

		if got.Number != 2 || !got.Shown() || got.Reason != "" {
			t.Errorf("number %d, %s (%s)", got.Number, got.Moderation, got.Reason)
		}
		h.wantLog(c.ID, "challenge.open 1 () by Amara", "contribution.show 1/2 () by Amara")
	})
}

func TestModerationRefusals(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		ada := person("ada", "far.example")
		a := h.give(answer(c, ada, 1))
		private := answer(c, ada, 2)
		private.Visibility = policy.VisibilityFollowers
		h.give(private)
		withdrawn := h.give(answer(c, ada, 3))
		h.must(h.app.Withdraw(h.ctx(), withdrawn.IRI, ada.IRI))
		h.events()

		_, err := h.app.Hide(h.ctx(), h.by, a.ID, " ")
		h.wantFields(err, "reason error.reason.missing")
		_, err = h.app.Hold(h.ctx(), h.by, a.ID, "")
		h.wantFields(err, "reason error.reason.missing")
		_, err = h.app.Show(h.ctx(), h.by, a.ID, strings.Repeat("x", 501))
		h.wantFields(err, "reason error.reason.long")
		_, err = h.app.Show(h.ctx(), h.by, private.ID, "")
		h.wantRefusal(err, errs.Forbidden)
		_, err = h.app.Hide(h.ctx(), h.by, private.ID, "rude")
		h.wantRefusal(err, errs.Conflict)
		_, err = h.app.Feature(h.ctx(), h.by, private.ID, "")
		h.wantRefusal(err, errs.Conflict)
		for _, verb := range []func() (*policy.Contribution, error){
			func() (*policy.Contribution, error) { return h.app.Hide(h.ctx(), h.by, withdrawn.ID, "rude") },
			func() (*policy.Contribution, error) { return h.app.Hold(h.ctx(), h.by, withdrawn.ID, "rude") },
			func() (*policy.Contribution, error) { return h.app.Show(h.ctx(), h.by, withdrawn.ID, "") },
			func() (*policy.Contribution, error) { return h.app.Read(h.ctx(), h.by, withdrawn.ID, "") },
			func() (*policy.Contribution, error) { return h.app.Feature(h.ctx(), h.by, withdrawn.ID, "") },
		} {
			_, err := verb()
			h.wantRefusal(err, errs.Conflict)
		}
		if _, err := h.app.Read(h.ctx(), h.by, 99, ""); !errors.Is(err, errs.NotFound) {
			t.Errorf("unknown: %v", err)
		}
		h.wantEvents()
		h.wantLog(c.ID, "challenge.open 1 () by Amara")
	})
}

func TestFeatureAtMostFiveADay(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		var ids []policy.ID
		for i := range 7 {
			ids = append(ids, h.give(answer(c, person("ada", "far.example"), i)).ID)
		}
		quiet := answer(c, person("ada", "far.example"), 9)
		quiet.Visibility = policy.VisibilityUnlisted
		h.give(quiet)
		h.events()

		for i := range 5 {
			h.now = h.now.Add(time.Hour)
			got, err := h.app.Feature(h.ctx(), h.by, ids[i], "")
			h.must(err)
			if !got.Featured.Equal(h.now) {
				t.Errorf("featured %s", got.Featured)
			}
			h.wantEvents(policy.EventContributionFeatured)
		}
		_, err := h.app.Feature(h.ctx(), h.by, ids[0], "") // again
		h.must(err)
		h.wantEvents()
		_, err = h.app.Feature(h.ctx(), h.by, quiet.ID, "")
		h.wantRefusal(err, errs.Conflict)

		_, err = h.app.Feature(h.ctx(), h.by, ids[5], "")
		h.wantRefusal(err, errs.Conflict)
		if !strings.Contains(errs.Sentence(err), "10:30 on 25 November 2026") {
			t.Errorf("%q does not say when the next can be", errs.Sentence(err))
		}
		h.wantEvents()

		h.now = time.Date(2026, 11, 25, 10, 30, 0, 0, time.UTC)
		_, err = h.app.Feature(h.ctx(), h.by, ids[5], "")
		h.must(err)
		_, err = h.app.Feature(h.ctx(), h.by, ids[6], "")
		h.wantRefusal(err, errs.Conflict)
		if n := len(h.log(c.ID)); n != 1+6 {
			t.Errorf("%d log entries", n)
		}
	})
}

func TestBlockHost(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, _ *policy.Challenge) {
		for range 2 {
			h.must(h.app.BlockHost(h.ctx(), h.by, " Spam.Example ", "spam"))
		}
		for host, want := range map[string]bool{"spam.example": true, "a.spam.example": true, "notspam.example": false} {
			if got, err := h.db.HostBlocked(h.ctx(), host); err != nil || got != want {
				t.Errorf("%s blocked: %t, %v", host, got, err)
			}
		}
		h.wantFields(h.app.BlockHost(h.ctx(), h.by, "https://x.example/", ""), "host error.host.shape", "reason error.reason.missing")
		h.wantFields(h.app.BlockHost(h.ctx(), h.by, "moot.example", "us"), "host error.host.own")
		h.must(h.app.UnblockHost(h.ctx(), h.by, "spam.example", "they mended it"))
		h.wantRefusal(h.app.UnblockHost(h.ctx(), h.by, "spam.example", ""), errs.NotFound)
		h.wantRefusal(h.app.UnblockHost(h.ctx(), h.by, "never.example", ""), errs.NotFound)
		h.wantLog(0, "instance.setUp news () by Amara", "host.block spam.example (spam) by Amara",
			"host.unblock spam.example (they mended it) by Amara")
	})
}

func TestSealLog(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		other := h.open("buses")
		for i := range 3 {
			a := h.give(answer(c, person("ada", "far.example"), i))
			_, err := h.app.Hide(h.ctx(), h.by, a.ID, "off topic")
			h.must(err)
			if i == 1 {
				if n, err := h.app.SealLog(h.ctx()); err != nil || n != 5 { // set-up, two openings, two hides
					t.Errorf("sealed %d, %v", n, err)
				}
			}
		}
		if n, err := h.app.SealLog(h.ctx()); err != nil || n != 1 {
			t.Errorf("sealed %d, %v", n, err)
		}
		if n, err := h.app.SealLog(h.ctx()); err != nil || n != 0 {
			t.Errorf("sealed again %d, %v", n, err)
		}
		for chain, want := range map[policy.ID]int{0: 1, c.ID: 4, other.ID: 1} {
			list, err := h.db.Log(h.ctx(), chain, store.Page{})
			h.must(err)
			if len(list) != want {
				t.Errorf("chain %d has %d entries, want %d", chain, len(list), want)
			}
			if err := policy.VerifyChain(list); err != nil {
				t.Error(err)
			}
		}
	})
}

// More entries than fit in one transaction are sealed all the same.
func TestSealLogInParts(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.must(h.db.Write(h.ctx(), func(tx *store.Tx) error {
			for i := range 1003 {
				e := policy.LogEntry{Action: policy.LogRead, Object: fmt.Sprintf("1/%d", i)}
				if err := tx.AddLog(h.ctx(), &e); err != nil {
					return err
				}
			}
			return nil
		}))
		if n, err := h.app.SealLog(h.ctx()); err != nil || n != 1003 {
			t.Errorf("sealed %d, %v", n, err)
		}
	})
}
