package web

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/folkmoot/folkmoot/internal/auth"
	"github.com/folkmoot/folkmoot/internal/errs"
)

// signInPage is where staff sign in.
type signInPage struct{ base }

// signIn shows GET /sign-in.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	next := localNext(r.URL.Query().Get("next"))
	if viewer(r).Staff {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	return s.renderSignIn(w, r, http.StatusOK, newForm("form.signin.", "next", next))
}

// doSignIn takes POST /sign-in.
func (s *Server) doSignIn(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r, "form.signin.")
	if err != nil {
		return err
	}
	next := localNext(f.Get("next"))
	f.Values.Set("next", next)
	err = s.auth.SignIn(r.Context(), r, f.Get("email"), f.Raw("password"))
	if status := f.refusedSignIn(w, err, "error.signin.wrong"); status != 0 {
		return s.renderSignIn(w, r, status, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// refusedSignIn notes why a password was refused, and returns the status to answer with: 0 if
// err is something else.
func (f *form) refusedSignIn(w http.ResponseWriter, err error, wrong string) int {
	switch {
	case errors.Is(err, auth.ErrTooMany):
		w.Header().Set("Retry-After", "900")
		f.Fault("password", "error.signin.many")
		return http.StatusTooManyRequests
	case errors.Is(err, errs.Forbidden):
		f.Fault("password", wrong)
		return http.StatusForbidden
	}
	return 0
}

func (s *Server) renderSignIn(w http.ResponseWriter, r *http.Request, status int, f *form) error {
	p := &signInPage{}
	p.Title = s.printer(r).T("signin.title")
	p.NoIndex = true
	p.Form = f
	return s.render(w, r, status, "signin", p)
}

// signOut takes POST /sign-out.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.auth.SignOut(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// staffOnly leads everybody else to the sign-in page; what they post is refused.
func (s *Server) staffOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case viewer(r).Staff:
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet, r.Method == http.MethodHead:
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		default:
			s.fail(w, r, errs.Refuse(errs.Forbidden, "Sign in first."))
		}
	})
}

// localNext returns where to go after signing in: a page of the staff area, the first one if next
// is anything else. So nobody can be led off this site.
func localNext(next string) string {
	u, err := url.Parse(next)
	inside := err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && u.Opaque == "" &&
		(u.Path == "/staff" || strings.HasPrefix(u.Path, "/staff/")) &&
		path.Clean(u.Path) == u.Path && !strings.ContainsAny(next, "\\\r\n\t")
	if !inside {
		return "/staff"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
