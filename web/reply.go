package web

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

type replyPage struct {
	base
	Post    replyTarget
	Server  string // host that was typed; empty as long as none is
	Address string // where the post opens there; empty if that server offers none
	Target  string // host that Address leads to
}

// replyTarget is the post to reply to, as people will see it.
type replyTarget struct {
	policy.OpeningPreview
	To   string // id of the post: the address to paste
	Back string // path of its page here
	Kind string // "question", "proposal" or "answer"
}

// reply shows GET /reply?to=…&acct=…: what to do next, and a link to the post in the reader's own
// account. Nobody is sent anywhere without having seen where to. What is typed is not kept.
func (s *Server) reply(w http.ResponseWriter, r *http.Request) error {
	ctx, p, query := r.Context(), s.printer(r), r.URL.Query()
	target, err := s.replyTarget(ctx, query.Get("to"))
	if err != nil {
		return err
	}
	page := &replyPage{Post: target, base: base{Section: "challenges", NoIndex: true}}
	page.Title = p.T("reply.title." + target.Kind)
	typed := strings.TrimSpace(query.Get("acct"))
	page.Form = newForm("reply.", "acct", typed)
	status := http.StatusOK
	switch {
	case query.Has("acct") && typed == "":
		page.Form.Fault("acct", "reply.missing")
		status = http.StatusBadRequest
	case typed != "":
		page.Server, page.Address, err = s.cfg.Interact(ctx, typed, target.To)
		if !s.refusedServer(page.Form, typed, err) {
			return err
		}
		if err != nil {
			page.Server, page.Address, status = "", "", http.StatusBadRequest
		}
	}
	page.Target = hostOf(page.Address)
	if page.Target == "" {
		page.Address = ""
	}
	if page.Server != "" {
		page.Title = p.T("reply.titleOn."+target.Kind, "Server", page.Server)
	}
	return s.render(w, r, status, "reply", page)
}

// refusedServer notes in the form what is wrong with a server that somebody typed. It reports
// false if err is something else.
func (s *Server) refusedServer(f *form, typed string, err error) bool {
	switch {
	case err == nil:
	case errors.Is(err, errs.Invalid):
		f.Fault("acct", "reply.invalid", "Given", cut(typed, 100))
	case errors.Is(err, errs.NotFound), errors.Is(err, errs.Unavailable):
		f.Fault("acct", "reply.unreachable", "Given", cut(typed, 100))
	default:
		return false
	}
	return true
}

// hostOf returns the host of a web address, or nothing if it is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Host
}

// replyTarget finds a post by its id: an opening, a proposal, or a public answer. Anything else
// is errs.NotFound, so that no address of a stranger can be put into our mouth.
func (s *Server) replyTarget(ctx context.Context, to string) (t replyTarget, err error) {
	t.To = to
	if n, err := parseNumber(between(to, s.cfg.URL+"/c/", "/opening")); err == nil {
		return t, s.replyToOpening(ctx, n, &t)
	}
	if n := s.proposalNumber(to); n > 0 {
		return t, s.replyToProposal(ctx, n, &t)
	}
	a, err := s.db.ContributionByIRI(ctx, policy.Public, to)
	if err != nil {
		return t, err
	}
	if !a.Shown() {
		return t, fmt.Errorf("%w: %s is not shown", errs.NotFound, to)
	}
	t.Kind, t.Back = "answer", answerPath(a.ChallengeNumber, a.Number)
	t.Name, t.Handle, t.Summary = a.Author.DisplayName(), a.Author.At(), a.HTML
	if a.Warning != "" {
		t.Title, t.Summary = a.Warning, ""
	}
	return t, nil
}

// between returns what stands between prefix and suffix, or nothing.
func between(s, prefix, suffix string) string {
	s, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return ""
	}
	s, ok = strings.CutSuffix(s, suffix)
	if !ok {
		return ""
	}
	return s
}

func (s *Server) replyToOpening(ctx context.Context, n int64, t *replyTarget) error {
	c, err := s.db.Challenge(ctx, policy.Public, n)
	if err != nil {
		return err
	}
	org, err := s.db.Organisation(ctx)
	if err != nil {
		return err
	}
	t.Kind, t.Back, t.OpeningPreview = "question", challengePath(n), s.cfg.Preview(c, org)
	return nil
}

func (s *Server) replyToProposal(ctx context.Context, n int64, t *replyTarget) error {
	prop, err := s.db.Proposal(ctx, policy.Public, n)
	if err != nil {
		return err
	}
	org, err := s.db.Organisation(ctx)
	if err != nil {
		return err
	}
	t.Kind, t.Back = "proposal", proposalPath(n)
	t.Name, t.Handle, t.Title = org.Actor.DisplayName(), org.Actor.At(), prop.Title
	t.Summary, t.Link = html.EscapeString(prop.Summary), s.url.Proposal(n)
	return nil
}
