package web

import (
	"net/http"
	"strings"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// staffListLimit bounds the lists of challenges and proposals in the staff area.
const staffListLimit = 50

// launchPage says how people find a challenge that has just been opened.
type launchPage struct {
	base
	Done     string
	C        *policy.Challenge
	Opening  string // the address to search for, and to answer
	Share    string // text to send to others
	Hashtags string
	Local    bool               // the public address means this machine
	Unheard  []policy.Addressee // addressed, but without an account that could be told
}

// launch shows GET /staff/c/{n}/launch.
func (s *Server) launch(w http.ResponseWriter, r *http.Request) error {
	c, err := s.challengeOf(r)
	if err != nil {
		return err
	}
	if c.State == policy.ChallengeDraft {
		http.Redirect(w, r, staffPath(c.Number)+"/edit", http.StatusSeeOther)
		return nil
	}
	p := &launchPage{Done: done(r), C: c, Opening: s.url.Opening(c.Number), Local: s.local()}
	for _, t := range c.Tags {
		p.Hashtags += "#" + t + " "
	}
	p.Hashtags = strings.TrimSpace(p.Hashtags)
	p.Share = strings.TrimSpace(s.printer(r).T("launch.share", "Question", c.Question, "Address", p.Opening) + "\n\n" + p.Hashtags)
	for _, a := range c.AddressedTo {
		if a.State == policy.AddresseeNotFound {
			p.Unheard = append(p.Unheard, a)
		}
	}
	p.Title, p.Section, p.Staff = s.printer(r).T("launch.title", "Number", c.Number), "challenges", true
	return s.render(w, r, http.StatusOK, "launch", p)
}

// staffChallengesPage lists all challenges for staff, drafts included.
type staffChallengesPage struct {
	base
	Challenges []policy.Challenge
	Later      string // address of the next page; empty on the last
}

// staffChallenges shows GET /staff/c.
func (s *Server) staffChallenges(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), viewer(r)
	page := store.Page{Limit: staffListLimit + 1}
	if before := r.URL.Query().Get("before"); before != "" {
		n, err := parseNumber(before)
		if err != nil {
			return err
		}
		last, err := s.db.Challenge(ctx, v, n)
		if err != nil {
			return err
		}
		page.After = last.ID
	}
	list, err := s.db.Challenges(ctx, v, page)
	if err != nil {
		return err
	}
	p := &staffChallengesPage{Challenges: list}
	if len(list) > staffListLimit {
		p.Challenges = list[:staffListLimit]
		p.Later = "/staff/c?before=" + strings.TrimPrefix(challengePath(list[staffListLimit-1].Number), "/c/")
	}
	p.Title, p.Section, p.Staff = s.printer(r).T("staffChallenges.title"), "challenges", true
	return s.render(w, r, http.StatusOK, "staffchallenges", p)
}
