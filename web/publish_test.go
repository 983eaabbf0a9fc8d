package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/internal/policy"
)

func TestPublish(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		expect(t, v.get("/staff/c/new"), http.StatusOK, "How it will look in Mastodon", "Before you publish", "End your question in a question mark")

		w := v.post("/staff/c/new", "do", "preview", "question", "Which bill?", "title", "Bills", "summary", "We want to know.")
		expect(t, w, http.StatusOK, "<strong>Bills</strong>", "<p>We want to know.</p>", "It’s a question, and it ends in a question mark",
			"Say by when", "!Error: ", "!alert bad")
		expect(t, v.get("/c/1"), http.StatusNotFound)

		w = v.post("/staff/c/new", "do", "publish", "question", "Which bill?", "title", "", "handle", "Bad Handle",
			"respond-by", "soon", "reach", "parents <b>working</b> nights", "hold", "yes", "read-within", "10", "lang", "cy")
		expect(t, w, http.StatusUnprocessableEntity, "Error: ", `href="#f-title"`, `href="#f-handle"`, `href="#f-respond-by"`,
			"“soon” is not a day", "parents &lt;b&gt;working&lt;/b&gt; nights", `value="yes" checked`,
			`<option value="10" selected>`, `<option value="cy" selected>`, `value="Bad Handle"`)

		v.publish(t, "tag", "bills money", "can-change", "which we raise first", "background", "It is **hard**.")
		expect(t, v.get("/staff/c/1/launch?done=published"), http.StatusOK, siteURL+"/c/1/opening", "@bills@example.com", "#bills #money",
			"0 followers yet", "It’s published.", "/c/1/poster.svg")
		expect(t, (&visitor{site: v.site}).get("/c/1"), http.StatusOK, "Which bill is it for you?", "which we raise first", "<strong>hard</strong>")
		expect(t, v.get("/staff/c/1/edit"), http.StatusConflict)
		expect(t, v.post("/staff/c/1/edit", "do", "draft", "question", "Another?"), http.StatusConflict)
		expect(t, v.get("/staff/c/9/launch"), http.StatusNotFound)

		w = v.post("/staff/c/new", "do", "publish", "question", "Which?", "title", "Bills", "handle", "bills", "respond-by", "2099-01-01")
		expect(t, w, http.StatusUnprocessableEntity, "is taken")
	})
}

func TestDraft(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		draft := []string{"do", "draft", "question", "Which?", "title", "First title", "handle", "bills", "respond-by", "2099-01-01",
			"closes", "2098-01-01", "addressed-to", "@a@one.example\n@b@two.example"}
		expect(t, v.post("/staff/c/new", draft...), http.StatusSeeOther, "/staff/c/1/edit?done=draft")
		public := &visitor{site: v.site}
		expect(t, public.get("/c/1"), http.StatusNotFound)
		expect(t, public.get("/c/1/poster"), http.StatusNotFound)
		expect(t, public.get("/c/1/poster.svg"), http.StatusNotFound)
		expect(t, v.get("/staff/c/1/launch"), http.StatusSeeOther, "/staff/c/1/edit")
		expect(t, v.get("/staff/c/1/edit?done=draft"), http.StatusOK, "Draft saved", `value="First title"`, `value="2099-01-01"`, `value="2098-01-01"`,
			"@a@one.example\n@b@two.example", "@bills@example.com")

		edited := []string{"question", "Which bill?", "title", "Second title", "handle", "other", "respond-by", "2099-03-01", "addressed-to", "@b@two.example"}
		expect(t, v.post("/staff/c/1/edit", append(edited, "do", "draft")...), http.StatusSeeOther, "/staff/c/1/edit?done=draft")
		w := v.post("/staff/c/1/edit", append(edited, "do", "publish", "closes", "2099-04-01")...)
		expect(t, w, http.StatusUnprocessableEntity, `href="#f-respond-by"`, `value="2099-04-01"`)
		expect(t, v.post("/staff/c/1/edit", append(edited, "do", "publish")...), http.StatusSeeOther, "/staff/c/1/launch?done=published")

		c, err := v.db.Challenge(t.Context(), policy.Public, 1)
		v.must(err)
		if c.Title != "Second title" || c.Actor.Name != "Second title" || c.Actor.Handle != "bills" || !c.Closes.IsZero() {
			t.Errorf("opened with title %q, actor %q @%s, closes %v", c.Title, c.Actor.Name, c.Actor.Handle, c.Closes)
		}
		if len(c.AddressedTo) != 1 || c.AddressedTo[0].Given != "@b@two.example" {
			t.Errorf("addressed to %v, want @b@two.example alone", c.AddressedTo)
		}
		if len(c.Stages) != 1 || c.Stages[0].State != policy.StageRunning || !c.Stages[0].Closes.IsZero() {
			t.Errorf("stages = %+v, want one that runs without end", c.Stages)
		}
	})
}

func TestPublishProposal(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		v.publish(t)
		expect(t, v.get("/staff/c/1/proposal"), http.StatusOK, "Publish a proposal")
		expect(t, v.post("/staff/c/1/proposal", "do", "preview", "text", "## Six *safe* months\n\n<script>x</script>"), http.StatusOK,
			"Six <em>safe</em> months", "!<script>x")
		expect(t, v.post("/staff/c/1/proposal", "do", "publish", "title", "Five changes", "text", "typed"), http.StatusUnprocessableEntity,
			`href="#f-summary"`, `value="Five changes"`, ">typed</textarea>")
		expect(t, v.post("/staff/c/1/proposal", "do", "publish", "title", "Five changes", "summary", "Safer.", "text", "Text."),
			http.StatusSeeOther, "/p/1")
		expect(t, v.get("/p/1"), http.StatusOK, "Five changes")
		expect(t, v.get("/staff/p"), http.StatusOK, "Five changes", "/staff/c/1/proposal")
		expect(t, v.post("/staff/c/9/proposal", "do", "publish", "title", "x", "summary", "x", "text", "x"), http.StatusNotFound)
	})
}

func TestPoster(t *testing.T) {
	eachSteward(t, func(t *testing.T, v *visitor) {
		v.publish(t)
		expect(t, v.get("/c/1/poster"), http.StatusOK, "Which bill is it for you?", "example.com/c/1", "@bills@example.com")
		w := v.get("/c/1/poster.svg")
		expect(t, w, http.StatusOK, "<svg ", "<path ", "!<script", "!style=")
		if got := w.Header().Get("Content-Type"); got != "image/svg+xml" {
			t.Errorf("Content-Type = %s", got)
		}
	})
}

// The three finder patterns stand where readers look for them: 7 modules wide, after 4 of quiet.
func TestQRCode(t *testing.T) {
	svg, err := qrCode("https://example.com/c/12")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(svg, `viewBox="0 0 33 33"`) {
		t.Errorf("size of %.120s, want 25 modules and 8 of quiet", svg)
	}
	for _, run := range []string{"M4 4h7v1h-7z", "M22 4h7v1h-7z", "M4 22h7v1h-7z", "M4 10h7v1h-7z"} {
		if !strings.Contains(svg, run) {
			t.Errorf("no %s", run)
		}
	}
}
