package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// challengesPerPage and proposalsPerChallenge bound the lists of the pages.
const (
	challengesPerPage     = 30
	proposalsPerChallenge = 100
)

func challengePath(n int64) string { return "/c/" + strconv.FormatInt(n, 10) }

type challengesPage struct {
	base
	Rows  []challengeRow
	Older string // address of the next page; empty on the last
}

// challenges shows GET /c: all of them, newest first.
func (s *Server) challenges(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), s.printer(r)
	from := store.Page{Limit: challengesPerPage + 1}
	if before := r.URL.Query().Get("before"); before != "" {
		n, err := parseNumber(before)
		if err != nil {
			return err
		}
		c, err := s.db.Challenge(ctx, viewer(r), n)
		if err != nil {
			return err
		}
		from.After = c.ID
	}
	list, err := s.db.Challenges(ctx, viewer(r), from)
	if err != nil {
		return err
	}
	page := &challengesPage{base: base{
		Title: p.T("challenges.title"), Description: p.T("challenges.description"),
		Section: "challenges", Path: "/c", Feed: "/feed", Document: s.url.Organisation(),
	}}
	if len(list) > challengesPerPage {
		list = list[:challengesPerPage]
		page.Older = fmt.Sprintf("/c?before=%d", list[len(list)-1].Number)
	}
	page.Rows = s.rows(p, list)
	return s.render(w, r, http.StatusOK, "challenges", page)
}

type challengePage struct {
	base
	C         *policy.Challenge
	Left      timeLeft
	Closed    bool
	Stages    []stageView
	Answer    answerPanel
	Proposals []policy.Proposal
	Answers   answerList
}

// answerPanel is the block that says how to answer something.
type answerPanel struct {
	To      string // id of what is answered: the address to paste
	Private bool   // answers are read before they are shown
}

// challenge shows GET /c/{n}: the question, how to answer it, and what came.
func (s *Server) challenge(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), s.printer(r)
	n, err := number(r, "n")
	if err != nil {
		return err
	}
	c, err := s.db.Challenge(ctx, viewer(r), n)
	if err != nil {
		return err
	}
	page := &challengePage{
		base: base{
			Title: c.Question, Description: s.describe(p, c), Section: "challenges",
			Path: challengePath(n), Feed: challengePath(n) + "/feed",
			Document: c.Actor.IRI, Creator: c.Actor.At(), NoIndex: c.State == policy.ChallengeDraft,
		},
		C:      c,
		Left:   s.left(p, c),
		Closed: c.State != policy.ChallengeDraft && c.Closed(s.now()),
		Stages: s.tracker(p, c),
		Answer: answerPanel{To: s.url.Opening(n), Private: c.Hold},
	}
	if page.Proposals, err = s.db.Proposals(ctx, viewer(r), c.ID, store.Page{Limit: proposalsPerChallenge}); err != nil {
		return err
	}
	if page.Answers, err = s.answers(r, c); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "challenge", page)
}

// describe is the text of link previews: what is asked, and until when.
func (s *Server) describe(p *locale.Printer, c *policy.Challenge) string {
	if c.Closes.IsZero() {
		return p.T("challenge.description", "Summary", c.Summary)
	}
	return p.T("challenge.descriptionCloses", "Summary", c.Summary, "Day", p.Date(c.Closes, s.now()))
}

// opening answers GET /c/{n}/opening to people: the opening is shown on the challenge's page.
func (s *Server) opening(w http.ResponseWriter, r *http.Request) error {
	n, err := number(r, "n")
	if err != nil {
		return err
	}
	if _, err := s.db.Challenge(r.Context(), viewer(r), n); err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept")
	http.Redirect(w, r, challengePath(n), http.StatusSeeOther)
	return nil
}
