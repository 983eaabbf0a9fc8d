package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/go-chi/chi/v5"
)

//go:embed static
var staticFiles embed.FS

// assets are the files that pages load, under names that carry a hash of what is in them, so
// that browsers may keep them for ever.
type assets struct {
	names map[string]string // "style.css" → "style.4f5e6d7c.css"
	files map[string][]byte // by the name with the hash
}

// loadAssets reads the embedded files. Style sheets are read last: they name the fonts.
func loadAssets() *assets {
	a := &assets{names: map[string]string{}, files: map[string][]byte{}}
	var sheets []string
	err := fs.WalkDir(staticFiles, "static", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir() || path.Ext(file) == ".txt":
			return err
		case path.Ext(file) == ".css":
			sheets = append(sheets, file)
			return nil
		}
		return a.add(file, nil)
	})
	for _, file := range sheets {
		if err == nil {
			err = a.add(file, a.names)
		}
	}
	if err != nil {
		panic(err) // embedded, so it cannot be missing
	}
	return a
}

// add takes in one file, with the names of those it mentions replaced.
func (a *assets) add(file string, mentioned map[string]string) error {
	body, err := staticFiles.ReadFile(file)
	if err != nil {
		return err
	}
	text := string(body)
	for plain, hashed := range mentioned {
		text = strings.ReplaceAll(text, "url(fonts/"+plain+")", "url("+hashed+")")
	}
	sum := sha256.Sum256([]byte(text))
	name, ext := path.Base(file), path.Ext(file)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
	a.names[name] = hashed
	a.files[hashed] = []byte(text)
	return nil
}

// path returns where a file is served. A name that is not there is a mistake in a template.
func (a *assets) path(name string) string {
	hashed, ok := a.names[name]
	if !ok {
		panic("web: no static file " + name)
	}
	return "/static/" + hashed
}

// static serves GET /static/{file}.
func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "file")
	body, ok := s.assets.files[name]
	if !ok {
		s.notFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mediaTypeOf(name))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(body) // the client went away
}

// favicon serves GET /favicon.ico for those who do not read the page: the same drawing.
func (s *Server) favicon(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = w.Write(s.assets.files[s.assets.names["logo.svg"]]) // the client went away
}

// robots serves GET /robots.txt: the record is public, the desk is not.
func (s *Server) robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /reply\nDisallow: /staff\nDisallow: /sign-in\n")) // the client went away
}

func mediaTypeOf(name string) string {
	if path.Ext(name) == ".woff2" {
		return "font/woff2" // not in every system's table
	}
	return mime.TypeByExtension(path.Ext(name))
}
