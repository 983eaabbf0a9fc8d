package federation

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/federation/vocab"
)

// Negotiate serves the ActivityPub document of an address to those who ask for one, and leaves
// everything else to next: pages, other methods, and addresses that have no document. Answers
// have an ETag and Vary: Accept, and may be read by scripts of other sites.
//
// Deleted documents are answered with 410 and a Tombstone. The page of something that lives on
// another server has no document here: 406, with a link to where it is.
func (f *Federation) Negotiate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		if r.Method != http.MethodGet && r.Method != http.MethodHead || !prefersActivity(r.Header["Accept"]) {
			next.ServeHTTP(w, r)
			return
		}
		d, err := f.c.Local.Document(r.Context(), r.URL.Path, r.URL.RawQuery)
		switch {
		case errors.Is(err, ErrNotFound):
			next.ServeHTTP(w, r)
		case errors.Is(err, ErrGone):
			f.tombstone(w, r)
		case err != nil:
			zerolog.Ctx(r.Context()).Error().Err(err).Str("path", r.URL.Path).Msg("document not made")
			(&problem{status: http.StatusServiceUnavailable, after: retrySoon,
				detail: "The document cannot be made now. Please ask again later."}).write(w, r)
		case d.Elsewhere != "":
			w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="alternate"; type="%s"`, d.Elsewhere, vocab.MediaType))
			(&problem{status: http.StatusNotAcceptable,
				detail: "This page shows what lives on another server. Its document is at " + d.Elsewhere + "."}).write(w, r)
		default:
			serve(w, r, http.StatusOK, d.Body)
		}
	})
}

// tombstone answers for what is deleted (AP §6.4).
func (f *Federation) tombstone(w http.ResponseWriter, r *http.Request) {
	body, err := vocab.Encode(&vocab.Doc{ID: f.base + r.URL.EscapedPath(), Type: "Tombstone"})
	if err != nil {
		zerolog.Ctx(r.Context()).Error().Err(err).Str("path", r.URL.Path).Msg("tombstone not made")
	}
	serve(w, r, http.StatusGone, body)
}

// serve writes a document. It may be kept by caches, but must be asked for again each time: what
// was deleted or corrected here must not live on in between.
func serve(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	if status == http.StatusOK {
		tag := etag(body)
		h.Set("ETag", tag)
		if matches(r.Header["If-None-Match"], tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", vocab.MediaType)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(body); err != nil { //nolint:gosec // JSON of ours, never HTML
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("answer cut off")
	}
}

// etag names the bytes of a document.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// matches reports whether an If-None-Match names tag (RFC 9110 §13.1.2, weak comparison).
func matches(fields []string, tag string) bool {
	for part := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}

// prefersActivity reports whether an Accept header wants an ActivityPub document at least as much
// as a page. A bare ld+json counts too: Mastodon asks so. Wildcards stand for a page, because
// browsers and command-line tools send them; who wants the document names it.
func prefersActivity(fields []string) bool {
	var document, page float64
	for part := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		q := quality(params)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "application/activity+json", "application/ld+json":
			document = max(document, q)
		case "text/html", "application/xhtml+xml":
			page = max(page, q)
		}
	}
	return document > 0 && document >= page
}

// quality returns the weight among the parameters of a media range (RFC 9110 §12.4.2); 1 if there
// is none, 0 if it cannot be read.
func quality(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(p), "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}
