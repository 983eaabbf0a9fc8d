package web

import (
	"net/http"
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
		expect(t, v.get("/setup/wrong"), http.StatusNotFound)
		expect(t, v.post("/setup/wrong", "name", "x"), http.StatusNotFound)
		expect(t, v.get(link), http.StatusOK, siteURL, "It can never change.", "FOLKMOOT_URL", "!⟨")

		w := v.post(link, "name", "Housing Voices", "handle", "Bad Handle", "email", "no address", "password", "short", "receipts", "reply")
		expect(t, w, http.StatusUnprocessableEntity, "<title>Error: ", `value="Housing Voices"`, `value="Bad Handle"`,
			`href="#f-handle"`, `href="#f-email"`, `href="#f-password"`, `href="#f-steward"`, `!value="short"`, "Check 4 things")
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
