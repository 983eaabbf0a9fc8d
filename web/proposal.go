package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// proposalsPerPage bounds the list of all proposals.
const proposalsPerPage = 50

func proposalPath(n int64) string { return "/p/" + strconv.FormatInt(n, 10) }

type proposalsPage struct {
	base
	Proposals []policy.Proposal
	Newer     string // address of the next page; empty on the last
}

// proposals shows GET /p: all proposals, oldest first.
func (s *Server) proposals(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), s.printer(r)
	from := store.Page{Limit: proposalsPerPage + 1}
	if after := r.URL.Query().Get("after"); after != "" {
		n, err := parseNumber(after)
		if err != nil {
			return err
		}
		last, err := s.db.Proposal(ctx, viewer(r), n)
		if err != nil {
			return err
		}
		from.After = last.ID
	}
	list, err := s.db.Proposals(ctx, viewer(r), 0, from)
	if err != nil {
		return err
	}
	page := &proposalsPage{base: base{
		Title: p.T("proposals.title"), Description: p.T("proposals.description"),
		Section: "proposals", Path: "/p", Feed: "/feed",
	}}
	if len(list) > proposalsPerPage {
		list = list[:proposalsPerPage]
		page.Newer = fmt.Sprintf("/p?after=%d", list[len(list)-1].Number)
	}
	page.Proposals = list
	return s.render(w, r, http.StatusOK, "proposals", page)
}

type proposalPage struct {
	base
	P       *policy.Proposal
	V       *policy.Version
	Current bool // V is the current version
	C       *policy.Challenge
	Answer  answerPanel
	Answers answerList
}

// proposal shows GET /p/{n} and /p/{n}/v/{v}: the text, and what people say to it.
func (s *Server) proposal(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), s.printer(r)
	n, err := number(r, "n")
	if err != nil {
		return err
	}
	prop, err := s.db.Proposal(ctx, viewer(r), n)
	if err != nil {
		return err
	}
	page := &proposalPage{P: prop, V: &prop.Current, Current: true, Answer: answerPanel{To: s.url.Proposal(n)}}
	page.Title, page.Description, page.Section = prop.Title, prop.Summary, "proposals"
	page.Path, page.Document = proposalPath(n), s.url.Proposal(n)
	if v := chi.URLParam(r, "v"); v != "" {
		if err := s.olderVersion(r, page, v); err != nil {
			return err
		}
	}
	if page.C, err = s.db.ChallengeByID(ctx, viewer(r), prop.Challenge); err != nil {
		return err
	}
	page.Creator, page.Answer.Private = page.C.Actor.At(), page.C.Hold
	if page.Answers, err = s.thread(r, page); err != nil {
		return err
	}
	page.Title = prop.Title
	if !page.Current {
		page.Title = p.T("proposal.versionTitle", "Title", prop.Title, "Version", page.V.Number)
	}
	return s.render(w, r, http.StatusOK, "proposal", page)
}

// olderVersion puts one version of the text in the place of the current one.
func (s *Server) olderVersion(r *http.Request, page *proposalPage, text string) error {
	v, err := parseNumber(text)
	if err != nil {
		return err
	}
	if page.V, err = s.db.ProposalVersion(r.Context(), viewer(r), page.P.Number, int(v)); err != nil {
		return err
	}
	page.Current = page.V.Number == page.P.Current.Number
	page.Path = proposalPath(page.P.Number) + "/v/" + text
	page.Document = s.url.Version(page.P.Number, page.V.Number)
	return nil
}

// thread returns the answers to a proposal that the request asks for, newest first.
func (s *Server) thread(r *http.Request, page *proposalPage) (list answerList, err error) {
	ctx := r.Context()
	list = answerList{First: true, Total: page.P.Answers}
	from := store.Page{Limit: answersPerPage + 1}
	if after := r.URL.Query().Get("after"); after != "" {
		k, err := parseNumber(after)
		if err != nil {
			return list, err
		}
		last, err := s.db.Contribution(ctx, policy.Public, page.C.Number, k)
		if err != nil {
			return list, err
		}
		list.First, from.After = false, last.ID
	}
	found, err := s.db.Contributions(ctx, policy.Public, store.ContributionFilter{
		Challenge: page.C.ID, Root: s.url.Proposal(page.P.Number), NewestFirst: true,
	}, from)
	if err != nil {
		return list, err
	}
	if len(found) > answersPerPage {
		found = found[:answersPerPage]
		list.Older = fmt.Sprintf("%s?after=%d#answers", page.Path, found[answersPerPage-1].Number)
	}
	list.Items, err = s.answerViews(ctx, page.C, found)
	for i, item := range list.Items {
		if item.To != nil && item.To.Proposal > 0 {
			list.Items[i].To = nil // said by the page
		}
	}
	return list, err
}
