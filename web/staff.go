package web

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// todayLimit is how many answers Today shows; the rest is at /staff/answers.
const todayLimit = 20

// todayPage is what waits for staff.
type todayPage struct {
	base
	Done       string
	Counts     store.InstanceCounts
	Answers    []answerCard // unread, oldest first
	More       int64        // unread ones that are not listed
	Due        int          // of those listed, today
	Overdue    int          // of those listed, before today
	Oldest     time.Time    // when the first of these arrived
	Held       []answerCard // those that have been read, and wait for a decision
	Reports    int
	Challenges []policy.Challenge // the newest open ones
}

// today shows GET /staff.
func (s *Server) today(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), viewer(r)
	p := &todayPage{Done: done(r)}
	var err error
	if p.Counts, err = s.db.Counts(ctx); err != nil {
		return err
	}
	unread := store.ContributionFilter{All: true, Unread: true}
	if p.Answers, err = s.cards(ctx, v, unread, store.Page{Limit: todayLimit}, "/staff"); err != nil {
		return err
	}
	held := store.ContributionFilter{All: true, Held: true}
	if p.Held, err = s.cards(ctx, v, held, store.Page{Limit: todayLimit}, "/staff"); err != nil {
		return err
	}
	p.Held = slices.DeleteFunc(p.Held, func(a answerCard) bool { return a.Handling == policy.HandlingNew })
	p.More = max(0, p.Counts.Unread-int64(len(p.Answers)))
	for i, a := range p.Answers {
		if i == 0 {
			p.Oldest = a.Received
		}
		if a.Overdue {
			p.Overdue++
		} else if a.DueToday {
			p.Due++
		}
	}
	reports, err := s.db.Reports(ctx, v, store.Page{Limit: reportsLimit})
	if err != nil {
		return err
	}
	p.Reports = len(reports)
	p.Challenges, err = s.db.Challenges(ctx, v, store.Page{Limit: 5}, policy.ChallengeOpen, policy.ChallengePaused, policy.ChallengeAnswering)
	if err != nil {
		return err
	}
	p.Title, p.Section, p.Staff = s.printer(r).T("today.title"), "today", true
	return s.render(w, r, http.StatusOK, "staff", p)
}

// by says who carries out a verb.
func by(r *http.Request) app.By {
	v := viewer(r)
	return app.By{Actor: v.Actor, Name: v.Name}
}

// done returns the id of the sentence that says what was just done, or "".
func done(r *http.Request) string {
	what := r.URL.Query().Get("done")
	if !donePattern.MatchString(what) || !locale.Has("done."+what) {
		return ""
	}
	return "done." + what
}

var donePattern = regexp.MustCompile(`^[a-zA-Z]{1,20}$`)

// answerCard is an answer as staff see it, with what can be done with it.
type answerCard struct {
	policy.Contribution
	Question string // of its challenge
	DueBy    time.Time
	DueToday bool
	Overdue  bool   // promised to be read before now
	Back     string // where to go on after an action
	Can      map[string]bool
	Whole    bool // on a page of its own: nothing is folded, and the forms with a reason are there
}

// Ref is what people call it: its number, or the receipt code where it has none.
func (a answerCard) Ref() string { return deskRef(&a.Contribution) }

// Path is its page in the staff area.
func (a answerCard) Path() string { return deskPath(&a.Contribution) }

// Private reports whether it is for the desk only.
func (a answerCard) Private() bool { return a.Visibility.Private() }

// cards lists answers for staff.
func (s *Server) cards(ctx context.Context, v policy.Viewer, f store.ContributionFilter, p store.Page, back string) ([]answerCard, error) {
	list, err := s.db.Contributions(ctx, v, f, p)
	if err != nil {
		return nil, err
	}
	challenges := map[policy.ID]*policy.Challenge{}
	cards := make([]answerCard, 0, len(list))
	for i := range list {
		c := challenges[list[i].Challenge]
		if c == nil {
			if c, err = s.db.ChallengeByID(ctx, v, list[i].Challenge); err != nil {
				return nil, err
			}
			challenges[c.ID] = c
		}
		cards = append(cards, s.card(&list[i], c, back))
	}
	return cards, nil
}

// card says of one answer what is due and what can be done.
func (s *Server) card(c *policy.Contribution, ch *policy.Challenge, back string) answerCard {
	now := s.now().UTC()
	a := answerCard{Contribution: *c, Question: ch.Title, Back: back, Can: possible(c)}
	if c.Moderation != policy.ModerationWithdrawn {
		a.DueBy = policy.ReadBy(c.Received, ch.ReadWithin)
		a.Overdue = now.After(a.DueBy)
		a.DueToday = !a.Overdue && a.DueBy.Format(time.DateOnly) == now.Format(time.DateOnly)
	}
	return a
}

// possible returns which verbs of [Server.decide] make sense for an answer as it stands. Whether
// they are carried out is for the verbs to say.
func possible(c *policy.Contribution) map[string]bool {
	if c.Moderation == policy.ModerationWithdrawn {
		return nil
	}
	shown, private := c.Shown(), c.Visibility.Private()
	held := c.Moderation == policy.ModerationHeld
	return map[string]bool{
		"read":    c.Handling == policy.HandlingNew,
		"show":    !shown && !private,
		"hold":    shown,
		"hide":    shown || held && !private,
		"feature": shown && c.Visibility == policy.VisibilityPublic && c.Featured.IsZero(),
	}
}
