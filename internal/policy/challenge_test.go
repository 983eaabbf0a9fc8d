package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

var now = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

// trams returns a challenge that can be opened.
func trams() policy.Challenge {
	return policy.Challenge{
		Actor:     policy.Actor{Handle: "trams"},
		Title:     "Night trams",
		Question:  "Which night tram would change your week?",
		RespondBy: now.AddDate(0, 3, 0),
	}
}

func TestDefaultsOfAChallenge(t *testing.T) {
	c := trams()
	c.Actor.Handle = " @trams "
	c.Tags = []string{"#Trams", "trams", " ", "night"}
	c.AddressedTo = []policy.Addressee{{Given: " @council@city.example "}, {Given: ""}, {Given: "@Council@city.example"}}
	c.Closes = now.AddDate(0, 2, 0)

	got := c.WithDefaults(now, "Amara")

	want := trams()
	want.Closes = c.Closes
	want.Tags = []string{"Trams", "night"}
	want.AddressedTo = []policy.Addressee{{Given: "@council@city.example", State: policy.AddresseeNew}}
	want.Responder = "Amara"
	want.Summary = want.Question
	want.Lang = "en"
	want.ReadWithin = 5
	want.Stages = []policy.Stage{{
		Kind: policy.StageGather, Cycle: 1, Opens: now, Closes: c.Closes, State: policy.StagePlanned,
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("WithDefaults (-want +got):\n%s", d)
	}
	if got.Reach != "" {
		t.Errorf("Reach = %q, want it not stated", got.Reach)
	}
}

func TestDefaultsKeepWhatIsSaid(t *testing.T) {
	c := trams()
	c.Responder, c.Summary, c.Lang, c.ReadWithin = "Bea", "In short.", "cy", 10
	c.Stages = []policy.Stage{{Kind: policy.StageDefine}}

	if d := cmp.Diff(c, c.WithDefaults(now, "Amara")); d != "" {
		t.Errorf("WithDefaults changed what was said (-said +got):\n%s", d)
	}
}

func TestCheckOpen(t *testing.T) {
	long := func(n int) string { return strings.Repeat("ж", n) }
	for _, tt := range []struct {
		name   string
		change func(*policy.Challenge)
		want   []string // field: code without "error."
	}{
		{"complete", func(*policy.Challenge) {}, nil},
		{"everything missing", func(c *policy.Challenge) { *c = policy.Challenge{} }, []string{
			"question: question.missing", "title: title.missing", "handle: handle.missing", "respond-by: respond-by.missing",
		}},
		{"spaces are nothing", func(c *policy.Challenge) { c.Title = " \n" }, []string{"title: title.missing"}},
		{"question of 300", func(c *policy.Challenge) { c.Question = long(300) }, nil},
		{"question of 301", func(c *policy.Challenge) { c.Question = long(301) }, []string{"question: question.long"}},
		{"title of 121", func(c *policy.Challenge) { c.Title = long(121) }, []string{"title: title.long"}},
		{"summary of 400", func(c *policy.Challenge) { c.Summary = long(400) }, nil},
		{"summary of 401", func(c *policy.Challenge) { c.Summary = long(401) }, []string{"summary: summary.long"}},
		{"long question is not also a long summary", func(c *policy.Challenge) { c.Question = long(500) }, []string{"question: question.long"}},
		{"background too long", func(c *policy.Challenge) { c.Background = long(10_001) }, []string{"background: background.long"}},
		{"responding in the past", func(c *policy.Challenge) { c.RespondBy = now }, []string{"respond-by: respond-by.past"}},
		{"closing in the past", func(c *policy.Challenge) { c.Closes = now.Add(-time.Hour) }, []string{"closes: closes.past"}},
		{"responding before closing", func(c *policy.Challenge) { c.Closes = c.RespondBy.Add(time.Second) }, []string{"respond-by: respond-by.early"}},
		{"responding when closing", func(c *policy.Challenge) { c.Closes = c.RespondBy }, nil},
		{"upper case handle", func(c *policy.Challenge) { c.Actor.Handle = "Trams" }, []string{"handle: handle.shape"}},
		{"handle with a dot at its end", func(c *policy.Challenge) { c.Actor.Handle = "trams." }, []string{"handle: handle.shape"}},
		{"handle with dots and hyphens between", func(c *policy.Challenge) { c.Actor.Handle = "night.trams-2026" }, nil},
		{"handle with a host", func(c *policy.Challenge) { c.Actor.Handle = "trams@moot.example" }, []string{"handle: handle.shape"}},
		{"handle of 30", func(c *policy.Challenge) { c.Actor.Handle = strings.Repeat("a", 30) }, nil},
		{"handle of 31", func(c *policy.Challenge) { c.Actor.Handle = strings.Repeat("a", 31) }, []string{"handle: handle.long"}},
		{"reserved handle", func(c *policy.Challenge) { c.Actor.Handle = "admin" }, []string{"handle: handle.reserved"}},
		{"language that there is not", func(c *policy.Challenge) { c.Lang = "klingonese" }, []string{"lang: lang.shape"}},
		{"language with a region", func(c *policy.Challenge) { c.Lang = "pt-BR" }, nil},
		{"tags", func(c *policy.Challenge) { c.Tags = []string{"#Straßenbahn", "ترام", "2026trams"} }, nil},
		{"tags that are none", func(c *policy.Challenge) { c.Tags = []string{"two words", "2026"} }, []string{"tag: tag.shape", "tag: tag.shape"}},
		{"too many tags", func(c *policy.Challenge) {
			c.Tags = strings.Split("a b c d e f g h i j k", " ")
		}, []string{"tag: tag.many"}},
		{"addressees", func(c *policy.Challenge) {
			c.AddressedTo = []policy.Addressee{{Given: "@a@b.example"}, {Given: "a@b.example"}, {Given: "https://b.example/@a"}}
		}, nil},
		{"addressee without a server", func(c *policy.Challenge) {
			c.AddressedTo = []policy.Addressee{{Given: "The Council"}}
		}, []string{"addressed-to: addressed-to.shape"}},
		{"reading never", func(c *policy.Challenge) { c.ReadWithin = -1 }, []string{"read-within: read-within.range"}},
		{"reach too long", func(c *policy.Challenge) { c.Reach = long(501) }, []string{"reach: reach.long"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := trams()
			tt.change(&c)
			c = c.WithDefaults(now, "Amara")

			err := c.CheckOpen(now)

			var got []string
			for _, f := range err {
				got = append(got, f.Field+": "+strings.TrimPrefix(f.Code, "error."))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("CheckOpen (-want +got):\n%s", d)
			}
			if len(err) > 0 && !errors.Is(err.Err(), errs.Invalid) {
				t.Errorf("%v is not of the kind errs.Invalid", err)
			}
		})
	}
}

// policy.md 4.4(1): no challenge is open without a responder and a date of response.
func TestOpenNeedsResponderAndPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := trams()
		c.Responder = rapid.SampledFrom([]string{"", "Amara"}).Draw(t, "responder")
		c.RespondBy = now.AddDate(0, 0, rapid.IntRange(-3, 3).Draw(t, "days"))
		if rapid.Bool().Draw(t, "no promise") {
			c.RespondBy = time.Time{}
		}
		steward := rapid.SampledFrom([]string{"", "Bea"}).Draw(t, "steward")
		c = c.WithDefaults(now, steward)
		c.State = rapid.SampledFrom(states).Draw(t, "state")

		before := c
		err := c.Open(now)

		opened := c.State == policy.ChallengeOpen && before.State != policy.ChallengeOpen
		if opened && (c.Responder == "" || !c.RespondBy.After(now)) {
			t.Fatalf("opened without a promise: %+v", c)
		}
		if opened != (err == nil) {
			t.Fatalf("Open from %s = %v, state %s", before.State, err, c.State)
		}
		if err != nil && !cmp.Equal(before, c) {
			t.Fatalf("refused, and changed: %s", cmp.Diff(before, c))
		}
	})
}

var states = []policy.ChallengeState{
	policy.ChallengeDraft, policy.ChallengeOpen, policy.ChallengePaused,
	policy.ChallengeAnswering, policy.ChallengeConcluded, policy.ChallengeWithdrawn,
}

func TestStepsOfAChallenge(t *testing.T) {
	want := map[policy.ChallengeState][]policy.ChallengeState{
		policy.ChallengeDraft:     {policy.ChallengeOpen, policy.ChallengeWithdrawn},
		policy.ChallengeOpen:      {policy.ChallengePaused, policy.ChallengeAnswering, policy.ChallengeWithdrawn},
		policy.ChallengePaused:    {policy.ChallengeOpen, policy.ChallengeWithdrawn},
		policy.ChallengeAnswering: {policy.ChallengeConcluded, policy.ChallengeWithdrawn},
		policy.ChallengeConcluded: {policy.ChallengeOpen},
	}
	for _, from := range states {
		for _, to := range states {
			c := policy.Challenge{State: from}
			if got := c.Can(to); got != slices.Contains(want[from], to) {
				t.Errorf("%s.Can(%s) = %t", from, to, got)
			}
		}
	}
}

func TestOpenStartsTheFirstStage(t *testing.T) {
	c := trams()
	c = c.WithDefaults(now, "Amara")
	c.State = policy.ChallengeDraft
	later := now.Add(time.Hour)

	if err := c.Open(later); err != nil {
		t.Fatal(err)
	}
	s := c.Stages[0]
	if c.Opened != later || s.State != policy.StageRunning || s.Opens != later {
		t.Errorf("opened %v, stage %+v", c.Opened, s)
	}
	if err := c.Open(later); !errors.Is(err, errs.Conflict) || errs.Sentence(err) == "" {
		t.Errorf("opening again = %v, want a sentence of kind Conflict", err)
	}
}

func TestAccepts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		state  policy.ChallengeState
		closes time.Time
		kind   policy.Kind
		late   bool
		want   error
	}{
		{"open", policy.ChallengeOpen, time.Time{}, policy.KindComment, false, nil},
		{"before closing", policy.ChallengeOpen, now, policy.KindEvidence, false, nil},
		{"after closing", policy.ChallengeOpen, now.Add(-time.Second), policy.KindIdea, true, nil},
		{"paused", policy.ChallengePaused, time.Time{}, policy.KindComment, false, nil},
		{"answering", policy.ChallengeAnswering, time.Time{}, policy.KindComment, true, nil},
		{"concluded", policy.ChallengeConcluded, time.Time{}, policy.KindComment, true, nil},
		{"withdrawn", policy.ChallengeWithdrawn, time.Time{}, policy.KindComment, true, nil},
		{"draft", policy.ChallengeDraft, time.Time{}, policy.KindComment, false, errs.NotFound},
		{"no such kind", policy.ChallengeOpen, time.Time{}, "shout", false, errs.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := policy.Challenge{State: tt.state, Closes: tt.closes}
			late, err := c.Accepts(tt.kind, now)
			if late != tt.late || !errors.Is(err, tt.want) {
				t.Errorf("Accepts = %t, %v, want %t, %v", late, err, tt.late, tt.want)
			}
		})
	}
}

func TestAcceptsProposals(t *testing.T) {
	for _, tt := range []struct {
		state policy.ChallengeState
		stage policy.StageKind
		want  error
	}{
		{policy.ChallengeOpen, policy.StageGather, nil},
		{policy.ChallengeOpen, policy.StageDraft, nil},
		{policy.ChallengeAnswering, policy.StageGather, nil},
		{policy.ChallengeOpen, policy.StageDefine, errs.Conflict},
		{policy.ChallengeOpen, policy.StageDecide, errs.Conflict},
		{policy.ChallengeDraft, policy.StageGather, errs.Conflict},
		{policy.ChallengeConcluded, policy.StageGather, errs.Conflict},
		{policy.ChallengeWithdrawn, policy.StageGather, errs.Conflict},
	} {
		c := policy.Challenge{State: tt.state, Stages: []policy.Stage{{Kind: tt.stage, State: policy.StageRunning}}}
		if err := c.AcceptsProposals(); !errors.Is(err, tt.want) {
			t.Errorf("%s in %s: %v, want %v", tt.state, tt.stage, err, tt.want)
		}
	}
}

func TestOverdue(t *testing.T) {
	for _, tt := range []struct {
		state policy.ChallengeState
		by    time.Time
		want  bool
	}{
		{policy.ChallengeOpen, now, false},
		{policy.ChallengeOpen, now.Add(-time.Second), true},
		{policy.ChallengeAnswering, now.Add(-time.Second), true},
		{policy.ChallengeConcluded, now.Add(-time.Second), false},
		{policy.ChallengeDraft, time.Time{}, false},
		{policy.ChallengeWithdrawn, now.Add(-time.Second), false},
	} {
		c := policy.Challenge{State: tt.state, RespondBy: tt.by}
		if got := c.Overdue(now); got != tt.want {
			t.Errorf("%s, by %s: Overdue = %t, want %t", tt.state, tt.by, got, tt.want)
		}
	}
}

// policy.md 4.4(4): a stage's closing time never decreases.
func TestClosingTimeNeverDecreases(t *testing.T) {
	at := func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "open-ended") {
			return time.Time{}
		}
		return now.AddDate(0, 0, rapid.IntRange(-50, 50).Draw(t, "day"))
	}
	end := func(t time.Time) time.Time { // open-ended is later than any day
		if t.IsZero() {
			return now.AddDate(1000, 0, 0)
		}
		return t
	}
	rapid.Check(t, func(t *rapid.T) {
		s := policy.Stage{Closes: at(t), State: policy.StageRunning}
		for range rapid.IntRange(1, 10).Draw(t, "times") {
			before, wish := s.Closes, at(t)
			err := s.Extend(wish)
			if end(s.Closes).Before(end(before)) {
				t.Fatalf("moved from %s to %s", before, s.Closes)
			}
			if want := end(wish).Before(end(before)); want != (err != nil) {
				t.Fatalf("Extend from %s to %s = %v", before, wish, err)
			}
		}
		s.State = policy.StageEnded
		if err := s.Extend(time.Time{}); !errors.Is(err, errs.Conflict) {
			t.Fatalf("a stage that is over was extended: %v", err)
		}
	})
}
