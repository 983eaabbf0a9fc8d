package web

import (
	"net/http"
	"strconv"

	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// newProposalPage is the form that publishes a proposal.
type newProposalPage struct {
	base
	C       *policy.Challenge
	Preview string // the text as it will be shown; empty without one
}

// newProposal shows GET /staff/c/{n}/proposal.
func (s *Server) newProposal(w http.ResponseWriter, r *http.Request) error {
	return s.renderNewProposal(w, r, http.StatusOK, newForm("form.proposal."))
}

// publishProposal takes POST /staff/c/{n}/proposal.
func (s *Server) publishProposal(w http.ResponseWriter, r *http.Request) error {
	n, err := number(r, "n")
	if err != nil {
		return err
	}
	f, err := readForm(r, "form.proposal.")
	if err != nil {
		return err
	}
	if f.Get("do") != "publish" {
		return s.renderNewProposal(w, r, http.StatusOK, f)
	}
	p := &policy.Proposal{
		Title:   f.Get("title"),
		Summary: f.Get("summary"),
		Current: policy.Version{Text: f.Get("text")},
	}
	err = s.app.PublishProposal(r.Context(), by(r), n, p)
	if f.refusedVerb(err) {
		return s.renderNewProposal(w, r, statusOf(err), f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/p/"+strconv.FormatInt(p.Number, 10), http.StatusSeeOther)
	return nil
}

func (s *Server) renderNewProposal(w http.ResponseWriter, r *http.Request, status int, f *form) error {
	c, err := s.challengeOf(r)
	if err != nil {
		return err
	}
	p := &newProposalPage{C: c, Preview: markup.Markdown(f.Get("text"))}
	p.Title, p.Section, p.Staff = s.printer(r).T("newProposal.title"), "proposals", true
	p.Form = f
	return s.render(w, r, status, "newproposal", p)
}

// staffProposalsPage lists proposals for staff, and where one can be published.
type staffProposalsPage struct {
	base
	Proposals  []policy.Proposal
	Challenges []policy.Challenge // those that take proposals
}

// staffProposals shows GET /staff/p.
func (s *Server) staffProposals(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), viewer(r)
	p := &staffProposalsPage{}
	var err error
	if p.Proposals, err = s.db.Proposals(ctx, v, 0, store.Page{Limit: staffListLimit}); err != nil {
		return err
	}
	challenges, err := s.db.Challenges(ctx, v, store.Page{Limit: staffListLimit})
	if err != nil {
		return err
	}
	for _, c := range challenges {
		if c.AcceptsProposals() == nil {
			p.Challenges = append(p.Challenges, c)
		}
	}
	p.Title, p.Section, p.Staff = s.printer(r).T("staffProposals.title"), "proposals", true
	return s.render(w, r, http.StatusOK, "staffproposals", p)
}
