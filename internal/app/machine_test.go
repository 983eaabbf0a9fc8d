package app_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// machine drives one challenge through random verbs, and knows what its authors wanted.
type machine struct {
	*house
	c       *policy.Challenge
	wishes  map[string]policy.Visibility // by IRI: what its author chose last
	deleted map[string]bool
	powers  int // uses of power that changed something
}

// TestMachine checks policy.md 4.4 (5), (6), (14) and (20) over random histories: displayed
// audience ⊆ author's audience, numbers without gaps, a log entry for every use of power, and
// counts that equal what can be counted.
func TestMachine(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			c := h.trams(fmt.Sprintf("trams%d", run))
			c.Hold = rapid.Bool().Draw(rt, "hold")
			h.must(h.app.OpenChallenge(h.ctx(), h.by, c, false))
			m := &machine{house: h, c: c, wishes: map[string]policy.Visibility{}, deleted: map[string]bool{}}
			steps := []func(*rapid.T){
				m.contribute, m.contribute, m.edit, m.edit, m.withdraw, m.power((*machine).hold),
				m.power((*machine).hide), m.power((*machine).show), m.power((*machine).read),
			}
			for range rapid.IntRange(1, 25).Draw(rt, "steps") {
				rapid.SampledFrom(steps).Draw(rt, "step")(rt)
				m.check(rt)
			}
			m.checkLog(rt)
		})
	})
}

func (m *machine) draw(t *rapid.T) *policy.Contribution {
	names := []string{"ada", "bea", "cy"}
	author := person(rapid.SampledFrom(names).Draw(t, "author"), rapid.SampledFrom([]string{"one.example", "two.example"}).Draw(t, "host"))
	a := answer(m.c, author, int(m.c.Number*100)+rapid.IntRange(0, 1).Draw(t, "post"))
	a.Visibility = rapid.SampledFrom([]policy.Visibility{
		policy.VisibilityPublic, policy.VisibilityUnlisted, policy.VisibilityFollowers, policy.VisibilityDirect,
	}).Draw(t, "visibility")
	a.HTML = rapid.SampledFrom([]string{"<p>a</p>", "<p>b</p>", `<p><a href="https://shop.example/">c</a></p>`}).Draw(t, "words")
	m.now = m.now.Add(time.Second)
	a.Edited = m.now
	return a
}

func (m *machine) contribute(t *rapid.T) {
	a := m.draw(t)
	_, known := m.wishes[a.IRI]
	wish := a.Visibility
	isNew, err := m.app.Contribute(m.ctx(), a)
	if isNew == known || err != nil {
		t.Fatalf("Contribute(%s), known %t: %t, %v", a.IRI, known, isNew, err)
	}
	m.wishes[a.IRI] = wish
}

func (m *machine) edit(t *rapid.T) {
	a := m.draw(t)
	_, known := m.wishes[a.IRI]
	var before policy.Moderation
	if known {
		before = m.stored(a.IRI).Moderation
	}
	err := m.app.Edit(m.ctx(), a)
	if known != (err == nil) || err != nil && !errors.Is(err, errs.NotFound) {
		t.Fatalf("Edit(%s), known %t: %v", a.IRI, known, err)
	}
	if !known {
		return
	}
	m.wishes[a.IRI] = a.Visibility
	after := m.stored(a.IRI).Moderation
	if after != before && before != policy.ModerationReceived && before != policy.ModerationAccepted {
		t.Fatalf("its author took %s from %s to %s", a.IRI, before, after)
	}
}

func (m *machine) withdraw(t *rapid.T) {
	a := m.draw(t)
	if _, known := m.wishes[a.IRI]; !known {
		return // it would never be taken in
	}
	if err := m.app.Withdraw(m.ctx(), a.IRI, a.Author.IRI); err != nil {
		t.Fatal(err)
	}
	m.deleted[a.IRI] = true
}

func (m *machine) hold(id policy.ID) (*policy.Contribution, error) {
	return m.app.Hold(m.ctx(), m.by, id, "reason")
}

func (m *machine) hide(id policy.ID) (*policy.Contribution, error) {
	return m.app.Hide(m.ctx(), m.by, id, "reason")
}

func (m *machine) show(id policy.ID) (*policy.Contribution, error) {
	return m.app.Show(m.ctx(), m.by, id, "")
}

func (m *machine) read(id policy.ID) (*policy.Contribution, error) {
	return m.app.Read(m.ctx(), m.by, id, "")
}

// power uses a verb on a known contribution, and counts it if it changed anything.
func (m *machine) power(use func(*machine, policy.ID) (*policy.Contribution, error)) func(*rapid.T) {
	return func(t *rapid.T) {
		a := m.draw(t)
		if _, known := m.wishes[a.IRI]; !known {
			return
		}
		before := m.stored(a.IRI)
		after, err := use(m, before.ID)
		if err != nil {
			if errs.Sentence(err) == "" {
				t.Fatalf("refused without a sentence: %v", err)
			}
			return
		}
		if before.Moderation != after.Moderation || before.Handling != after.Handling {
			m.powers++
		}
	}
}

// check compares the record with the model, and with itself.
func (m *machine) check(t *rapid.T) {
	all, err := m.db.Contributions(m.ctx(), staff, store.ContributionFilter{Challenge: m.c.ID, All: true}, store.Page{})
	m.must(err)
	if len(all) != len(m.wishes) {
		t.Fatalf("%d contributions, want %d", len(all), len(m.wishes))
	}
	var want policy.ChallengeCounts
	hosts, numbers, shown := map[string]bool{}, map[int64]bool{}, map[policy.ID]bool{}
	for _, c := range all {
		m.checkOne(t, &c)
		if c.Number > 0 {
			numbers[c.Number] = true
		}
		if c.Shown() {
			shown[c.ID], hosts[c.Author.Host] = true, true
			want.Answers++
			if c.Handling == policy.HandlingRead {
				want.Read++
			}
		}
		switch {
		case c.Moderation == policy.ModerationWithdrawn:
		case c.Visibility.Private():
			want.Private++
		case c.Moderation == policy.ModerationHeld:
			want.Held++
		}
	}
	for n := range int64(len(numbers)) {
		if !numbers[n+1] {
			t.Fatalf("number %d of %d is missing", n+1, len(numbers))
		}
	}
	want.Hosts = int64(len(hosts))
	ch, err := m.db.Challenge(m.ctx(), staff, m.c.Number)
	m.must(err)
	got := ch.Counts
	if got.Answers != want.Answers || got.Read != want.Read || got.Hosts != want.Hosts ||
		got.Private != want.Private || got.Held != want.Held {
		t.Fatalf("counts %+v, want %+v", got, want)
	}
	m.checkPublic(t, shown)
}

// checkOne checks a contribution against what its author wants.
func (m *machine) checkOne(t *rapid.T, c *policy.Contribution) {
	if c.Shown() && (m.wishes[c.IRI].Private() || m.deleted[c.IRI]) {
		t.Fatalf("%s is shown against its author's wish: %+v", c.IRI, c)
	}
	if c.Visibility.Private() && c.Moderation == policy.ModerationAccepted {
		t.Fatalf("%s is private, and accepted", c.IRI)
	}
	if m.deleted[c.IRI] != (c.Moderation == policy.ModerationWithdrawn) {
		t.Fatalf("%s, deleted %t, is %s", c.IRI, m.deleted[c.IRI], c.Moderation)
	}
	if m.deleted[c.IRI] && c.HTML+c.Text+c.Warning != "" {
		t.Fatalf("%s is deleted, and says %q", c.IRI, c.HTML)
	}
	if c.Shown() && c.Number == 0 {
		t.Fatalf("%s is shown without a number", c.IRI)
	}
}

// checkPublic checks that the public gets what is shown, and nothing else.
func (m *machine) checkPublic(t *rapid.T, shown map[policy.ID]bool) {
	list, err := m.db.Contributions(m.ctx(), policy.Public, store.ContributionFilter{Challenge: m.c.ID}, store.Page{})
	m.must(err)
	for _, c := range list {
		if !shown[c.ID] {
			t.Fatalf("the public gets %+v", c)
		}
	}
	if len(list) != len(shown) {
		t.Fatalf("the public gets %d of %d answers", len(list), len(shown))
	}
}

// checkLog checks that every use of power is logged, and that the chain holds.
func (m *machine) checkLog(t *rapid.T) {
	if _, err := m.app.SealLog(m.ctx()); err != nil {
		t.Fatal(err)
	}
	entries, err := m.db.Log(m.ctx(), m.c.ID, store.Page{})
	m.must(err)
	if len(entries) != 1+m.powers { // the first is the opening
		t.Fatalf("%d log entries for %d uses of power", len(entries), 1+m.powers)
	}
	if err := policy.VerifyChain(entries); err != nil {
		t.Fatal(err)
	}
}

// Many answers at once get numbers without gaps, and a post that comes several times at once is
// one answer.
func TestContributeAtOnce(t *testing.T) {
	eachSettled(t, func(t *testing.T, h *house, c *policy.Challenge) {
		const people, times = 12, 3
		var wg sync.WaitGroup
		for i := range people {
			for range times {
				wg.Go(func() {
					a := answer(c, person(fmt.Sprintf("p%d", i), "far.example"), 1)
					if _, err := h.app.Contribute(t.Context(), a); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()

		list, err := h.db.Contributions(h.ctx(), policy.Public, store.ContributionFilter{Challenge: c.ID}, store.Page{})
		h.must(err)
		if len(list) != people {
			t.Fatalf("%d answers, want %d", len(list), people)
		}
		for i, a := range list {
			if a.Number != int64(i+1) {
				t.Errorf("answer %d has number %d", i+1, a.Number)
			}
		}
		if n := len(h.events()); n != 2*people {
			t.Errorf("%d events, want %d", n, 2*people)
		}
	})
}
