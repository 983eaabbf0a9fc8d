package web

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// maxCSS is how much the style sheet may weigh, raw.
const maxCSS = 40_000

func TestStyleSheet(t *testing.T) {
	css, err := staticFiles.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	if len(css) > maxCSS {
		t.Errorf("the style sheet has %d bytes, want at most %d", len(css), maxCSS)
	}
	if found := regexp.MustCompile(`https?:|//[a-z]|@import`).Find(css); found != nil {
		t.Errorf("the style sheet loads something remote: %s", found)
	}
}

// TestTemplatesAreClean: no style attributes, no inline script, no words outside internal/locale.
func TestTemplatesAreClean(t *testing.T) {
	tags := regexp.MustCompile(`(?s)\{\{.*?\}\}|<[^>]*>|&[a-z]+;`)
	attributes := regexp.MustCompile(` [a-z-]+="[^"]*"`) // parts that stand inside a tag
	settings := regexp.MustCompile(`FOLKMOOT_[A-Z_]+`)
	word := regexp.MustCompile(`[A-Za-z]{3,}`)
	allowed := map[string]bool{"mastodon": true, "social": true, "you": true, "joinmastodon": true, "org": true, "UTC": true}
	err := fs.WalkDir(templateFiles, "templates", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := templateFiles.ReadFile(file)
		if err != nil {
			return err
		}
		text := settings.ReplaceAllString(string(body), "")
		if strings.Contains(text, "style=") || strings.Contains(text, "<style") || regexp.MustCompile(`\son[a-z]+=`).MatchString(text) {
			t.Errorf("%s has style or script of its own", file)
		}
		// Actions inside tags first, so that no tag ends within one.
		if strings.HasPrefix(file, "templates/parts/") {
			text = attributes.ReplaceAllString(text, " ")
		}
		plain := tags.ReplaceAllString(regexp.MustCompile(`(?s)\{\{.*?\}\}`).ReplaceAllString(text, " "), " ")
		for _, w := range word.FindAllString(plain, -1) {
			if !allowed[w] {
				t.Errorf("%s says %q: sentences belong in internal/locale", file, w)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func staticTest(t *testing.T, s *site) {
	body := s.get("/").Body.String()
	found := regexp.MustCompile(`/static/[^"]+`).FindAllString(body, -1)
	css := s.get(s.web.assets.path("style.css")).Body.String()
	for _, font := range regexp.MustCompile(`url\(([^)]+)\)`).FindAllStringSubmatch(css, -1) {
		found = append(found, "/static/"+font[1])
	}
	if len(found) < 7 {
		t.Errorf("only %d files: %v", len(found), found)
	}
	for _, path := range found {
		w := s.get(path)
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("GET %s = %d, %s", path, w.Code, w.Header())
		}
		if ct := w.Header().Get("Content-Type"); ct == "" || strings.HasPrefix(ct, "text/html") {
			t.Errorf("GET %s is %q", path, ct)
		}
	}
	if w := s.get("/favicon.ico"); w.Code != 200 || w.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("favicon = %d", w.Code)
	}
	if w := s.get("/robots.txt"); !strings.Contains(w.Body.String(), "Disallow: /staff") {
		t.Errorf("robots.txt = %s", w.Body)
	}
}
