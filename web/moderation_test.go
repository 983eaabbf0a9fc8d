package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

func TestDecide(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		v.publish(t)
		c, err := v.db.Challenge(v.ctx(), policy.Public, 1)
		v.must(err)
		public := &visitor{site: v.site}
		a := v.answer(c, 1, func(a *policy.Contribution) { a.HTML = "<p>The wall is black.</p>" })
		desk := deskPath(a)
		expect(t, public.get("/c/1/1"), http.StatusOK, "The wall is black.")

		expect(t, v.get(desk+"?do=hold&back=/staff"), http.StatusOK, "Hold this answer?", `name="back" value="/staff"`)
		expect(t, v.post(desk, "do", "hold", "reason", "  ", "back", "/staff"), http.StatusUnprocessableEntity, "Error: ", `href="#f-reason"`, "Hold this answer?")
		long := strings.Repeat("too long ", 80)
		expect(t, v.post(desk, "do", "hold", "reason", long, "back", "/staff"), http.StatusUnprocessableEntity, strings.TrimSpace(long))
		expect(t, public.get("/c/1/1"), http.StatusOK, "The wall is black.")
		expect(t, v.post(desk, "do", "hold", "reason", "Names a child.", "back", "/staff"), http.StatusSeeOther, "/staff?done=hold")
		expect(t, public.get("/c/1/1"), http.StatusNotFound, "!The wall is black.")
		expect(t, public.get("/c/1"), http.StatusOK, "!The wall is black.")
		expect(t, v.get("/staff/answers?show=held"), http.StatusOK, "The wall is black.", "Names a child.")

		expect(t, v.post(desk, "do", "show", "back", "/staff/answers?show=held"), http.StatusSeeOther, "/staff/answers?done=show&show=held")
		expect(t, public.get("/c/1/1"), http.StatusOK, "The wall is black.")
		expect(t, v.post(desk, "do", "feature"), http.StatusSeeOther, "/staff?done=feature")
		expect(t, v.post(desk, "do", "hide", "reason", "House rule 3."), http.StatusSeeOther, "/staff?done=hide")
		expect(t, public.get("/c/1/1"), http.StatusOK, "!The wall is black.", "House rule 3.")
		expect(t, v.get("/staff/answers?show=hidden"), http.StatusOK, "The wall is black.")
		expect(t, v.post(desk, "do", "erase"), http.StatusBadRequest)
		expect(t, v.post(desk, "do", "read", "back", "https://evil.example/"), http.StatusSeeOther, "/staff?done=read")
	})
}

// A rule that says no is said on the page, beside what was typed.
func TestDecideRefused(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		v.publish(t)
		c, err := v.db.Challenge(v.ctx(), policy.Public, 1)
		v.must(err)
		private := v.answer(c, 1, func(a *policy.Contribution) { a.Visibility = policy.VisibilityFollowers })
		w := v.post(deskPath(private), "do", "show", "reason", "typed")
		expect(t, w, http.StatusForbidden, "alert bad")
		quiet := v.answer(c, 2, func(a *policy.Contribution) { a.Visibility = policy.VisibilityUnlisted })
		expect(t, v.post(deskPath(quiet), "do", "feature"), http.StatusConflict, "alert bad")
		expect(t, v.post(deskPath(private)+"X", "do", "read"), http.StatusNotFound)
		expect(t, v.post(strings.Replace(deskPath(private), "/c/1/", "/c/2/", 1), "do", "read"), http.StatusNotFound)
	})
}

func TestDeskPages(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		v.publish(t)
		c, err := v.db.Challenge(v.ctx(), policy.Public, 1)
		v.must(err)
		for n := range deskPerPage + 1 {
			v.answer(c, n, func(*policy.Contribution) {})
		}
		w := v.get("/staff/answers?show=unread&c=1")
		expect(t, w, http.StatusOK, "Answer of person 0:", `rel="next"`)
		_, rest, _ := strings.Cut(w.Body.String(), `<a class="btn two" href="`)
		next, _, _ := strings.Cut(rest, `"`)
		w = v.get(strings.ReplaceAll(next, "&amp;", "&"))
		expect(t, w, http.StatusOK, "!Answer of person 0:", "!"+`rel="next"`)
		if n := strings.Count(w.Body.String(), `<article class="q"`); n != 1 {
			t.Errorf("second page has %d answers, want 1", n)
		}
		expect(t, v.get("/staff/answers?show=all&after=1/ZZZZ"), http.StatusNotFound)
		expect(t, v.get("/staff/answers?show=odd"), http.StatusNotFound)
		expect(t, v.get("/staff/answers?c=x"), http.StatusNotFound)
	})
}

func TestSafety(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		v.publish(t)
		c, err := v.db.Challenge(v.ctx(), policy.Public, 1)
		v.must(err)
		a := v.answer(c, 1, func(*policy.Contribution) {})
		who := policy.Actor{IRI: "https://x.example/u", Host: "x.example", Handle: "u", Kind: policy.KindPerson, State: policy.ActorActive}
		v.must(v.app.Report(v.ctx(), who, a.IRI, "This is <b>rude</b>"))
		w := v.get("/staff/safety")
		expect(t, w, http.StatusOK, "This is rude", "@u@x.example", "Answer of person 1:", "Hide…")
		reports, err := v.db.Reports(v.ctx(), policy.Viewer{Staff: true}, store.Page{Limit: 5})
		v.must(err)
		if len(reports) != 1 {
			t.Fatalf("%d reports, want 1", len(reports))
		}
		_, rest, _ := strings.Cut(w.Body.String(), `name="report" value="`)
		id, _, _ := strings.Cut(rest, `"`)
		expect(t, v.post("/staff/safety", "report", "nonsense"), http.StatusBadRequest)
		expect(t, v.post("/staff/safety", "report", id), http.StatusSeeOther, "/staff/safety?done=report")
		expect(t, v.get("/staff/safety?done=report"), http.StatusOK, "No reports.", "Report closed.")
	})
}

func TestServers(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		expect(t, v.get("/staff/servers"), http.StatusOK, "Federation is working", "No server is blocked.")
		expect(t, v.post("/staff/servers", "do", "block", "host", "https://spam.example/x"), http.StatusUnprocessableEntity,
			`href="#f-host"`, `href="#f-reason"`, `value="https://spam.example/x"`)
		expect(t, v.post("/staff/servers", "do", "block", "host", "Spam.example", "reason", "1,900 adverts"), http.StatusSeeOther, "/staff/servers?done=block")
		expect(t, v.get("/staff/servers?host=spam.example"), http.StatusOK, "spam.example", "1,900 adverts", "Amara", `value="spam.example"`)
		expect(t, v.post("/staff/servers", "do", "unblock", "host", "other.example"), http.StatusNotFound, "is not blocked", `value="other.example"`)
		expect(t, v.post("/staff/servers", "do", "unblock", "host", "spam.example"), http.StatusSeeOther, "/staff/servers?done=unblock")
		expect(t, v.get("/staff/servers"), http.StatusOK, "No server is blocked.")
		expect(t, v.post("/staff/servers", "do", "x"), http.StatusBadRequest)
	})
}

// The public log says that something was done about an answer that is not public, and no more: a
// reason can tell what the answer said.
func TestLogKeepsPrivateReasons(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		v.publish(t)
		c, err := v.db.Challenge(v.ctx(), policy.Public, 1)
		v.must(err)
		private := v.answer(c, 1, func(a *policy.Contribution) { a.Visibility = policy.VisibilityDirect })
		shown := v.answer(c, 2, func(*policy.Contribution) {})
		_, err = v.app.Read(v.ctx(), v.by, private.ID, "tells of a child in danger")
		v.must(err)
		_, err = v.app.Hide(v.ctx(), v.by, shown.ID, "It names a neighbour.")
		v.must(err)
		held := v.answer(c, 3, func(*policy.Contribution) {})
		_, err = v.app.Hold(v.ctx(), v.by, held.ID, "says where she lives")
		v.must(err)
		public := &visitor{site: v.site}
		expect(t, public.get("/c/1/log"), http.StatusOK, "It names a neighbour.", "!tells of a child in danger", "!"+private.Code, "!says where she lives")
		_, err = v.app.Show(v.ctx(), v.by, held.ID, "")
		v.must(err)
		expect(t, public.get("/c/1/log"), http.StatusOK, "says where she lives")
	})
}
