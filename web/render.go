package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
)

//go:embed templates
var templateFiles embed.FS

// base is what the layout needs; every page struct embeds it. A handler sets the first fields;
// render fills in the rest.
type base struct {
	Title       string // of the page, without the organisation's name
	Description string // for previews; plain text
	Section     string // of the navigation: "challenges", "proposals", "staff"
	Staff       bool   // in the staff area, which is marked as such
	NoIndex     bool   // keep search engines away
	Feed        string // path of the Atom feed that belongs to the page
	Document    string // id of the ActivityPub document at or behind the page
	Creator     string // "@handle@host" of who is credited in link previews
	Path        string // canonical path of the page; empty if it has none
	Form        *form  // what was filled in, on pages that have a form

	Lang   string
	Dir    string
	Mode   string // "light", "dark", or empty for what the device says
	Org    *policy.Organisation
	Viewer policy.Viewer
	URL    string // public address of the instance
	Now    time.Time

	TestPeers []string
}

// page is a page struct: one that embeds base.
type page interface{ frame() *base }

func (b *base) frame() *base { return b }

// Name is the organisation's name, or the program's before set-up.
func (b *base) Name() string {
	if b.Org == nil {
		return "Folkmoot"
	}
	return b.Org.Actor.DisplayName()
}

// Canonical is the full address of the page.
func (b *base) Canonical() string {
	if b.Path == "" {
		return ""
	}
	return b.URL + b.Path
}

// Failed reports whether what was filled in was refused.
func (b *base) Failed() bool { return b.Form != nil && len(b.Form.Errors) > 0 }

// views are the templates of one language, by the name of their page.
type views map[string]*template.Template

// parseViews parses every page with the layout and the parts, once for each language.
func (s *Server) parseViews() map[string]views {
	pages, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		panic(err)
	}
	all := map[string]views{}
	for _, p := range locale.All() {
		common := template.Must(template.New("layout.html").Funcs(s.funcs(p)).
			ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html"))
		v := views{}
		for _, file := range pages {
			name := strings.TrimSuffix(path.Base(file), ".html")
			v[name] = template.Must(template.Must(common.Clone()).ParseFS(templateFiles, file))
		}
		all[p.Lang()] = v
	}
	return all
}

// funcs are the helpers of the templates in one language.
func (s *Server) funcs(p *locale.Printer) template.FuncMap {
	return template.FuncMap{
		"t":      p.T,
		"number": p.Number,
		"date":   func(t time.Time) string { return p.Date(t, s.now()) },
		"iso":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"safe":   markup.HTML,
		"asset":  s.assets.path,
		"avatar": avatar,
		"field":  func(f *form, name string, opts ...any) fieldView { return f.view(p, name, opts) },
		"fault":  func(e policy.FieldError) string { return p.T(e.Code, e.Args...) },
		"dir":    locale.Direction,

		"mediaKind": mediaKind,
		"copyField": func(id, label, value string, small bool) copyField { return copyField{id, label, value, small} },
		"logged":    func(object string) string { return logged(p, object) },
		"reason":    func(why string) string { return reason(p, why) },
	}
}

// render fills in the frame of p and answers with the page of that name.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) (err error) {
	defer errs.Wrap(&err, "web.render(%s)", name)
	b := p.frame()
	if err := s.fill(r, b); err != nil {
		return err
	}
	if status == http.StatusOK && wantsDocument(r) {
		s.notAcceptable(w, b)
		return nil
	}
	view, ok := s.views[b.Lang][name]
	if !ok {
		return fmt.Errorf("no template %q", name)
	}
	var buf bytes.Buffer
	if err := view.ExecuteTemplate(&buf, "layout.html", p); err != nil {
		return err
	}
	s.write(w, r, status, b, buf.Bytes())
	return nil
}

// fill sets what is the same on every page.
func (s *Server) fill(r *http.Request, b *base) error {
	p := s.printer(r)
	b.Lang, b.Dir = p.Lang(), p.Dir()
	b.Mode = mode(r)
	b.URL = s.cfg.URL
	b.Now = s.now()
	b.Viewer = viewer(r)
	b.TestPeers = s.cfg.TestPeers
	org, err := s.db.Organisation(r.Context())
	if err != nil && !errors.Is(err, errs.NotFound) {
		return err
	}
	b.Org = org
	if b.Failed() {
		b.Title = p.T("page.errorTitle", "Title", b.Title)
	}
	return nil
}

// write answers with a page that is complete in memory. Pages for the public carry an ETag and
// may be kept but must be asked for again; those of staff are not kept.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, b *base, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept, Accept-Language, Cookie")
	linkDocument(h, b)
	if b.NoIndex {
		h.Set("X-Robots-Tag", "noindex")
	}
	h.Set("Cache-Control", "no-cache")
	if b.Viewer.Staff || status != http.StatusOK {
		h.Set("Cache-Control", "private, no-store")
	} else {
		sum := sha256.Sum256(body)
		tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client went away; there is nobody left to tell
}

// wantsDocument reports whether r asks for an ActivityPub document and nothing that people read.
// The federation answers such a request where there is one to give.
func wantsDocument(r *http.Request) bool {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	machine := strings.Contains(accept, "application/activity+json") || strings.Contains(accept, "application/ld+json")
	return machine && !strings.Contains(accept, "text/html") && !strings.Contains(accept, "*/*")
}

// notAcceptable answers where there is a page but no document, such as at the page of an answer
// that lies on its author's server; the header says where the document is.
func (s *Server) notAcceptable(w http.ResponseWriter, b *base) {
	linkDocument(w.Header(), b)
	w.Header().Add("Vary", "Accept")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusNotAcceptable)
	_, _ = w.Write([]byte(http.StatusText(http.StatusNotAcceptable) + "\n")) // the client went away
}

// linkDocument says in the header where the ActivityPub document of a page is.
func linkDocument(h http.Header, b *base) {
	if b.Document != "" {
		h.Add("Link", fmt.Sprintf("<%s>; rel=%q; type=%q", b.Document, "alternate", "application/activity+json"))
	}
}

// printer returns the language in which to answer r.
func (s *Server) printer(r *http.Request) *locale.Printer {
	return locale.For(r.Header.Get("Accept-Language"))
}
