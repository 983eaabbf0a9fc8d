package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

var (
	visibilities = []policy.Visibility{
		policy.VisibilityPublic, policy.VisibilityUnlisted, policy.VisibilityFollowers, policy.VisibilityDirect,
	}
	moderations = []policy.Moderation{
		policy.ModerationReceived, policy.ModerationHeld, policy.ModerationAccepted,
		policy.ModerationDeclined, policy.ModerationRemoved, policy.ModerationWithdrawn,
	}
	handlings = []policy.Handling{
		policy.HandlingNew, policy.HandlingRead, policy.HandlingAsked, policy.HandlingTraced,
	}
)

func TestDecide(t *testing.T) {
	open := policy.Challenge{State: policy.ChallengeOpen}
	holding := policy.Challenge{State: policy.ChallengeOpen, Hold: true}
	closed := policy.Challenge{Stages: []policy.Stage{{State: policy.StageRunning, Closed: true}}}
	later := policy.Challenge{Stages: []policy.Stage{{State: policy.StagePlanned, Closed: true}}}
	active := policy.Sender{State: policy.ActorActive}
	for _, tt := range []struct {
		name   string
		v      policy.Visibility
		c      policy.Challenge
		s      policy.Sender
		want   policy.Moderation
		reason policy.HoldReason
	}{
		{"public", policy.VisibilityPublic, open, active, policy.ModerationAccepted, ""},
		{"quiet public", policy.VisibilityUnlisted, open, active, policy.ModerationAccepted, ""},
		{"followers only", policy.VisibilityFollowers, open, active, policy.ModerationReceived, ""},
		{"direct, where all are held", policy.VisibilityDirect, holding, active, policy.ModerationReceived, ""},
		{"where all are held", policy.VisibilityPublic, holding, active, policy.ModerationHeld, policy.HeldByChallenge},
		{"closed stage", policy.VisibilityPublic, closed, active, policy.ModerationHeld, policy.HeldByStage},
		{"stage that will be closed", policy.VisibilityPublic, later, active, policy.ModerationAccepted, ""},
		{"limited account", policy.VisibilityPublic, open, policy.Sender{State: policy.ActorLimited, HostSeen: true}, policy.ModerationHeld, policy.HeldByAccount},
		{"link from an unseen host", policy.VisibilityPublic, open, policy.Sender{State: policy.ActorActive, Link: true}, policy.ModerationHeld, policy.HeldByLink},
		{"link from a seen host", policy.VisibilityPublic, open, policy.Sender{State: policy.ActorActive, Link: true, HostSeen: true}, policy.ModerationAccepted, ""},
		{"link from here", policy.VisibilityPublic, open, policy.Sender{State: policy.ActorActive, Link: true, Local: true}, policy.ModerationAccepted, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, reason := policy.Decide(tt.v, &tt.c, tt.s); got != tt.want || reason != tt.reason {
				t.Errorf("Decide = %s, %q, want %s, %q", got, reason, tt.want, tt.reason)
			}
		})
	}
}

func TestModerationSteps(t *testing.T) {
	want := map[policy.Moderation]string{
		policy.ModerationReceived:  "accepted held withdrawn",
		policy.ModerationHeld:      "accepted declined withdrawn",
		policy.ModerationAccepted:  "held removed received withdrawn",
		policy.ModerationDeclined:  "accepted withdrawn",
		policy.ModerationRemoved:   "accepted withdrawn",
		policy.ModerationWithdrawn: "",
	}
	for _, from := range moderations {
		for _, to := range moderations {
			if got := from.Can(to); got != slices.Contains(strings.Fields(want[from]), string(to)) {
				t.Errorf("%s.Can(%s) = %t", from, to, got)
			}
		}
	}
}

func TestHandlingSteps(t *testing.T) {
	want := map[policy.Handling]string{
		policy.HandlingNew: "read", policy.HandlingRead: "asked traced", policy.HandlingAsked: "traced",
	}
	for _, from := range handlings {
		for _, to := range handlings {
			if got := from.Can(to); got != slices.Contains(strings.Fields(want[from]), string(to)) {
				t.Errorf("%s.Can(%s) = %t", from, to, got)
			}
		}
	}
}

// drawContribution returns a contribution in any state that can be reached.
func drawContribution(t *rapid.T) policy.Contribution {
	c := policy.Contribution{
		HTML: "<p>Words</p>", Text: "Words", Number: 4, Code: "3F7K",
		Visibility: rapid.SampledFrom(visibilities).Draw(t, "visibility"),
		Moderation: rapid.SampledFrom(moderations).Draw(t, "moderation"),
		Handling:   rapid.SampledFrom(handlings).Draw(t, "handling"),
		Edited:     now.Add(-time.Hour),
	}
	if c.Visibility.Private() && c.Moderation == policy.ModerationAccepted {
		c.Moderation = policy.ModerationReceived
	}
	switch c.Moderation {
	case policy.ModerationAccepted:
		c.Accepted = now.Add(-time.Hour)
	case policy.ModerationWithdrawn:
		c.HTML, c.Text = "", ""
	}
	return c
}

// Whatever people do, each step is one of the table, a refusal changes nothing, and repeating
// what was done changes nothing.
func TestPowersOverAContribution(t *testing.T) {
	powers := map[string]func(*policy.Contribution) (bool, error){
		"hold": func(c *policy.Contribution) (bool, error) { return c.Hold("reason") },
		"hide": func(c *policy.Contribution) (bool, error) { return c.Hide("reason") },
		"show": func(c *policy.Contribution) (bool, error) { return c.Show(now) },
		"read": func(c *policy.Contribution) (bool, error) { return c.Read("Amara", now) },
	}
	rapid.Check(t, func(t *rapid.T) {
		c := drawContribution(t)
		before := c
		do := powers[rapid.SampledFrom([]string{"hold", "hide", "show", "read"}).Draw(t, "power")]

		changed, err := do(&c)

		if !changed && (c.Moderation != before.Moderation || c.Handling != before.Handling || c.Reason != before.Reason) {
			t.Fatalf("unchanged, and changed: %+v to %+v", before, c)
		}
		if c.Moderation != before.Moderation && !before.Moderation.Can(c.Moderation) {
			t.Fatalf("went from %s to %s", before.Moderation, c.Moderation)
		}
		if c.Handling != before.Handling && !before.Handling.Can(c.Handling) {
			t.Fatalf("went from %s to %s", before.Handling, c.Handling)
		}
		if err != nil && errs.Sentence(err) == "" {
			t.Fatalf("%v has no sentence", err)
		}
		if err != nil {
			return
		}
		if again, err := do(&c); again || err != nil {
			t.Fatalf("repeated: %t, %v", again, err)
		}
	})
}

// policy.md 4.4(5): displayed audience ⊆ author's audience, whatever rules, people and author do.
func TestVisibilityIsACeiling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawContribution(t)
		ch := policy.Challenge{State: policy.ChallengeOpen, Hold: rapid.Bool().Draw(t, "hold")}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			kept := c.Moderation == policy.ModerationHeld || c.Moderation == policy.ModerationRemoved ||
				c.Moderation == policy.ModerationDeclined || c.Moderation == policy.ModerationWithdrawn
			before := c.Moderation
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				c.Hold("reason")
			case 1:
				c.Hide("reason")
			case 2:
				c.Show(now)
			case 3:
				c.Withdraw()
			default:
				later := c
				later.Visibility = rapid.SampledFrom(visibilities).Draw(t, "to")
				later.HTML = rapid.SampledFrom([]string{"<p>a</p>", "<p>b</p>"}).Draw(t, "words")
				later.Edited = c.Edited.Add(time.Second)
				_, words := c.Rewrite(&later, now)
				s := policy.Sender{
					State: policy.ActorActive,
					Link:  rapid.Bool().Draw(t, "link"), HostSeen: rapid.Bool().Draw(t, "seen"),
				}
				c.Place(&ch, s, words, now)
				if kept && c.Moderation != before {
					t.Fatalf("its author took it from %s to %s", before, c.Moderation)
				}
			}
			if c.Shown() && c.Visibility.Private() || c.Moderation == policy.ModerationAccepted && c.Visibility.Private() {
				t.Fatalf("a private submission is shown: %+v", c)
			}
			if c.Shown() && c.Accepted.IsZero() {
				t.Fatalf("shown, and never accepted: %+v", c)
			}
			if c.Moderation == policy.ModerationWithdrawn && (c.HTML != "" || c.Text != "" || c.Media != nil) {
				t.Fatalf("withdrawn, and words are left: %+v", c)
			}
		}
	})
}

func TestNewWordsAreReadAgainWhereAllAre(t *testing.T) {
	c := policy.Contribution{Visibility: policy.VisibilityPublic, Moderation: policy.ModerationAccepted, HTML: "<p>a</p>"}
	later := c
	later.HTML, later.Edited = "<p>b</p>", now
	_, words := c.Rewrite(&later, now)

	c.Place(&policy.Challenge{Hold: true}, policy.Sender{State: policy.ActorActive}, words, now)

	if c.Moderation != policy.ModerationHeld || c.Reason != string(policy.HeldByChallenge) {
		t.Errorf("after an edit it is %s (%s), want it held", c.Moderation, c.Reason)
	}
}

func TestRewrite(t *testing.T) {
	stored := policy.Contribution{
		HTML: "<p>a</p>", Visibility: policy.VisibilityPublic, Moderation: policy.ModerationAccepted, Edited: now,
	}
	for _, tt := range []struct {
		name           string
		later          func(*policy.Contribution)
		changed, words bool
		edited         time.Time
	}{
		{"the same", func(*policy.Contribution) {}, false, false, now},
		{"new words", func(c *policy.Contribution) { c.HTML, c.Edited = "<p>b</p>", now.Add(time.Hour) }, true, true, now.Add(time.Hour)},
		{"new words of the same second", func(c *policy.Contribution) { c.HTML = "<p>b</p>" }, true, true, now},
		{"older words", func(c *policy.Contribution) { c.HTML, c.Edited = "<p>b</p>", now.Add(-time.Second) }, false, false, now},
		{"words without a date", func(c *policy.Contribution) { c.HTML, c.Edited = "<p>b</p>", time.Time{} }, false, false, now},
		{"another audience", func(c *policy.Contribution) { c.Visibility = policy.VisibilityDirect }, true, false, now},
		{"a warning", func(c *policy.Contribution) { c.Warning = "grief" }, true, true, now},
		{"a picture", func(c *policy.Contribution) { c.Media = []policy.Media{{URL: "https://a.example/1.png"}} }, true, true, now},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, later := stored, stored
			tt.later(&later)
			changed, words := c.Rewrite(&later, now.Add(24*time.Hour))
			if changed != tt.changed || words != tt.words || !c.Edited.Equal(tt.edited) {
				t.Errorf("Rewrite = %t, %t, edited %s, want %t, %t, %s", changed, words, c.Edited, tt.changed, tt.words, tt.edited)
			}
			if !changed && c.HTML != stored.HTML {
				t.Errorf("unchanged, and the words are %s", c.HTML)
			}
		})
	}

	t.Run("first edit without a date", func(t *testing.T) {
		c := policy.Contribution{HTML: "<p>a</p>"}
		c.Rewrite(&policy.Contribution{HTML: "<p>b</p>"}, now)
		if !c.Edited.Equal(now) {
			t.Errorf("edited %s, want now", c.Edited)
		}
	})
	t.Run("after it was withdrawn", func(t *testing.T) {
		c := policy.Contribution{HTML: "<p>a</p>"}
		c.Withdraw()
		if changed, _ := c.Rewrite(&policy.Contribution{HTML: "<p>b</p>", Edited: now}, now); changed || c.HTML != "" {
			t.Errorf("words came back: %+v", c)
		}
	})
}

func TestTidy(t *testing.T) {
	long := strings.Repeat("ж", 70_000)
	c := policy.Contribution{
		Author:    policy.Actor{Host: "far.example"},
		URL:       "https://evil.example/@ada/1",
		Text:      long,
		Warning:   long,
		Lang:      "no such language",
		Media:     make([]policy.Media, 12),
		Published: now.AddDate(1, 0, 0),
		Edited:    now.AddDate(2, 0, 0),
	}
	c.Media[0].Description = long
	given := c.Media

	if err := c.Tidy(now); err != nil {
		t.Fatal(err)
	}

	if c.Kind != policy.KindComment || c.URL != "" || c.Lang != "" {
		t.Errorf("kind %q, url %q, lang %q, want comment and nothing", c.Kind, c.URL, c.Lang)
	}
	if !c.Published.Equal(now) || !c.Edited.Equal(now) {
		t.Errorf("published %s, edited %s, want nothing in the future", c.Published, c.Edited)
	}
	if n := len([]rune(c.Text)); n != policy.MaxText {
		t.Errorf("%d characters of text, want %d", n, policy.MaxText)
	}
	if n := len([]rune(c.Warning)); n != policy.MaxWarning {
		t.Errorf("%d characters of warning, want %d", n, policy.MaxWarning)
	}
	if len(c.Media) != policy.MaxMedia || len([]rune(c.Media[0].Description)) != policy.MaxDescription {
		t.Errorf("%d media, description of %d", len(c.Media), len([]rune(c.Media[0].Description)))
	}
	if given[0].Description != long {
		t.Error("what was given is changed")
	}

	c.URL, c.HTML = "https://FAR.example/@ada/1", "<p>a</p>"
	if err := c.Tidy(now); err != nil || c.URL == "" {
		t.Errorf("page on the author's host: %v, %q", err, c.URL)
	}
	c.HTML = strings.Repeat("x", policy.MaxHTML+1)
	if err := c.Tidy(now); !errors.Is(err, errs.Invalid) {
		t.Errorf("too long: %v, want Invalid", err)
	}
}

func TestWithdrawKeepsTheTombstone(t *testing.T) {
	c := policy.Contribution{
		Number: 7, Code: "3F7K", IRI: "https://far.example/1", HTML: "<p>a</p>", Text: "a", Warning: "w", URL: "https://far.example/@a/1",
		Media: []policy.Media{{URL: "u"}}, Moderation: policy.ModerationRemoved, Reason: "names a person", Handling: policy.HandlingRead,
	}
	if !c.Withdraw() {
		t.Fatal("nothing to withdraw")
	}
	if c.HTML+c.Text+c.Warning+c.URL+c.Reason != "" || c.Media != nil {
		t.Errorf("words are left: %+v", c)
	}
	if c.Number != 7 || c.Code != "3F7K" || c.IRI == "" || c.Handling != policy.HandlingRead {
		t.Errorf("the tombstone lost its place: %+v", c)
	}
	if c.Withdraw() {
		t.Error("withdrawn twice")
	}
}

func TestFeature(t *testing.T) {
	hours := func(list ...int) (times []time.Time) {
		for _, h := range list {
			times = append(times, now.Add(time.Duration(-h)*time.Hour))
		}
		return times
	}
	for _, tt := range []struct {
		name       string
		visibility policy.Visibility
		moderation policy.Moderation
		featured   []time.Time
		sentence   string // part of it; empty: it works
	}{
		{"the first", policy.VisibilityPublic, policy.ModerationAccepted, nil, ""},
		{"the fifth", policy.VisibilityPublic, policy.ModerationAccepted, hours(20, 3, 2, 1), ""},
		{"the sixth", policy.VisibilityPublic, policy.ModerationAccepted, hours(20, 4, 3, 2, 1), "13:30 on 24 November 2026"},
		{"five, but one long ago", policy.VisibilityPublic, policy.ModerationAccepted, hours(24, 4, 3, 2, 1), ""},
		{"more than five", policy.VisibilityPublic, policy.ModerationAccepted, hours(23, 20, 4, 3, 2, 1), "13:30 on 24 November 2026"},
		{"quiet public", policy.VisibilityUnlisted, policy.ModerationAccepted, nil, "quietly"},
		{"private", policy.VisibilityDirect, policy.ModerationReceived, nil, "shown to everybody"},
		{"held", policy.VisibilityPublic, policy.ModerationHeld, nil, "shown to everybody"},
		{"withdrawn", policy.VisibilityPublic, policy.ModerationWithdrawn, nil, "shown to everybody"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := policy.Contribution{Visibility: tt.visibility, Moderation: tt.moderation}
			changed, err := c.Feature(tt.featured, now)
			if tt.sentence == "" {
				if err != nil || !changed || !c.Featured.Equal(now) {
					t.Fatalf("Feature = %t, %v", changed, err)
				}
				if again, err := c.Feature(tt.featured, now.Add(time.Hour)); again || err != nil || !c.Featured.Equal(now) {
					t.Errorf("again: %t, %v, at %s", again, err, c.Featured)
				}
				return
			}
			if !errors.Is(err, errs.Conflict) || !strings.Contains(errs.Sentence(err), tt.sentence) {
				t.Errorf("Feature = %v, want a sentence with %q", err, tt.sentence)
			}
		})
	}
}

func TestReadOnce(t *testing.T) {
	c := policy.Contribution{Handling: policy.HandlingNew}
	c.Read("Amara", now)
	c.Read("Bea", now.Add(time.Hour))
	if c.ReadBy != "Amara" || !c.ReadAt.Equal(now) {
		t.Errorf("read by %s at %s, want the first reader", c.ReadBy, c.ReadAt)
	}
}
