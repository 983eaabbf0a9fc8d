package web

import (
	"net/http"
	"time"

	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// homeChallenges is how many open challenges the home page shows.
const homeChallenges = 20

type homePage struct {
	base
	Counts store.InstanceCounts
	Record record
	Open   []challengeRow
}

// record says how much of what was answered has been read, for the bar on the home page.
type record struct {
	Answers, Read, Unread      int64
	ReadPercent, UnreadPercent float64   // lengths in the bar
	OldestUnread               time.Time // zero if all are read
	OldestDays                 int
}

// challengeRow is a challenge in a list.
type challengeRow struct {
	policy.Challenge
	Path  string
	Left  timeLeft
	Stage string // in plain words: id of the sentence
}

// home shows GET /: the record, and what is asked now.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), s.printer(r)
	org, err := s.db.Organisation(ctx)
	if err != nil {
		return err
	}
	page := &homePage{base: base{
		Path: "/", Section: "home", Feed: "/feed", Title: org.Actor.DisplayName(),
		Description: p.T("home.description", "Name", org.Actor.DisplayName()),
		Document:    s.url.Organisation(), Creator: org.Actor.At(),
	}}
	if page.Counts, err = s.db.Counts(ctx); err != nil {
		return err
	}
	if page.Record, err = s.record(r, page.Counts); err != nil {
		return err
	}
	open, err := s.db.Challenges(ctx, policy.Public, store.Page{Limit: homeChallenges},
		policy.ChallengeOpen, policy.ChallengePaused, policy.ChallengeAnswering)
	if err != nil {
		return err
	}
	page.Open = s.rows(p, open)
	return s.render(w, r, http.StatusOK, "home", page)
}

// record works out the bar of the home page.
func (s *Server) record(r *http.Request, c store.InstanceCounts) (record, error) {
	rec := record{Answers: c.Answers, Read: c.Read, Unread: c.Answers - c.Read}
	if rec.Answers == 0 {
		return rec, nil
	}
	rec.ReadPercent = 100 * float64(rec.Read) / float64(rec.Answers)
	rec.UnreadPercent = 100 - rec.ReadPercent
	oldest, err := s.db.Contributions(r.Context(), policy.Public, store.ContributionFilter{Unread: true}, store.Page{Limit: 1})
	if err != nil || len(oldest) == 0 {
		return rec, err
	}
	rec.OldestUnread = oldest[0].Received
	rec.OldestDays = max(0, int(s.now().Sub(rec.OldestUnread).Hours()/24))
	return rec, nil
}

// rows prepares challenges for a list.
func (s *Server) rows(p *locale.Printer, list []policy.Challenge) []challengeRow {
	rows := make([]challengeRow, len(list))
	for i, c := range list {
		rows[i] = challengeRow{
			Challenge: c, Path: challengePath(c.Number), Left: s.left(p, &c), Stage: stageNow(&c),
		}
	}
	return rows
}

// timeLeft says in two parts how long a challenge goes on: "5 days left", "closes 28 November".
type timeLeft struct {
	Big, Small string
	Day        time.Time // the day that Small ends with; zero if it names none
	Late       bool
}

// left returns how long a challenge goes on.
func (s *Server) left(p *locale.Printer, c *policy.Challenge) timeLeft {
	now := s.now()
	switch {
	case c.State == policy.ChallengeDraft:
		return timeLeft{Big: p.T("challenge.left.draft")}
	case c.State == policy.ChallengeConcluded, c.State == policy.ChallengeWithdrawn:
		return timeLeft{Big: p.T("challenge.state." + string(c.State))}
	case c.Overdue(now):
		return timeLeft{Big: p.T("challenge.left.late"), Small: p.T("challenge.left.wasDue"), Day: c.RespondBy, Late: true}
	case c.Closed(now):
		return timeLeft{Big: p.T("challenge.left.closed"), Small: p.T("challenge.left.answerBy"), Day: c.RespondBy}
	case c.State == policy.ChallengePaused:
		return timeLeft{Big: p.T("challenge.state.paused"), Small: p.T("challenge.left.answerBy"), Day: c.RespondBy}
	case c.Closes.IsZero():
		return timeLeft{Big: p.T("challenge.left.open"), Small: p.T("challenge.left.answerBy"), Day: c.RespondBy}
	}
	return timeLeft{Big: remaining(p, c.Closes.Sub(now)), Small: p.T("challenge.left.closes"), Day: c.Closes}
}

// remaining says how much time is left, in the largest unit that says something.
func remaining(p *locale.Printer, d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Hour:
		return p.T("challenge.left.lastHour")
	case d < day:
		return p.T("challenge.left.hours", "Count", int(d/time.Hour))
	case d < 21*day:
		return p.T("challenge.left.days", "Count", int(d/day))
	}
	return p.T("challenge.left.weeks", "Count", int(d/(7*day)))
}
