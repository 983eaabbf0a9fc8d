package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

func headers(t *testing.T, s *site) {
	for _, path := range []string{"/", "/c/1", "/nope", "/static/x", "/robots.txt", "/c/1/feed", "/inbox"} {
		h := s.get(path).Header()
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "style-src 'self'", "font-src 'self'", "img-src 'self'", "script-src 'self'",
			"form-action 'self' https:", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'",
		} {
			if !strings.Contains(csp, want) {
				t.Errorf("GET %s: CSP lacks %s", path, want)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("GET %s: CSP is %s", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin",
			"Strict-Transport-Security": "max-age=31536000", "X-Frame-Options": "DENY",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("GET %s: %s is %q, want %q", path, name, got, want)
			}
		}
		if h.Get("X-Request-Id") == "" || h.Get("Set-Cookie") != "" {
			t.Errorf("GET %s: no request id, or a cookie", path)
		}
	}
}

func hosts(t *testing.T, s *site) {
	for host, want := range map[string]int{
		"example.com": 200, "EXAMPLE.com": 200, "example.com:443": 200,
		"evil.example": 421, "example.com.evil.example": 421, "localhost": 421, "127.0.0.1": 421, "": 421, "example.com:80": 421,
	} {
		for _, path := range []string{"/", "/c/1", "/sign-in"} {
			w := s.get(path, "Host", host)
			if w.Code != want {
				t.Errorf("GET %s of %q = %d, want %d", path, host, w.Code, want)
			}
			if strings.Contains(w.Body.String()+w.Header().Get("Location"), "evil.example") {
				t.Errorf("GET %s of %q reflects the host", path, host)
			}
		}
	}
}

func TestLoopbackHosts(t *testing.T) {
	s := emptySite(t, testkit.Open(t, store.Options{URL: t.TempDir() + "/folkmoot.db"}), "http://localhost:8080")
	for host, want := range map[string]int{
		"localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "127.0.0.1:49152": 200,
		"evil.example": 421, "localhost.evil.example:8080": 421,
	} {
		w := s.get("/", "Host", host)
		if w.Code != want {
			t.Errorf("GET / of %q = %d, want %d", host, w.Code, want)
		}
		if w.Header().Get("Strict-Transport-Security") != "" {
			t.Error("an http instance sends HSTS")
		}
	}
}

func paths(t *testing.T, s *site) {
	for _, path := range []string{
		"//evil.example", "/%2Fevil.example", "/%5Cevil.example", "/c//1", "/../etc/passwd", "/static/../web.go",
		"/static/%2e%2e/web.go", "/static/..%2fweb.go", "/c/1/..", "/./c", "/c/%00", "/%252e%252e/x", "/c/1%2f1",
		"/static/web.go", "/static/", "/static", "/.git/config", "/metrics", "/debug/pprof/", "/debug/vars", "/c/1/1/1",
		"//evil.example/", "/static//style.css",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RequestURI = path
		u, err := url.Parse("https://example.com" + path) // dots stay as they are
		if err != nil {
			continue // refused before it gets here
		}
		r.URL, r.Host = u, "example.com"
		w := httptest.NewRecorder()
		s.h.ServeHTTP(w, r)
		if to := w.Header().Get("Location"); to != "" && (strings.HasPrefix(to, "//") || strings.Contains(to, "evil")) {
			t.Errorf("GET %s leads to %s", path, to)
		}
		if w.Code != http.StatusNotFound && w.Code != http.StatusPermanentRedirect {
			t.Errorf("GET %s = %d, want 404", path, w.Code)
		}
	}
}

func methods(t *testing.T, s *site) {
	for _, tt := range []struct{ method, path, allow string }{
		{"POST", "/c/1", "GET, HEAD"}, {"DELETE", "/", "GET, HEAD"}, {"TRACE", "/", "GET, HEAD"},
		{"PUT", "/appearance", "GET, HEAD, POST"}, {"GET", "/inbox", "POST"}, {"PATCH", "/inbox", "POST"},
		{"PROPFIND", "/c", ""},
	} {
		w := s.do(tt.method, tt.path, "")
		if got := strings.Join(w.Header().Values("Allow"), ", "); w.Code != http.StatusMethodNotAllowed || tt.allow != "" && got != tt.allow {
			t.Errorf("%s %s = %d, Allow %q; want 405, %q", tt.method, tt.path, w.Code, got, tt.allow)
		}
	}
	for path, want := range map[string]int{"/": 200, "/c/1": 200, "/nope": 404} {
		if w := s.do(http.MethodHead, path, ""); w.Code != want {
			t.Errorf("HEAD %s = %d, want %d", path, w.Code, want)
		}
	}
	for _, inbox := range []string{"/inbox", "/actor/inbox", "/org/inbox", "/@ada/inbox", "/c/1/inbox"} {
		w := s.do(http.MethodPost, inbox, "{}", "Origin", "https://other.example", "Sec-Fetch-Site", "cross-site")
		if w.Code != http.StatusAccepted {
			t.Errorf("POST %s = %d, want 202", inbox, w.Code)
		}
	}
}

func crossSite(t *testing.T, s *site) {
	for _, tt := range []struct {
		name, value string
		want        int
	}{
		{"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "same-site", 403},
		{"Origin", "https://evil.example", 403}, {"Origin", "null", 403},
		{"Sec-Fetch-Site", "same-origin", 303}, {"Origin", "https://example.com", 303}, {"X-None", "", 303},
	} {
		w := s.do(http.MethodPost, "/appearance", "mode=dark", tt.name, tt.value)
		if w.Code != tt.want {
			t.Errorf("POST with %s: %s = %d, want %d", tt.name, tt.value, w.Code, tt.want)
		}
	}
	if w := s.do(http.MethodPost, "/appearance", "mode="+strings.Repeat("x", maxForm)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("POST of too much = %d, want 413", w.Code)
	}
	if w := s.do(http.MethodPost, "/appearance", "mode=%zz"); w.Code != http.StatusBadRequest {
		t.Errorf("POST of nonsense = %d, want 400", w.Code)
	}
}

func appearance(t *testing.T, s *site) {
	for given, want := range map[string]string{"dark": "mode=dark;", "light": "mode=light;", "auto": "mode=;", "https://evil.example": "mode=;"} {
		w := s.do(http.MethodPost, "/appearance", "mode="+given)
		c := w.Header().Get("Set-Cookie")
		if w.Header().Get("Location") != "/appearance" || !strings.HasPrefix(c, want) ||
			!strings.Contains(c, "HttpOnly") || !strings.Contains(c, "Secure") || !strings.Contains(c, "SameSite=Lax") {
			t.Errorf("mode %s: cookie %q, to %s", given, c, w.Header().Get("Location"))
		}
	}
	for cookie, want := range map[string]bool{"mode=dark": true, `mode="><script>`: false, "mode=blue": false} {
		if got := strings.Contains(s.get("/", "Cookie", cookie).Body.String(), "data-mode="); got != want {
			t.Errorf("cookie %s: data-mode is %v, want %v", cookie, got, want)
		}
	}
}

func etag(t *testing.T, s *site) {
	first := s.get("/c/1")
	tag := first.Header().Get("ETag")
	if second := s.get("/c/1", "If-None-Match", tag); tag == "" || second.Code != http.StatusNotModified || second.Body.Len() > 0 {
		t.Errorf("If-None-Match %s = %d with %d bytes, want 304", tag, second.Code, second.Body.Len())
	}
	if w := s.get("/c/1", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > first.Body.Len()/4 {
		t.Errorf("compressed page has %d of %d bytes", w.Body.Len(), first.Body.Len())
	}
}

// accept: where the federation has no document to give, machines get 406 and where to look.
func accept(t *testing.T, s *site) {
	w := s.get("/c/1/1", "Accept", "application/activity+json")
	link := w.Header().Get("Link")
	if w.Code != http.StatusNotAcceptable || !strings.HasPrefix(link, "<https://toot.example/users/person0/") ||
		!strings.Contains(link, `rel="alternate"`) {
		t.Errorf("a document of an answer = %d, Link %s", w.Code, link)
	}
	if w := s.get("/c/1/1", "Accept", "text/html, application/activity+json;q=0.5"); w.Code != http.StatusOK {
		t.Errorf("a page of an answer = %d", w.Code)
	}
	if w := s.get("/c/1/999", "Accept", "application/activity+json"); w.Code != http.StatusNotFound {
		t.Errorf("a document of nothing = %d, want 404", w.Code)
	}
}

func TestLimits(t *testing.T) {
	s := emptySite(t, testkit.Open(t, store.Options{URL: t.TempDir() + "/folkmoot.db"}), siteURL)
	ask := func(peer, forwarded string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = peer
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		s.h.ServeHTTP(w, r)
		return w.Code
	}
	for range limitReads {
		ask("192.0.2.7:1000", "")
	}
	for _, tt := range []struct {
		peer, forwarded string
		want            int
	}{
		{"192.0.2.7:2000", "", 429},
		{"192.0.2.7:2000", "198.51.100.1", 429},           // believed only from a proxy
		{"127.0.0.1:2000", "192.0.2.7", 429},              // through the proxy
		{"127.0.0.1:2000", "203.0.113.9, 192.0.2.7", 429}, // what the client made up does not help
		{"127.0.0.1:2000", "192.0.2.7, 203.0.113.9", 200}, // nor hurt others
		{"192.0.2.8:2000", "", 200}, {"127.0.0.1:2000", "", 200},
	} {
		if got := ask(tt.peer, tt.forwarded); got != tt.want {
			t.Errorf("from %s for %q = %d, want %d", tt.peer, tt.forwarded, got, tt.want)
		}
	}
}

func TestPanicIsAnErrorPage(t *testing.T) {
	s := emptySite(t, testkit.Open(t, store.Options{URL: t.TempDir() + "/folkmoot.db"}), siteURL)
	h := identify(s.web.recoverer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) })))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	body := w.Body.String()
	if w.Code != http.StatusInternalServerError || !strings.Contains(body, "Something went wrong here, not with you") ||
		!strings.Contains(body, w.Header().Get("X-Request-Id")) || strings.Contains(body, canary) {
		t.Errorf("a panic = %d %s", w.Code, body)
	}
}
