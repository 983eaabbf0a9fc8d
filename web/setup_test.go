package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

func TestFirstRun(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		v := &visitor{site: emptySite(t, db, siteURL)}
		token, err := v.web.auth.NewSetupToken(t.Context())
		v.must(err)
		link := "/setup/" + token

		for _, path := range []string{"/", "/c", "/c/1", "/sign-in", "/staff", "/nowhere"} {
			want := http.StatusServiceUnavailable
			switch path {
			case "/":
				want = http.StatusOK
			case "/nowhere":
				want = http.StatusNotFound
			}
			w := v.get(path)
			if w.Code != want {
				t.Errorf("%s before set-up = %d, want %d", path, w.Code, want)
			}
		}
		expect(t, v.get("/"), http.StatusOK, "This server isn’t set up yet", "the program printed when it started")
		expect(t, v.get("/setup/wrong"), http.StatusNotFound, "Open the one that was printed last", "!receipt")
		expect(t, v.post("/setup/wrong", "name", "x"), http.StatusNotFound)
		expect(t, v.get(link), http.StatusOK, siteURL, "It can never change.", "FOLKMOOT_URL", "!this computer", "!⟨")

		w := v.post(link, "name", "Housing Voices", "handle", "Bad Handle", "email", "no address", "password", "short", "receipts", "reply")
		expect(t, w, http.StatusUnprocessableEntity, "<title>Error: ", `value="Housing Voices"`, `value="Bad Handle"`,
			`href="#f-handle"`, `href="#f-email"`, `href="#f-password"`, `href="#f-steward"`, `!value="short"`, "Check 4 things",
			"“Bad Handle” cannot be a handle", "such as bad_handle.", "!Write the password again")
		if body := w.Body.String(); strings.Index(body, `href="#f-steward"`) > strings.Index(body, `href="#f-email"`) {
			t.Error("the summary of errors is not in the order of the fields")
		}
		// What is not given back is asked for again.
		expect(t, v.post(link, setupForm("name", "")...), http.StatusUnprocessableEntity, "Check 2 things", "Write the password again")
		// A handle that the first steward takes is said where somebody was asked.
		expect(t, v.post(link, setupForm("handle", "steward")...), http.StatusUnprocessableEntity, `href="#f-handle"`)

		expect(t, v.post(link, setupForm()...), http.StatusSeeOther, "/staff/c/new?done=setUp")
		expect(t, v.get("/staff/c/new?done=setUp"), http.StatusOK, "Publish your first challenge", "Publish a challenge")
		expect(t, v.get("/"), http.StatusOK, "Housing Voices", "for people who rent")

		expect(t, v.get(link), http.StatusSeeOther, "/staff")
		expect(t, v.post(link, setupForm()...), http.StatusSeeOther, "/staff") // pressed twice
		fresh := &visitor{site: v.site}
		expect(t, fresh.post("/sign-in", "email", "AMARA@moot.example", "password", stewardPassword), http.StatusSeeOther, "/staff")
	})
}

// setupForm is a form that is filled in well, but for what is changed.
func setupForm(changed ...string) []string {
	f := map[string]string{
		"name": "Housing Voices", "handle": "@news", "strap": "for people who rent", "steward": "Amara",
		"email": stewardEmail, "password": stewardPassword, "receipts": "private",
	}
	for i := 0; i+1 < len(changed); i += 2 {
		f[changed[i]] = changed[i+1]
	}
	var pairs []string
	for k, v := range f {
		pairs = append(pairs, k, v)
	}
	return pairs
}

// Whoever is set up by a command beside the running server is not asked to wait any more.
func TestSetUpBeside(t *testing.T) {
	s := sqliteSite(t)
	expect(t, s.get("/"), http.StatusOK, "Housing Voices")
	token, err := s.web.auth.NewSetupToken(t.Context())
	s.must(err)
	expect(t, s.get("/setup/"+token), http.StatusSeeOther, "/staff")
}

// An address that means this machine is fine for a try, and said to be no more.
func TestLocalAddress(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		v := &visitor{site: emptySite(t, db, "http://example.com")}
		token, err := v.web.auth.NewSetupToken(t.Context())
		v.must(err)
		expect(t, v.get("/setup/"+token), http.StatusOK, "works on this computer only")
		expect(t, v.post("/setup/"+token, setupForm()...), http.StatusSeeOther, "/staff/c/new?done=setUp")
		v.publish(t)
		expect(t, v.get("/staff/c/1/launch"), http.StatusOK, "http://example.com works on this computer only")
	})
}
