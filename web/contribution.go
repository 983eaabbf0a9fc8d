package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// repliesPerPage is how many replies the page of an answer shows.
const repliesPerPage = 50

type contributionPage struct {
	base
	C       *policy.Challenge
	A       answerView
	Gone    *gone // why there are no words to show; nil if there are
	Trace   []traceStep
	Answer  answerPanel
	Replies []answerView
}

// gone says what became of an answer whose words are not shown.
type gone struct {
	Withdrawn bool   // by its author; otherwise it was hidden
	Reason    string // why it was hidden
}

// traceStep is one thing that happened to an answer.
type traceStep struct {
	What string // a sentence
	At   time.Time
	Who  string
	Note string
	Next bool // it has not happened yet; At is the promise
}

// contribution shows GET /c/{n}/{k}: an answer, and what happened to it.
func (s *Server) contribution(w http.ResponseWriter, r *http.Request) error {
	n, err := number(r, "n")
	if err != nil {
		return err
	}
	k, err := number(r, "k")
	if err != nil {
		return err
	}
	ctx, p := r.Context(), s.printer(r)
	c, err := s.db.Challenge(ctx, viewer(r), n)
	if err != nil {
		return err
	}
	a, err := s.db.Contribution(ctx, policy.Public, n, k)
	if err != nil {
		return err
	}
	page := &contributionPage{C: c, Answer: answerPanel{To: a.IRI}}
	page.Path, page.Section, page.NoIndex = answerPath(n, k), "challenges", true
	if !a.Shown() {
		return s.tombstone(w, r, page, a)
	}
	page.Title = p.T("answer.title", "Number", k, "Name", a.Author.DisplayName())
	page.Description = s.excerpt(p, a)
	page.Document, page.Creator = a.IRI, a.Author.At()
	views, err := s.answerViews(ctx, c, []policy.Contribution{*a})
	if err != nil {
		return err
	}
	page.A = views[0]
	if page.Trace, err = s.trace(r, c, a); err != nil {
		return err
	}
	replies, err := s.db.Contributions(ctx, policy.Public,
		store.ContributionFilter{Challenge: c.ID, ReplyTo: a.IRI}, store.Page{Limit: repliesPerPage})
	if err != nil {
		return err
	}
	for _, reply := range replies {
		page.Replies = append(page.Replies, s.answerView(c, reply))
	}
	return s.render(w, r, http.StatusOK, "contribution", page)
}

// tombstone shows that there was an answer, and why its words are gone.
func (s *Server) tombstone(w http.ResponseWriter, r *http.Request, page *contributionPage, a *policy.Contribution) error {
	page.A = answerView{Contribution: policy.Contribution{Number: a.Number}}
	page.Gone = &gone{Withdrawn: a.Moderation == policy.ModerationWithdrawn, Reason: a.Reason}
	if page.Gone.Withdrawn {
		page.Title = s.printer(r).T("answer.deleted", "Number", a.Number)
		return s.render(w, r, http.StatusGone, "contribution", page)
	}
	page.Title = s.printer(r).T("answer.hidden", "Number", a.Number)
	return s.render(w, r, http.StatusOK, "contribution", page)
}

// excerpt is the text of link previews: the words, or their content warning.
func (s *Server) excerpt(p *locale.Printer, a *policy.Contribution) string {
	if a.Warning != "" {
		return p.T("answer.warning") + " " + a.Warning
	}
	return cut(a.Text, 200)
}

// cut returns at most n characters of s, and says where it was cut.
func cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "…"
}

// trace lists what happened to an answer, and what happens next.
func (s *Server) trace(r *http.Request, c *policy.Challenge, a *policy.Contribution) ([]traceStep, error) {
	p := s.printer(r)
	steps := []traceStep{{What: p.T("trace.arrived"), At: a.Received}}
	switch sent, err := s.db.ReceiptOf(r.Context(), a); {
	case err == nil:
		steps = append(steps, traceStep{What: p.T("trace.receipt"), At: sent})
	case !errors.Is(err, errs.NotFound):
		return nil, err
	}
	if a.Accepted.Sub(a.Received) > time.Minute {
		steps = append(steps, traceStep{What: p.T("trace.shown"), At: a.Accepted})
	}
	if !a.Featured.IsZero() {
		steps = append(steps, traceStep{What: p.T("trace.featured"), At: a.Featured})
	}
	if !a.Edited.IsZero() {
		steps = append(steps, traceStep{What: p.T("trace.edited"), At: a.Edited})
	}
	if a.Late {
		steps[0].Note = p.T("trace.late")
	}
	if due := policy.ReadBy(a.Received, c.ReadWithin); a.Handling == policy.HandlingNew {
		return append(steps, traceStep{
			What: p.T("trace.nextRead"), At: due, Next: true, Note: s.promise(p, due),
		}), nil
	}
	steps = append(steps, traceStep{What: p.T("trace.read"), At: a.ReadAt, Who: a.ReadBy})
	slices.SortStableFunc(steps, func(a, b traceStep) int { return a.At.Compare(b.At) })
	if c.State == policy.ChallengeConcluded || c.State == policy.ChallengeWithdrawn {
		return steps, nil
	}
	return append(steps, traceStep{
		What: p.T("trace.nextAnswer", "Responder", c.Responder), At: c.RespondBy, Next: true,
		Note: s.promise(p, c.RespondBy),
	}), nil
}

// promise says of a promised day what it is worth, or that it has passed.
func (s *Server) promise(p *locale.Printer, day time.Time) string {
	if s.now().After(day) {
		return p.T("trace.overdue")
	}
	return p.T("trace.nextNote")
}
