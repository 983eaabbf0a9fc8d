package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/auth"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

const (
	stewardEmail    = "amara@moot.example"
	stewardPassword = "nine green bottles"
)

// visitor is a browser: it keeps its cookie.
type visitor struct {
	*site
	cookie string
}

// get asks for a page.
func (v *visitor) get(path string) *httptest.ResponseRecorder {
	v.t.Helper()
	return v.keep(v.do(http.MethodGet, path, "", "Cookie", v.cookie))
}

// post sends a form of name, value pairs.
func (v *visitor) post(path string, pairs ...string) *httptest.ResponseRecorder {
	v.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	body := values.Encode()
	if body == "" {
		body = "nothing="
	}
	return v.keep(v.do(http.MethodPost, path, body, "Cookie", v.cookie))
}

func (v *visitor) keep(w *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	for _, c := range w.Result().Cookies() {
		v.cookie = c.Name + "=" + c.Value
		if c.MaxAge < 0 {
			v.cookie = ""
		}
	}
	return w
}

// expect checks status and, for redirects, where they lead; of pages, what they say and what not
// (what begins with "!").
func expect(t *testing.T, w *httptest.ResponseRecorder, status int, says ...string) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status = %d, want %d: %.600s", w.Code, status, w.Body)
	}
	if status == http.StatusSeeOther {
		if got := w.Header().Get("Location"); got != says[0] {
			t.Fatalf("Location = %q, want %q", got, says[0])
		}
		return
	}
	for _, s := range says {
		want := !strings.HasPrefix(s, "!")
		if got := strings.Contains(w.Body.String(), strings.TrimPrefix(s, "!")); got != want {
			t.Errorf("page contains %q: %v, want %v", strings.TrimPrefix(s, "!"), got, want)
		}
	}
}

// steward sets an instance up and returns its steward, signed in.
func steward(t *testing.T, db *store.DB) *visitor {
	t.Helper()
	s := emptySite(t, db, siteURL)
	hash, err := auth.HashPassword(stewardPassword)
	s.must(err)
	_, err = s.app.SetUp(s.ctx(), app.SetUp{
		Name: "Housing Voices", Handle: "news", Email: stewardEmail, StewardName: "Amara", PasswordHash: hash,
	})
	s.must(err)
	v := &visitor{site: s}
	expect(t, v.post("/sign-in", "email", stewardEmail, "password", stewardPassword), http.StatusSeeOther, "/staff")
	return v
}

// challengeOf opens a challenge through the form.
func (v *visitor) publish(t *testing.T, more ...string) {
	t.Helper()
	fields := append([]string{
		"do", "publish", "question", "Which bill is it for you?", "title", "Bills", "handle", "bills",
		"respond-by", "2099-02-12", "read-within", "5", "lang", "en",
	}, more...)
	expect(t, v.post("/staff/c/new", fields...), http.StatusSeeOther, "/staff/c/1/launch?done=published")
}

func eachSteward(t *testing.T, f func(t *testing.T, v *visitor)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, db *store.DB) { f(t, steward(t, db)) })
}

// Every address of the staff area, as the router knows them, refuses everybody but staff, whatever
// is behind it: with the sign-in page, or with 403 where something is posted.
func TestStaffAreaIsClosed(t *testing.T) {
	s := sqliteSite(t)
	fill := strings.NewReplacer("{n}", "1", "{code}", "AAAA", "{token}", "x")
	for _, cookie := range []string{"", "folkmoot=made-up"} {
		seen := 0
		err := chi.Walk(s.web.routes().(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
			if !strings.HasPrefix(route, "/staff") {
				return nil
			}
			seen++
			path := strings.TrimSuffix(fill.Replace(route), "/")
			w := s.do(method, path, "do=publish&reason=x&host=x.example&report=1", "Cookie", cookie)
			switch method {
			case http.MethodGet, http.MethodHead:
				expect(t, w, http.StatusSeeOther, "/sign-in?next="+url.QueryEscape(path))
			default:
				expect(t, w, http.StatusForbidden, "!"+canary)
			}
			return nil
		})
		if err != nil || seen < 19 {
			t.Errorf("walked %d routes of the staff area (%v), want all", seen, err)
		}
	}
}

func TestToday(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		expect(t, v.get("/staff"), http.StatusOK, "Hello, Amara. Nothing is waiting.", `data-area="staff"`, "You haven’t asked anything yet.")
		v.publish(t)
		c, err := v.db.Challenge(v.ctx(), policy.Public, 1)
		v.must(err)
		shown := v.answer(c, 1, func(*policy.Contribution) {})
		private := v.answer(c, 2, func(a *policy.Contribution) { a.Visibility = policy.VisibilityDirect })
		w := v.get("/staff")
		expect(t, w, http.StatusOK, "2 answers are waiting", "Private mention", "answer "+private.Code, "answer 1<", "1 private answer.")
		if first, second := strings.Index(w.Body.String(), deskPath(shown)), strings.Index(w.Body.String(), deskPath(private)); first > second {
			t.Error("the older answer stands below the newer one")
		}
		expect(t, v.post(deskPath(shown), "do", "read", "back", "/staff"), http.StatusSeeOther, "/staff?done=read")
		expect(t, v.post(deskPath(private), "do", "read", "back", "/staff"), http.StatusSeeOther, "/staff?done=read")
		expect(t, v.get("/staff?done=read"), http.StatusOK, "Nothing is waiting", "Marked as read.")
		expect(t, v.get("/staff?done=nonsense"), http.StatusOK, "!⟨")
	})
}

// Every page of the staff area, with something on it, has all its sentences and one h1.
func TestStaffPagesAreWhole(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		v.publish(t, "addressed-to", "@council@millbrook.example", "tag", "bills #money")
		c, err := v.db.Challenge(v.ctx(), policy.Public, 1)
		v.must(err)
		a := v.answer(c, 1, func(a *policy.Contribution) { a.Warning = "money" })
		v.must(v.app.Report(v.ctx(), policy.Actor{IRI: "https://x.example/u", Host: "x.example", Handle: "u", Kind: policy.KindPerson}, a.IRI, "rude"))
		v.must(v.app.BlockHost(v.ctx(), v.by, "spam.example", "adverts"))
		expect(t, v.post("/staff/c/new", "do", "draft", "question", "Why?", "title", "Draft", "handle", "draft", "respond-by", "2099-01-01"),
			http.StatusSeeOther, "/staff/c/2/edit?done=draft")
		for _, path := range []string{
			"/staff", "/staff/answers", "/staff/answers?show=unread", "/staff/answers?show=held&c=1", "/staff/answers?show=private",
			"/staff/answers?show=hidden", "/staff/c", "/staff/c/new", "/staff/c/2/edit", "/staff/c/1/launch", "/staff/c/1/proposal",
			deskPath(a), deskPath(a) + "?do=hide", deskPath(a) + "?do=hold", "/staff/p", "/staff/safety", "/staff/servers", "/staff/account",
			"/c/1/poster", "/sign-out",
		} {
			w := v.get(path)
			if path == "/sign-out" {
				expect(t, w, http.StatusMethodNotAllowed)
				continue
			}
			expect(t, w, http.StatusOK, "!⟨", "!<no value>", "!%!")
			if n := strings.Count(w.Body.String(), "<h1"); n != 1 {
				t.Errorf("%s has %d h1, want 1", path, n)
			}
			if path != "/c/1/poster" && !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
				t.Errorf("%s may be cached: %s", path, w.Header().Get("Cache-Control"))
			}
		}
	})
}
