package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

const (
	email    = "amara@moot.example"
	password = "nine green bottles"
)

// site is a tiny program around Auth: what it answers is what Auth said.
type site struct {
	*Auth
	db    *store.DB
	actor policy.ID
}

func newSite(t *testing.T, db *store.DB) *site {
	t.Helper()
	hash, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Auth: New(db, true), db: db}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		a := &policy.Actor{
			IRI: "https://moot.example/@amara", Kind: policy.KindPerson, Local: true,
			Host: "moot.example", Handle: "amara", Name: "Amara", State: policy.ActorActive,
		}
		if err := tx.AddActor(t.Context(), a); err != nil {
			return err
		}
		s.actor = a.ID
		return tx.AddAccount(t.Context(), &policy.Account{
			Actor: a.ID, Email: email, PasswordHash: hash, Role: policy.RoleSteward,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ServeHTTP does what the path says and answers with who is looking.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		switch ctx := r.Context(); r.URL.Path {
		case "/in":
			err = s.SignIn(ctx, r, r.FormValue("email"), r.FormValue("password"))
		case "/as":
			err = s.SignInAs(ctx, s.actor)
		case "/out":
			err = s.SignOut(ctx)
		case "/change":
			err = s.ChangePassword(ctx, r, r.FormValue("old"), r.FormValue("new"))
		}
		switch {
		case errors.Is(err, ErrTooMany):
			w.WriteHeader(http.StatusTooManyRequests)
		case err != nil:
			w.WriteHeader(errs.Status(err))
			_, _ = w.Write([]byte(err.Error()))
		default:
			_, _ = w.Write([]byte(s.Viewer(r.Context()).Name))
		}
	})).ServeHTTP(w, r)
}

// do sends a request with a cookie, empty for none, from an address.
func (s *site) do(path, cookie, from string, form ...string) *httptest.ResponseRecorder {
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = from + ":4000"
	if cookie != "" {
		r.Header.Set("Cookie", "folkmoot="+cookie)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// signIn signs in and returns the cookie's value.
func (s *site) signIn(t *testing.T, cookie, pass string) string {
	t.Helper()
	w := s.do("/in", cookie, "192.0.2.1", "email", email, "password", pass)
	if w.Code != http.StatusOK {
		t.Fatalf("sign-in = %d %s, want 200", w.Code, w.Body)
	}
	return w.Result().Cookies()[0].Value
}

func (s *site) who(cookie string) string {
	return s.do("/who", cookie, "192.0.2.1").Body.String()
}

func TestSignIn(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		w := s.do("/in", "", "192.0.2.1", "email", "  AMARA@moot.example ", "password", password)
		if w.Code != http.StatusOK {
			t.Fatalf("sign-in = %d %s, want 200", w.Code, w.Body)
		}
		c := w.Result().Cookies()[0]
		if c.Name != "folkmoot" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.Path != "/" {
			t.Errorf("cookie = %v, want folkmoot, HttpOnly, Secure, SameSite=Lax, no Domain", c)
		}
		if got := s.who(c.Value); got != "Amara" {
			t.Errorf("viewer = %q, want Amara", got)
		}
		if _, ok, err := db.Session(t.Context(), c.Value); err != nil || ok {
			t.Errorf("the token itself is stored (%v, %v), want only its hash", ok, err)
		}
		if again := s.signIn(t, c.Value, password); again == c.Value {
			t.Error("signing in again kept the token")
		}
		if got := s.who(c.Value); got != "" {
			t.Errorf("viewer with the token from before = %q, want nobody", got)
		}
	})
}

func TestAnonymousGetNoCookie(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		for _, cookie := range []string{"", "made-up", strings.Repeat("x", 4000), "%00", `a"b`} {
			w := s.do("/who", cookie, "192.0.2.1")
			if w.Code != http.StatusOK || w.Body.String() != "" || len(w.Result().Cookies()) != 0 {
				t.Errorf("with cookie %.10q: %d, viewer %q, cookies %v", cookie, w.Code, w.Body, w.Result().Cookies())
			}
		}
	})
}

func TestWrongAnswersAreAlike(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		disable(t, db, "off@moot.example", password)
		var first string
		for _, in := range [][2]string{{email, "wrong"}, {email, ""}, {"nobody@moot.example", password}, {"off@moot.example", password}} {
			w := s.do("/in", "", "192.0.2.1", "email", in[0], "password", in[1])
			if w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
				t.Errorf("sign-in as %s = %d, cookies %v, want 403 and none", in[0], w.Code, w.Result().Cookies())
			}
			if first == "" {
				first = w.Body.String()
			}
			if w.Body.String() != first {
				t.Errorf("sign-in as %s says %q, another said %q", in[0], w.Body, first)
			}
		}
	})
}

// A session of an account that is disabled, however it came about, is nobody's.
func TestDisabledAccountIsThePublic(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		disable(t, db, "off@moot.example", password)
		account, _, err := db.AccountByEmail(t.Context(), "off@moot.example")
		if err != nil {
			t.Fatal(err)
		}
		s.actor = account.Actor
		w := s.do("/as", "", "192.0.2.1")
		if w.Code != http.StatusOK {
			t.Fatalf("session = %d %s", w.Code, w.Body)
		}
		if got := s.who(w.Result().Cookies()[0].Value); got != "" {
			t.Errorf("viewer = %q, want nobody", got)
		}
	})
}

// disable adds an account that may not sign in any more.
func disable(t *testing.T, db *store.DB, mail, pass string) {
	t.Helper()
	hash, err := HashPassword(pass)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		a := &policy.Actor{
			IRI: "https://moot.example/@off", Kind: policy.KindPerson, Local: true,
			Host: "moot.example", Handle: "off", State: policy.ActorActive,
		}
		if err := tx.AddActor(t.Context(), a); err != nil {
			return err
		}
		return tx.AddAccount(t.Context(), &policy.Account{
			Actor: a.ID, Email: mail, PasswordHash: hash, Role: policy.RoleSteward, Disabled: true,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSignOutEndsItsOwnSession(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		one, two := s.signIn(t, "", password), s.signIn(t, "", password)
		w := s.do("/out", one, "192.0.2.1")
		if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
			t.Errorf("sign-out set %v, want the cookie removed", c)
		}
		if s.who(one) != "" || s.who(two) != "Amara" {
			t.Errorf("after sign-out of the first: %q, %q, want nobody and Amara", s.who(one), s.who(two))
		}
	})
}

func TestChangePasswordEndsAllSessions(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		one, two := s.signIn(t, "", password), s.signIn(t, "", password)
		for _, tt := range []struct {
			name, cookie, old, fresh string
			want                     int
		}{
			{"wrong old one", one, "wrong", "a fresh new password", http.StatusForbidden},
			{"too short", one, password, "nine char", http.StatusBadRequest},
			{"not signed in", "", password, "a fresh new password", http.StatusNotFound},
		} {
			if w := s.do("/change", tt.cookie, "192.0.2.1", "old", tt.old, "new", tt.fresh); w.Code != tt.want {
				t.Errorf("%s: %d %s, want %d", tt.name, w.Code, w.Body, tt.want)
			}
		}
		w := s.do("/change", one, "192.0.2.1", "old", password, "new", "a fresh new password")
		if w.Code != http.StatusOK {
			t.Fatalf("change = %d %s", w.Code, w.Body)
		}
		if s.who(one) != "" || s.who(two) != "" {
			t.Errorf("old sessions are %q and %q, want ended", s.who(one), s.who(two))
		}
		if got := s.who(w.Result().Cookies()[0].Value); got != "Amara" {
			t.Errorf("the session that changed it is %q, want Amara", got)
		}
		s.signIn(t, "", "a fresh new password")
	})
}

// A session that was begun with the old password while it was changed is stored after the end of
// all sessions; it must be worthless all the same.
func TestSessionOfAnOldPassword(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		account, _, err := db.AccountByEmail(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		ctx, err := s.sessions.Load(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.start(ctx, account); err != nil {
			t.Fatal(err)
		}
		hash, err := HashPassword("a fresh new password")
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error { return tx.SetPassword(ctx, s.actor, hash) })
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := s.sessions.Commit(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.who(token); got != "" {
			t.Errorf("viewer = %q, want nobody", got)
		}
	})
}

func TestTooManyTries(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		now := time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC)
		s.now = func() time.Time { return now }
		// Ten different networks against one account.
		for i := range maxTries {
			s.do("/in", "", fmt.Sprintf("192.0.%d.1", i), "email", email, "password", "wrong")
		}
		if w := s.do("/in", "", "198.51.100.1", "email", email, "password", password); w.Code != http.StatusTooManyRequests {
			t.Errorf("11th try at an account = %d, want 429, whatever the password", w.Code)
		}
		now = now.Add(triesIn)
		s.signIn(t, "", password)
		// One network against ten accounts.
		for i := range maxTries {
			s.do("/in", "", fmt.Sprintf("203.0.113.%d", i), "email", fmt.Sprintf("n%d@moot.example", i), "password", "wrong")
		}
		if w := s.do("/in", "", "203.0.113.99", "email", email, "password", password); w.Code != http.StatusTooManyRequests {
			t.Errorf("11th try from a network = %d, want 429", w.Code)
		}
		if w := s.do("/in", "", "203.0.114.1", "email", email, "password", password); w.Code != http.StatusOK {
			t.Errorf("try from the next network = %d, want 200", w.Code)
		}
	})
}

func TestSuccessIsNotCounted(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		for range maxTries + 2 {
			s.signIn(t, "", password)
		}
	})
}

func TestSetupToken(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		a := New(db, false)
		check := func(token string, want bool) {
			t.Helper()
			if got, err := a.CheckSetupToken(t.Context(), token); err != nil || got != want {
				t.Errorf("CheckSetupToken(%q) = %v, %v, want %v", token, got, err, want)
			}
		}
		check("", false)
		token, err := a.NewSetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(token) != 43 {
			t.Errorf("token has %d characters, want 43 (256 bits)", len(token))
		}
		stored, err := db.SetupToken(t.Context())
		if err != nil || stored == token || stored == "" {
			t.Errorf("stored is %q (%v), want a hash of the token", stored, err)
		}
		check(token, true)
		check("", false)
		check(stored, false)
		check(token+"x", false)
		fresh, err := a.NewSetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(token, false)
		check(fresh, true)
		err = db.Write(t.Context(), func(tx *store.Tx) error { return tx.SetSetupToken(t.Context(), "") })
		if err != nil {
			t.Fatal(err)
		}
		check(fresh, false)
	})
}

func TestViewerWithoutMiddleware(t *testing.T) {
	if v := new(Auth).Viewer(context.Background()); v != policy.Public {
		t.Errorf("viewer = %v, want the public", v)
	}
}
