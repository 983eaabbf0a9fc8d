package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// deskPerPage is how many answers a page of the desk lists.
const deskPerPage = 30

// deskFilters are the choices of /staff/answers.
var deskFilters = []string{"all", "unread", "held", "private", "hidden"}

// deskPage lists answers for staff.
type deskPage struct {
	base
	Done      string
	Filters   []deskFilter
	Show      string // which of them is chosen
	Challenge *policy.Challenge
	Answers   []answerCard
	Later     string // address of the next page; empty on the last
}

// deskFilter is a choice with its address.
type deskFilter struct{ Name, Path string }

// desk shows GET /staff/answers: every answer, in order of arrival, or some of them.
func (s *Server) desk(w http.ResponseWriter, r *http.Request) error {
	ctx, v, query := r.Context(), viewer(r), r.URL.Query()
	p := &deskPage{Done: done(r), Show: query.Get("show")}
	f := store.ContributionFilter{All: true}
	switch p.Show {
	case "unread":
		f.Unread = true
	case "held":
		f.Held = true
	case "private":
		f.Private = true
	case "hidden":
		f.Hidden = true
	case "", "all":
		p.Show, f.NewestFirst = "all", true
	default:
		return errs.NotFound
	}
	if query.Get("c") != "" {
		n, err := parseNumber(query.Get("c"))
		if err != nil {
			return err
		}
		if p.Challenge, err = s.db.Challenge(ctx, v, n); err != nil {
			return err
		}
		f.Challenge = p.Challenge.ID
	}
	page := store.Page{Limit: deskPerPage + 1}
	if after := query.Get("after"); after != "" {
		last, err := s.findAnswer(r, after)
		if err != nil {
			return err
		}
		page.After = last.ID
	}
	var err error
	if p.Answers, err = s.cards(ctx, v, f, page, p.path(p.Show, query.Get("after"))); err != nil {
		return err
	}
	if len(p.Answers) > deskPerPage {
		p.Answers = p.Answers[:deskPerPage]
		last := p.Answers[deskPerPage-1]
		p.Later = p.path(p.Show, fmt.Sprintf("%d/%s", last.ChallengeNumber, last.Code))
	}
	for _, name := range deskFilters {
		p.Filters = append(p.Filters, deskFilter{name, p.path(name, "")})
	}
	p.Title, p.Section, p.Staff = s.printer(r).T("desk.title"), "answers", true
	return s.render(w, r, http.StatusOK, "desk", p)
}

// path is the address of the list with a filter, from after an answer on.
func (p *deskPage) path(show, after string) string {
	query := url.Values{}
	if show != "all" {
		query.Set("show", show)
	}
	if p.Challenge != nil {
		query.Set("c", strconv.FormatInt(p.Challenge.Number, 10))
	}
	if after != "" {
		query.Set("after", after)
	}
	return (&url.URL{Path: "/staff/answers", RawQuery: query.Encode()}).String()
}

// deskRef is what people call an answer: its number, or its receipt code where it has none.
func deskRef(c *policy.Contribution) string {
	if c.Number > 0 {
		return strconv.FormatInt(c.Number, 10)
	}
	return c.Code
}

// deskPath is the page of an answer in the staff area. It has one before it has a number, so its
// receipt code names it.
func deskPath(c *policy.Contribution) string {
	return fmt.Sprintf("/staff/c/%d/a/%s", c.ChallengeNumber, c.Code)
}

// findAnswer returns the answer that is written "12/3F7K".
func (s *Server) findAnswer(r *http.Request, ref string) (*policy.Contribution, error) {
	challenge, code, _ := strings.Cut(ref, "/")
	n, err := parseNumber(challenge)
	if err != nil {
		return nil, err
	}
	return s.db.ContributionByCode(r.Context(), viewer(r), n, code)
}

// answerPage is one answer with everything that staff can do with it.
type answerPage struct {
	base
	Done      string
	A         answerCard
	Challenge *policy.Challenge
	Open      string // the form that was asked for or refused: "hold", "hide" or "show"
}

// deskAnswer shows GET /staff/c/{n}/a/{code}.
func (s *Server) deskAnswer(w http.ResponseWriter, r *http.Request) error {
	open := r.URL.Query().Get("do")
	f := newForm("form.decide.", "back", localNext(r.URL.Query().Get("back")))
	return s.renderAnswer(w, r, http.StatusOK, open, f)
}

// renderAnswer shows the page of the answer in r's address.
func (s *Server) renderAnswer(w http.ResponseWriter, r *http.Request, status int, open string, f *form) error {
	ctx, v := r.Context(), viewer(r)
	c, err := s.findAnswer(r, chi.URLParam(r, "n")+"/"+chi.URLParam(r, "code"))
	if err != nil {
		return err
	}
	challenge, err := s.db.ChallengeByID(ctx, v, c.Challenge)
	if err != nil {
		return err
	}
	p := &answerPage{Done: done(r), A: s.card(c, challenge, deskPath(c)), Challenge: challenge}
	p.A.Whole = true
	if p.A.Can[open] {
		p.Open = open
	}
	p.Title = s.printer(r).T("desk.answer", "Ref", deskRef(c))
	p.Section, p.Staff = "answers", true
	p.Form = f
	return s.render(w, r, status, "answer", p)
}
