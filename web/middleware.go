package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// maxForm is how much a form may post: a long background text and everything around it.
const maxForm = 512 << 10

// Limits per client address and minute. Whoever sits on the machine itself may read without
// limit; what writes or dials out is limited for everybody.
const (
	limitReads   = 1200
	limitWrites  = 300
	limitLookups = 30
)

// policyOfContent is the Content-Security-Policy of everything we answer.
const policyOfContent = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; " +
	"script-src 'self'; form-action 'self' https:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// identify gives the request an id and a logger that says it.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var raw [8]byte
		_, _ = rand.Read(raw[:]) // never fails
		id := hex.EncodeToString(raw[:])
		w.Header().Set("X-Request-Id", id)
		log := zerolog.Ctx(r.Context()).With().Str("request", id).Logger()
		answer := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		start := time.Now() //nolint:forbidigo // measures, decides nothing
		next.ServeHTTP(answer, r.WithContext(log.WithContext(r.Context())))
		log.Debug().Str("method", r.Method).Str("path", r.URL.Path).Int("status", answer.Status()).
			Dur("dur", time.Since(start)).Msg("answered")
	})
}

// recoverer answers 500 where a handler panics.
func (s *Server) recoverer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { //nolint:contextcheck // it is in the request
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint // compared by net/http too
				panic(v)
			}
			zerolog.Ctx(r.Context()).Error().Bytes("stack", debug.Stack()).Msg("handler panicked")
			s.fail(w, r, fmt.Errorf("panic: %v", v))
		}()
		next.ServeHTTP(w, r)
	})
}

// headers sets what every answer carries.
func (s *Server) headers(next http.Handler) http.Handler {
	secure := strings.HasPrefix(s.cfg.URL, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policyOfContent)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// client replaces the request's RemoteAddr by the address of whoever asks, where it comes
// through a proxy that we believe: the last address of X-Forwarded-For that is not a proxy.
func (s *Server) client(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, ok := addrOf(r.RemoteAddr); ok && s.isProxy(peer) {
			hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
			for i := len(hops) - 1; i >= 0; i-- {
				hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
				if err != nil {
					break
				}
				r.RemoteAddr = net.JoinHostPort(hop.Unmap().String(), "0")
				if !s.isProxy(hop.Unmap()) {
					break
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) isProxy(a netip.Addr) bool {
	if a.IsLoopback() {
		return true
	}
	for _, p := range s.cfg.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// addrOf returns the address of a "host:port".
func addrOf(hostport string) (netip.Addr, bool) {
	ap, err := netip.ParseAddrPort(hostport)
	return ap.Addr().Unmap(), err == nil
}

// checkHost refuses requests for a name that is not ours, so that none is reflected in a page.
// An instance on loopback answers to every name of loopback.
func (s *Server) checkHost(next http.Handler) http.Handler {
	own, err := url.Parse(s.cfg.URL)
	if err != nil {
		panic("web: Config.URL: " + err.Error())
	}
	want := hostWithoutDefaultPort(own.Host, own.Scheme)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostWithoutDefaultPort(r.Host, own.Scheme)
		if host != want && (!loopbackName(own.Hostname()) || !loopbackName(hostname(r.Host))) {
			s.fail(w, r, statusError(http.StatusMisdirectedRequest))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func hostWithoutDefaultPort(host, scheme string) string {
	host = strings.ToLower(host)
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// hostname returns the name in a Host header, without port and brackets.
func hostname(host string) string { return (&url.URL{Host: host}).Hostname() }

func loopbackName(name string) bool {
	a, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && a.IsLoopback()
}

// checkPath answers 404 to addresses that are not written in the one way in which ours are, and
// leads from an address with a slash at the end to the one without.
func (s *Server) checkPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		escaped := strings.ToLower(r.URL.EscapedPath())
		switch {
		case !strings.HasPrefix(p, "/"),
			strings.Contains(p, "//"),
			strings.Contains(p+"/", "/../"), strings.Contains(p+"/", "/./"),
			strings.ContainsAny(p, "\\\x00\r\n"),
			strings.Contains(escaped, "%2f"), strings.Contains(escaped, "%25"):
			s.notFound(w, r)
		case len(p) > 1 && strings.HasSuffix(p, "/") && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			to := url.URL{Path: strings.TrimSuffix(p, "/"), RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// sameOrigin refuses what another site's page makes a browser post here.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, fmt.Errorf("%w: posted by another site", errs.Forbidden))
	}))
	return guard.Handler(next)
}

// limitBody bounds what a form may post.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

// limitRequests bounds how much one address may ask for, reads and writes apart.
func (s *Server) limitRequests(next http.Handler) http.Handler {
	reads := s.limit(limitReads, next)
	writes := s.limit(limitWrites, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			writes.ServeHTTP(w, r)
			return
		}
		if a, ok := addrOf(r.RemoteAddr); ok && a.IsLoopback() {
			next.ServeHTTP(w, r)
			return
		}
		reads.ServeHTTP(w, r)
	})
}

// limitLookups bounds how often one address may make us ask a server that it names in the query.
func (s *Server) limitLookups(param string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		limited := s.limit(limitLookups, next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get(param) == "" {
				next.ServeHTTP(w, r)
				return
			}
			limited.ServeHTTP(w, r)
		})
	}
}

// limit bounds the requests to next to n a minute for each client address.
func (s *Server) limit(n int, next http.Handler) http.Handler {
	key := func(r *http.Request) (string, error) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		return httprate.CanonicalizeIP(host), err
	}
	return httprate.LimitBy(n, time.Minute, key, httprate.WithLimitHandler(
		func(w http.ResponseWriter, r *http.Request) {
			s.fail(w, r, statusError(http.StatusTooManyRequests))
		}))(next)
}

// viewerKey is the key of the viewer in the context of a request.
type viewerKey struct{}

// session finds out who is looking.
func (s *Server) session(next http.Handler) http.Handler {
	if s.auth == nil {
		return next
	}
	return s.auth.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), viewerKey{}, s.auth.Viewer(r.Context()))
		next.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// viewer returns who is looking: the public, where no session was looked for.
func viewer(r *http.Request) policy.Viewer {
	v, _ := r.Context().Value(viewerKey{}).(policy.Viewer)
	return v
}
