package web

import (
	"net/http"
	"strings"
)

// modeCookie keeps whether somebody wants light or dark pages.
const modeCookie = "mode"

type appearancePage struct{ base }

// appearance shows GET /appearance: light, dark, or as the device is set.
func (s *Server) appearance(w http.ResponseWriter, r *http.Request) error {
	chosen := mode(r)
	if chosen == "" {
		chosen = "auto"
	}
	page := &appearancePage{base{Title: s.printer(r).T("appearance.title"), Path: "/appearance", NoIndex: true}}
	page.Form = newForm("appearance.", "mode", chosen)
	return s.render(w, r, http.StatusOK, "appearance", page)
}

// setAppearance keeps the choice in a cookie for a year; "auto" forgets it.
func (s *Server) setAppearance(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r, "appearance.")
	if err != nil {
		return err
	}
	c := &http.Cookie{ //nolint:gosec // Secure where the address is https
		Name: modeCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(s.cfg.URL, "https://"), MaxAge: -1,
	}
	if m := f.Get("mode"); m == "light" || m == "dark" {
		c.Value, c.MaxAge = m, 365*24*60*60
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, "/appearance", http.StatusSeeOther)
	return nil
}

// mode returns "light", "dark", or nothing for what the device says.
func mode(r *http.Request) string {
	c, err := r.Cookie(modeCookie)
	if err != nil || c.Value != "light" && c.Value != "dark" {
		return ""
	}
	return c.Value
}
