package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/auth"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// setupPage is the first run.
type setupPage struct {
	base
	Action string // where the form is posted to
	Host   string // what follows the @ in handles
	Local  bool   // the public address means this machine
}

// setup shows GET /setup/{token}.
func (s *Server) setup(w http.ResponseWriter, r *http.Request) error {
	if over, err := s.checkSetup(w, r); over || err != nil {
		return err
	}
	f := newForm("form.setup.", "receipts", string(policy.ReceiptReply))
	return s.renderSetup(w, r, http.StatusOK, f)
}

// doSetup takes POST /setup/{token}: it makes the organisation and its first steward, and signs
// the steward in.
func (s *Server) doSetup(w http.ResponseWriter, r *http.Request) error {
	if over, err := s.checkSetup(w, r); over || err != nil {
		return err
	}
	f, err := readForm(r, "form.setup.")
	if err != nil {
		return err
	}
	err = s.setUp(r, f)
	if f.Refused(err) {
		return s.renderSetup(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	_, steward, err := s.db.FirstSteward(r.Context())
	if err != nil {
		return err
	}
	if err := s.auth.SignInAs(r.Context(), steward.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/staff/c/new?done=setUp", http.StatusSeeOther)
	return nil
}

// checkSetup reports whether set-up is over for this request, and then has answered it: a link
// without the secret is told where to look for the right one. Once the organisation exists, whoever
// follows the link again, or pressed its button twice, is sent to the staff area, and from there to
// sign in.
func (s *Server) checkSetup(w http.ResponseWriter, r *http.Request) (over bool, err error) {
	_, err = s.db.Organisation(r.Context())
	if err == nil {
		http.Redirect(w, r, "/staff", http.StatusSeeOther)
		return true, nil
	}
	if !errors.Is(err, errs.NotFound) {
		return false, err
	}
	ok, err := s.auth.CheckSetupToken(r.Context(), chi.URLParam(r, "token"))
	if err != nil || ok {
		return false, err
	}
	p := s.printer(r)
	e := &errorPage{Status: http.StatusNotFound, Heading: p.T("setup.stale.title"), Text: p.T("setup.stale.text")}
	e.Title, e.NoIndex = e.Heading, true
	return true, s.render(w, r, e.Status, "error", e)
}

// setupOrder is how the fields of the form follow each other.
var setupOrder = []string{"name", "handle", "strap", "steward", "email", "password", "receipts"}

// setUp carries out what the form says. What is wrong with it is said all at once.
func (s *Server) setUp(r *http.Request, f *form) error {
	in := app.SetUp{
		Name:        f.Get("name"),
		Handle:      strings.TrimPrefix(f.Get("handle"), "@"),
		Strap:       f.Get("strap"),
		StewardName: f.Get("steward"),
		Email:       f.Get("email"),
		Receipts:    policy.ReceiptMode(f.Get("receipts")),
	}
	faults := append(s.app.CheckSetUp(in), policy.CheckPassword(f.Raw("password"))...)
	if in.StewardName == "" { // a command may leave it out, a form asks for it
		faults = append(faults, policy.FieldError{Field: "steward", Code: "error.steward.missing"})
	}
	for i := range faults {
		if faults[i].Field == "steward-handle" { // nobody was asked for that one
			faults[i].Field = "handle"
		}
	}
	if len(faults) > 0 {
		if !slices.ContainsFunc(faults, func(e policy.FieldError) bool { return e.Field == "password" }) {
			faults = append(faults, policy.FieldError{Field: "password", Code: "error.password.again"})
		}
		slices.SortStableFunc(faults, func(a, b policy.FieldError) int {
			return slices.Index(setupOrder, a.Field) - slices.Index(setupOrder, b.Field)
		})
		return faults
	}
	var err error
	if in.PasswordHash, err = auth.HashPassword(f.Raw("password")); err != nil {
		return err
	}
	_, err = s.app.SetUp(r.Context(), in)
	return err
}

func (s *Server) renderSetup(w http.ResponseWriter, r *http.Request, status int, f *form) error {
	_, host, _ := strings.Cut(s.cfg.URL, "://")
	p := &setupPage{Action: r.URL.Path, Host: host, Local: s.local()}
	p.Title = s.printer(r).T("setup.title")
	p.NoIndex = true
	p.Form = f
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a secret
	return s.render(w, r, status, "setup", p)
}

// local reports whether the public address means this machine: no other may do without TLS.
func (s *Server) local() bool { return strings.HasPrefix(s.cfg.URL, "http://") }

// soonPage is what an instance without an organisation shows.
type soonPage struct{ base }

// awaitSetUp shows a kind page in place of every other one until the organisation exists: at / as
// what there is, elsewhere as "not now", so that nobody takes an address for gone.
func (s *Server) awaitSetUp(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.ready.Load() || strings.HasPrefix(r.URL.Path, "/setup/") {
			next.ServeHTTP(w, r)
			return
		}
		_, err := s.db.Organisation(r.Context())
		switch {
		case err == nil:
			s.ready.Store(true)
			next.ServeHTTP(w, r)
		case errors.Is(err, errs.NotFound):
			status := http.StatusOK
			if r.URL.Path != "/" {
				w.Header().Set("Retry-After", "60")
				status = http.StatusServiceUnavailable
			}
			p := &soonPage{base{Title: s.printer(r).T("home.soon.title"), NoIndex: true}}
			if err := s.render(w, r, status, "soon", p); err != nil {
				s.fail(w, r, err)
			}
		default:
			s.fail(w, r, err)
		}
	})
}
