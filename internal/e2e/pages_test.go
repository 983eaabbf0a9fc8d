package e2e

import (
	"fmt"
	"testing"
	"time"
)

// TestPagesAreAccessible checks every page, with 200 mixed answers, in light and dark, wide and
// narrow: no violation that axe can find, no sideways scrolling.
func TestPagesAreAccessible(t *testing.T) {
	script := axeScript(t)
	p := startPeer(t)
	i := start(t, options{Peers: p.addr(), Log: "warn,json"})
	closes := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	c := i.open("damp", "--closes", closes, "--can-change", "Who you report to.", "--cannot-change", "The 2027 standard.",
		"--addressed-to", "@homes@nowhere.invalid", "--background-file", textFile(t, "Our advice line took **1,140 calls** last winter.\n\n## Numbers\n\n- one\n- two\n"))
	i.cli("proposal", "publish", "1", "--title", "Six safe months", "--summary", "No notice for six months.", "--file", textFile(t, "# Clause 1\n\nNobody is told to leave for six months.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"))
	seed(t, i, p, c, 200)
	i.cli("contribution", "read", "1/1")
	i.cli("contribution", "hide", "1/2", "--reason", "It names a private person.")
	public := []page{
		{"/", 200}, {"/c", 200}, {"/c/1", 200}, {"/c/1?order=quiet", 200}, {"/c/1/1", 200}, {"/c/1/2", 200}, {"/c/1/5", 200}, {"/c/1/6", 200},
		{"/c/1/log", 200}, {"/p", 200}, {"/p/1", 200}, {"/p/1/v/1", 200}, {"/reply?to=" + c.Opening, 200}, {"/reply?to=" + c.Opening + "&acct=not+a+server", 400},
		{"/sign-in", 200}, {"/appearance", 200}, {"/public", 200}, {"/rules", 200}, {"/accessibility", 200}, {"/data", 200}, {"/@steward", 200},
		{"/c/1/poster", 200}, {"/nowhere", 404},
	}
	code := i.answers(1, true)[0].Code
	staff := []page{
		{"/staff", 200}, {"/staff/answers", 200}, {"/staff/c", 200}, {"/staff/c/new", 200}, {"/staff/c/1/launch", 200}, {"/staff/c/1/proposal", 200}, {"/staff/p", 200},
		{"/staff/c/1/a/" + code, 200}, {"/staff/c/1/a/" + code + "?do=hide", 200}, {"/staff/safety", 200}, {"/staff/servers", 200}, {"/staff/account", 200},
	}
	b := browser(t)
	everyway(b, i, script, public)
	b.visit(i.URL + "/sign-in")
	b.fill(map[string]string{"email": "steward@housing.example", "password": password})
	b.submit()
	everyway(b, i, script, staff)
}

// page is a path, and the status that it answers with.
type page struct {
	path   string
	status int
}

// everyway looks at each page in both modes and widths.
func everyway(b *tab, i *instance, script string, pages []page) {
	b.t.Helper()
	for _, pg := range pages {
		path := pg.path
		for _, mode := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 390} {
				name := fmt.Sprintf("%s %s %d", path, mode, width)
				b.look(width, mode)
				b.visit(i.URL + path)
				if status := eval[int](b, `performance.getEntriesByType("navigation")[0].responseStatus`); status != pg.status {
					b.t.Errorf("%s answers %d, want %d", name, status, pg.status)
				}
				if eval[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
					b.t.Errorf("%s scrolls sideways", name)
				}
				b.axe(script, name)
				b.shot(fileName(path, mode, width))
			}
		}
	}
}

func fileName(path, mode string, width int64) string {
	var b []rune
	for _, r := range path {
		if r == '/' || r == '?' || r == '=' || r == ':' || r == '&' {
			r = '-'
		}
		b = append(b, r)
	}
	return fmt.Sprintf("%s-%s-%d", string(b[1:])+"_", mode, width)
}
