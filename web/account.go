package web

import (
	"net/http"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// accountPage is where staff change their password.
type accountPage struct {
	base
	Done  string
	Email string
	Role  policy.Role
}

// account shows GET /staff/account.
func (s *Server) account(w http.ResponseWriter, r *http.Request) error {
	return s.renderAccount(w, r, http.StatusOK, newForm("form.account."))
}

// changePassword takes POST /staff/account.
func (s *Server) changePassword(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r, "form.account.")
	if err != nil {
		return err
	}
	if faults := policy.CheckPassword(f.Raw("password")); len(faults) > 0 {
		f.Errors = append(f.Errors, faults...)
		return s.renderAccount(w, r, http.StatusUnprocessableEntity, f)
	}
	err = s.auth.ChangePassword(r.Context(), r, f.Raw("old"), f.Raw("password"))
	if status := f.refusedSignIn(w, err, "error.old.wrong"); status != 0 {
		f.Errors[len(f.Errors)-1].Field = "old"
		return s.renderAccount(w, r, status, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/staff/account?done=password", http.StatusSeeOther)
	return nil
}

func (s *Server) renderAccount(w http.ResponseWriter, r *http.Request, status int, f *form) error {
	account, _, err := s.db.Account(r.Context(), viewer(r).Actor)
	if err != nil {
		return err
	}
	p := &accountPage{Done: done(r), Email: account.Email, Role: account.Role}
	p.Title, p.Staff = s.printer(r).T("account.title"), true
	p.Form = f
	return s.render(w, r, status, "account", p)
}
