package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// tab is a page in a headless browser that ends with the test.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// browser starts one.
func browser(t *testing.T) *tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "google-chrome", "chromium-browser"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		missing(t, "a browser (chromium)")
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancelAllocator := chromedp.NewExecAllocator(t.Context(), flags...)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(func() { cancel(); cancelAllocator() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	return &tab{t, ctx}
}

// browse carries out one step, within a minute.
func browse[T any](b *tab, step chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, step)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// visit opens an address.
func (b *tab) visit(url string) {
	b.t.Helper()
	browse(b, chromedp.Navigate(url))
}

// text is what main says.
func (b *tab) text() string {
	b.t.Helper()
	return browse(b, chromedp.Text(`main`))
}

// eval evaluates an expression.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	return browse(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// look sets how the page is looked at: width, and mode "light" or "dark".
func (b *tab) look(width int64, mode string) {
	b.t.Helper()
	browse(b, chromedp.EmulateViewport(width, 900))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: mode}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// violation is what axe found.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// axe checks the page that the browser shows, with all disclosures open.
func (b *tab) axe(script, name string) {
	b.t.Helper()
	eval[chromedp.Void](b, `document.querySelectorAll("details").forEach(d => d.open = true)`)
	eval[chromedp.Void](b, script)
	found := eval[[]violation](b, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations)`)
	for _, v := range found {
		for _, n := range v.Nodes {
			b.t.Errorf("%s: %s (%s): %s\n\t%.300s\n\t%s", name, v.ID, v.Impact, v.Help, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", " "))
		}
	}
}

func axeScript(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("node/node_modules/axe-core/axe.min.js")
	if err != nil {
		missing(t, "the accessibility checker (axe-core)")
	}
	return string(b)
}

// shot keeps a screenshot for people to look at, in out/.
func (b *tab) shot(name string) {
	b.t.Helper()
	png := browse(b, chromedp.FullScreenshot(100))
	if err := os.MkdirAll("out", 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("out", name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// fill sets the fields with these names.
func (b *tab) fill(fields map[string]string) {
	b.t.Helper()
	for name, value := range fields {
		js, err := json.Marshal(value)
		if err != nil {
			b.t.Fatal(err)
		}
		if !eval[bool](b, fmt.Sprintf(
			`(() => { const f = document.querySelector('main form [name=%q]'); if (!f) return false; f.value = %s; return true })()`, name, js)) {
			b.t.Fatalf("the form has no field %q", name)
		}
	}
}

// submit presses the first button of the form, which must not be refused.
func (b *tab) submit() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(`main form[method=post] .acts button`)); err != nil {
		b.t.Fatal(err)
	}
	if strings.HasPrefix(browse(b, chromedp.Title()), "Error") {
		b.t.Fatalf("the form was refused: %s", b.text())
	}
}

// refused presses the first button of an empty form, and checks the page that says what is wrong.
func (b *tab) refused(script, name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(`main form[method=post] .acts button`)); err != nil {
		b.t.Fatal(err)
	}
	if title := browse(b, chromedp.Title()); !strings.HasPrefix(title, "Error") {
		b.t.Errorf("%s: the title is %q", name, title)
	}
	b.axe(script, name)
	b.shot(strings.ReplaceAll(name, " ", "-"))
}

// TestFirstRun does what a new steward does: the printed link, the form, the first challenge.
func TestFirstRun(t *testing.T) {
	i := start(t, options{Bare: true})
	if i.Link == "" {
		t.Fatalf("no set-up link was printed: %s", i.log.String())
	}
	b := browser(t)
	b.visit(i.Link)
	if text := b.text(); !strings.Contains(text, i.URL) || !strings.Contains(text, "never change") {
		t.Errorf("set-up does not say that %s can never change:\n%s", i.URL, text)
	}
	script := axeScript(t)
	everyway(b, i, script, []page{{"/", 200}, {strings.TrimPrefix(i.Link, i.URL), 200}})
	b.refused(script, "set-up with errors")
	b.visit(i.Link)
	b.fill(map[string]string{"name": "Housing Voices", "handle": "news", "steward": "Amara", "email": "amara@housing.example", "password": password})
	b.submit()
	b.visit(i.URL + "/staff/c/new")
	b.refused(script, "publish with errors")
	b.visit(i.URL + "/staff/c/new")
	b.fill(map[string]string{
		"title": "Reporting damp", "handle": "damp", "question": "What would make it safer to report damp and mould?",
		"respond-by": time.Now().AddDate(0, 3, 0).Format(time.DateOnly),
	})
	b.submit()
	where, text := browse(b, chromedp.Location()), b.text()
	if !strings.Contains(where, "/launch") || !strings.Contains(text, "0 followers") {
		t.Errorf("after publishing, at %s:\n%s", where, text)
	}
	if code, _, body := get(t, i.URL+"/c/1", asHTML); code != 200 || !strings.Contains(body, "What would make it safer") {
		t.Errorf("the challenge is answered %d", code)
	}
	if doc := document(t, i.URL+"/c/1"); doc["type"] != "Group" {
		t.Errorf("the challenge is a %v", doc["type"])
	}
	if code, _, _ := get(t, i.Link, asHTML); code != 303 {
		t.Errorf("the link works a second time: %d", code)
	}
}
