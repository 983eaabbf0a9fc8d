package web

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// openingQuery is the opening of the first challenge as a value of a query.
const openingQuery = "https%3A%2F%2Fexample.com%2Fc%2F1%2Fopening"

// publicPages are addresses of every page that the public can see, with their status.
var publicPages = map[string]int{
	"/": 200, "/c": 200, "/c?before=2": 200, "/c/1": 200, "/c/1?order=quiet": 200, "/c/1?after=40": 200,
	"/c/1?after=40&order=quiet": 200, "/c/2": 200,
	"/c/1/1": 200, "/c/1/2": 200, "/c/1/4": 200, "/c/1/6": 200, "/c/1/7": 200, "/c/1/8": 200,
	"/c/1/10": 410, "/c/1/11": 200, "/c/1/log": 200, "/c/1/log?after=1": 200,
	"/p": 200, "/p?after=1": 200, "/p/1": 200, "/p/1/v/1": 200, "/@ada": 200,
	"/reply?to=" + openingQuery:                            200,
	"/reply?to=" + openingQuery + "&acct=mastodon.example": 200,
	"/reply?to=" + openingQuery + "&acct=plain.example":    200,
	"/reply?to=" + openingQuery + "&acct=hostile.example":  200,
	"/reply?to=" + openingQuery + "&acct=mastodon.socail":  400,
	"/reply?to=" + openingQuery + "&acct=not+a+server":     400,
	"/reply?to=" + openingQuery + "&acct=":                 400,
	"/reply?to=https%3A%2F%2Fexample.com%2Fp%2F1":          200,
	"/public": 200, "/rules": 200, "/data": 200, "/accessibility": 200, "/appearance": 200, "/sign-in": 200,
	"/nope": 404, "/c/3": 404, "/c/99": 404, "/c/01": 404, "/c/-1": 404, "/c/1/71": 404, "/c/1/999": 404,
	"/c/1?after=999": 404, "/c/1?order=likes": 404, "/p/9": 404, "/p/1/v/2": 404, "/@nobody": 404,
	"/reply": 404, "/reply?to=https%3A%2F%2Fevil.example%2Fx": 404,
}

func TestPublicPages(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		for path, status := range publicPages {
			w := s.get(path)
			if w.Code != status {
				t.Errorf("GET %s = %d, want %d", path, w.Code, status)
			}
			if ct := w.Header().Get("Content-Type"); ct != "text/html; charset=utf-8" {
				t.Errorf("GET %s is %s", path, ct)
			}
			checkPage(t, path, w.Body.String())
		}
	})
}

// TestReading asks for pages of one filled instance.
func TestReading(t *testing.T) {
	s := sqliteSite(t)
	for name, f := range map[string]func(*testing.T, *site){
		"canary": showsNoCanary, "challenge": challengePageTest, "paging": paging, "tombstones": tombstones,
		"late": oldPromisesAreLate, "feeds": feeds, "redirects": redirects, "headers": headers, "hosts": hosts,
		"paths": paths, "methods": methods, "crossSite": crossSite, "etag": etag, "accept": accept,
		"appearance": appearance, "static": staticTest,
	} {
		t.Run(name, func(t *testing.T) { s := *s; s.t = t; f(t, &s) })
	}
}

// showsNoCanary asks for every route of the router, and every public page, as the public does: none
// may show what is private, held, deleted, hidden or a draft, in body or header.
func showsNoCanary(t *testing.T, s *site) {
	paths := []string{"/c/1/feed", "/c/3/feed", "/feed", "/c/3/log", "/c/3/opening", "/@secret"}
	for path := range publicPages {
		paths = append(paths, path)
	}
	for n := 60; n < 75; n++ {
		paths = append(paths, fmt.Sprintf("/c/1/%d", n))
	}
	routes, ok := s.h.(chi.Routes)
	if !ok {
		t.Fatal("the handler is no router")
	}
	fill := strings.NewReplacer("{n}", "1", "{k}", "1", "{v}", "1", "{code}", "3F7K", "{handle}", "ada",
		"{file}", "x.css", "{token}", "x", "*", "x")
	known := 0
	err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		known++
		if method == http.MethodGet {
			paths = append(paths, fill.Replace(route))
		}
		return nil
	})
	if err != nil || known < 30 {
		t.Fatalf("%d routes, %v", known, err)
	}
	for _, path := range paths {
		w := s.get(path)
		if strings.Contains(w.Body.String(), canary) || strings.Contains(fmt.Sprint(w.Header()), canary) {
			t.Errorf("GET %s shows the canary", path)
		}
		if w.Code >= 500 {
			t.Errorf("GET %s = %d", path, w.Code)
		}
	}
}

// checkPage checks what every page must be: one h1, headings that skip no level, labels for all
// fields, no style attributes, no words of the program where sentences belong.
func checkPage(t *testing.T, path, body string) {
	t.Helper()
	if strings.Contains(body, "⟨") || strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "&lt;nil&gt;") {
		t.Errorf("%s: has a sentence or value that is missing", path)
	}
	if strings.Contains(body, "<script>") {
		t.Errorf("%s: has an inline script", path)
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var headings []int
	ids, labels := map[string]int{}, map[string]bool{}
	var fields, refers []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
				t.Errorf("%s: <%s> has %s", path, n.Data, a.Key)
			}
		}
		if id := attr["id"]; id != "" {
			ids[id]++
		}
		refers = append(refers, strings.Fields(attr["aria-labelledby"]+" "+attr["aria-describedby"])...)
		switch n.Data {
		case "h1", "h2", "h3", "h4", "h5", "h6":
			headings = append(headings, int(n.Data[1]-'0'))
		case "label":
			labels[attr["for"]] = true
		case "input", "textarea", "select":
			if attr["type"] != "hidden" {
				fields = append(fields, attr["id"])
			}
		case "img":
			if _, ok := attr["alt"]; !ok || !strings.HasPrefix(attr["src"], "/") {
				t.Errorf("%s: picture %s without alt, or from elsewhere", path, attr["src"])
			}
		case "html":
			if attr["lang"] == "" || attr["dir"] == "" {
				t.Errorf("%s: no language", path)
			}
		}
	}
	if slices.Index(headings, 1) != 0 || slices.Index(headings[1:], 1) >= 0 {
		t.Errorf("%s: headings %v: want one h1, first", path, headings)
	}
	for i := 1; i < len(headings); i++ {
		if headings[i] > headings[i-1]+1 {
			t.Errorf("%s: headings %v skip a level", path, headings)
			break
		}
	}
	for _, id := range fields {
		if id == "" || !labels[id] {
			t.Errorf("%s: field %q has no label", path, id)
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: id %q %d times", path, id, n)
		}
	}
	for _, id := range refers {
		if ids[id] == 0 {
			t.Errorf("%s: refers to id %q, which is not there", path, id)
		}
	}
}

func challengePageTest(t *testing.T, s *site) {
	body := s.get("/c/1").Body.String()
	for _, want := range []string{
		"69 answers</h2>", "from 5 servers", "No account found", "Not stated.", "5 days left",
		`value="https://example.com/c/1/opening"`, `name="to" value="https://example.com/c/1/opening"`,
		"In answer to", "1 of 69", "@damp@example.com",
		`<link rel="alternate" type="application/activity+json" href="https://example.com/c/1">`,
		`<meta name="fediverse:creator" content="@damp@example.com">`,
		`<link rel="alternate" type="application/atom+xml" href="/c/1/feed"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	older := s.get("/c/1?after=19").Body.String()
	for _, want := range []string{
		`dir="rtl" lang="ar"`, `lang="cy"`, "Content warning: <bdi>a child in hospital", "no description given",
		"Bar chart of 64 homes", "Lived experience", "Read by a person", `href="/c/1/1">Answer 1</a>`,
		"&lt;img src=x onerror=alert(1)&gt;", "Read it all",
	} {
		if !strings.Contains(older, want) {
			t.Errorf("the second page lacks %q", want)
		}
	}
}

// paging walks all pages in both orders: each answer is there exactly once.
func paging(t *testing.T, s *site) {
	for _, start := range []string{"/c/1", "/c/1?order=quiet"} {
		seen := map[string]int{}
		pages := 0
		for path := start; path != ""; pages++ {
			body := s.get(path).Body.String()
			for _, part := range strings.Split(body, `<article class="post" id="a`)[1:] {
				n, _, _ := strings.Cut(part, `"`)
				seen[n]++
			}
			path = ""
			if _, after, ok := strings.Cut(body, `<a class="btn two" href="`+"/c/1?after="); ok {
				next, _, _ := strings.Cut(after, `"`)
				path = "/c/1?after=" + html.UnescapeString(strings.TrimSuffix(next, "#answers"))
			}
		}
		if len(seen) != 69 || pages != 2 {
			t.Errorf("%s: %d answers on %d pages, want 69 on 2", start, len(seen), pages)
		}
		for n, times := range seen {
			if times != 1 {
				t.Errorf("%s: answer %s is there %d times", start, n, times)
			}
		}
	}
}

func tombstones(t *testing.T, s *site) {
	deleted := s.get("/c/1/10")
	if body := deleted.Body.String(); deleted.Code != http.StatusGone || !strings.Contains(body, "Answer 10 was deleted by its author") {
		t.Errorf("deleted answer: %d %s", deleted.Code, body)
	}
	hidden := s.get("/c/1/11").Body.String()
	for _, want := range []string{"Answer 11 is hidden", "It names a private person (house rule 3).", "/rules#appeal"} {
		if !strings.Contains(hidden, want) {
			t.Errorf("hidden answer lacks %q", want)
		}
	}
}

func oldPromisesAreLate(t *testing.T, s *site) {
	now := s.web.now
	defer func() { s.web.now = now }()
	s.web.now = func() time.Time { return now().AddDate(0, 4, 0) }
	body := s.get("/c/1").Body.String()
	for _, want := range []string{"Our answer is late.", "This challenge closed on", "We’ve read 1 of 69 answers."} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if body := s.get("/c/1/2").Body.String(); !strings.Contains(body, "This is late.") {
		t.Error("an unread answer is not shown as late")
	}
}

func feeds(t *testing.T, s *site) {
	for path, entries := range map[string]int{"/feed": 3, "/c/1/feed": 50, "/c/2/feed": 0} {
		w := s.get(path)
		var feed struct {
			ID      string `xml:"http://www.w3.org/2005/Atom id"`
			Updated string `xml:"http://www.w3.org/2005/Atom updated"`
			Entries []struct {
				ID      string `xml:"id"`
				Title   string `xml:"title"`
				Updated string `xml:"updated"`
				Content struct {
					Type string `xml:"type,attr"`
					Body string `xml:",chardata"`
				} `xml:"content"`
			} `xml:"http://www.w3.org/2005/Atom entry"`
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if w.Header().Get("Content-Type") != "application/atom+xml; charset=utf-8" || len(feed.Entries) != entries ||
			feed.ID != siteURL+path || feed.Updated == "" {
			t.Errorf("%s: %d entries, id %s, updated %s, %s", path, len(feed.Entries), feed.ID, feed.Updated, w.Header())
		}
		for i, e := range feed.Entries {
			if e.ID == "" || e.Title == "" || e.Updated == "" || i > 0 && e.Updated > feed.Entries[i-1].Updated {
				t.Errorf("%s: entry %d is %+v", path, i, e)
			}
		}
	}
}

func TestBeforeSetUp(t *testing.T) {
	s := emptySite(t, testkit.Open(t, store.Options{URL: t.TempDir() + "/folkmoot.db"}), siteURL)
	for path, want := range map[string]int{"/": 200, "/c": 503, "/p": 503, "/feed": 503, "/c/1": 503, "/public": 503} {
		w := s.get(path)
		if w.Code != want {
			t.Errorf("GET %s = %d, want %d", path, w.Code, want)
		}
		checkPage(t, path, w.Body.String())
	}
	for _, path := range []string{"/", "/c"} {
		if body := s.get(path).Body.String(); !strings.Contains(body, "isn’t set up yet") {
			t.Errorf("GET %s does not say that there is nothing yet", path)
		}
	}
}

// redirects checks the few that there are: all to pages of ours.
func redirects(t *testing.T, s *site) {
	for path, want := range map[string]string{
		"/c/1/opening": "/c/1", "/org": "/", "/actor": "/", "/@news": "/", "/@damp": "/c/1", "/@DAMP": "/c/1", "/c/1/": "/c/1",
	} {
		w := s.get(path)
		if got := w.Header().Get("Location"); got != want || w.Code != http.StatusSeeOther && w.Code != http.StatusPermanentRedirect {
			t.Errorf("GET %s = %d to %q, want %q", path, w.Code, got, want)
		}
	}
}
