package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// reportsLimit is how many reports the safety page lists; closing them brings up the rest.
const reportsLimit = 50

// decide takes POST /staff/c/{n}/a/{code}: what staff do with an answer. A verb that is refused
// gives back the reason that was typed.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r, "form.decide.")
	if err != nil {
		return err
	}
	c, err := s.findAnswer(r, chi.URLParam(r, "n")+"/"+chi.URLParam(r, "code"))
	if err != nil {
		return err
	}
	do, back := f.Get("do"), localNext(f.Get("back"))
	f.Values.Set("back", back)
	err = s.carryOut(r, do, c.ID, f.Get("reason"))
	if f.refusedVerb(err) {
		return s.renderAnswer(w, r, statusOf(err), do, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, withDone(back, do), http.StatusSeeOther)
	return nil
}

// carryOut uses the verb of that name.
func (s *Server) carryOut(r *http.Request, do string, id policy.ID, reason string) (err error) {
	ctx, who := r.Context(), by(r)
	switch do {
	case "read":
		_, err = s.app.Read(ctx, who, id, "")
	case "hold":
		_, err = s.app.Hold(ctx, who, id, reason)
	case "hide":
		_, err = s.app.Hide(ctx, who, id, reason)
	case "show":
		_, err = s.app.Show(ctx, who, id, reason)
	case "feature":
		_, err = s.app.Feature(ctx, who, id, "")
	default:
		err = statusError(http.StatusBadRequest)
	}
	return err
}

// refusedVerb takes what is wrong from the error of a verb: a field, or a rule that says no. It
// reports false if err is something else.
func (f *form) refusedVerb(err error) bool {
	if f.Refused(err) {
		return true
	}
	sentence := errs.Sentence(err)
	if sentence == "" {
		return false
	}
	f.Fault("", "error.refused", "Sentence", sentence)
	return true
}

// withDone adds to an address of ours what was just done, for the page to say.
func withDone(back, what string) string {
	u, err := url.Parse(back)
	if err != nil {
		return "/staff"
	}
	query := u.Query()
	query.Set("done", what)
	u.RawQuery = query.Encode()
	return u.String()
}

// safetyPage lists the open reports.
type safetyPage struct {
	base
	Done    string
	Reports []reportView
}

// reportView is a report, with the answer that it is about.
type reportView struct {
	store.Report
	Answer *answerCard // nil if it is not about one
}

// safety shows GET /staff/safety.
func (s *Server) safety(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), viewer(r)
	list, err := s.db.Reports(ctx, v, store.Page{Limit: reportsLimit})
	if err != nil {
		return err
	}
	p := &safetyPage{Done: done(r)}
	for _, report := range list {
		view := reportView{Report: report}
		if report.Contribution != 0 {
			c, err := s.db.ContributionByID(ctx, v, report.Contribution)
			if err != nil {
				return err
			}
			challenge, err := s.db.ChallengeByID(ctx, v, c.Challenge)
			if err != nil {
				return err
			}
			card := s.card(c, challenge, "/staff/safety")
			view.Answer = &card
		}
		p.Reports = append(p.Reports, view)
	}
	p.Title, p.Section, p.Staff = s.printer(r).T("safety.title"), "safety", true
	return s.render(w, r, http.StatusOK, "safety", p)
}

// closeReport takes POST /staff/safety.
func (s *Server) closeReport(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r, "form.safety.")
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(f.Get("report"), 10, 64)
	if err != nil {
		return statusError(http.StatusBadRequest)
	}
	if err := s.app.CloseReport(r.Context(), policy.ID(id)); err != nil {
		return err
	}
	http.Redirect(w, r, "/staff/safety?done=report", http.StatusSeeOther)
	return nil
}
