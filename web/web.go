// Package web serves the pages: the same verbs and reads that other servers get through
// federation, for people.
//
// A handler reads its input, calls one verb or a few reads, fills the typed struct of its page
// and renders it; a handler that returns an error is answered by the error page. Every page works
// without script. Sentences come from internal/locale, never from a template.
package web

import (
	"context"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/auth"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Config is what the pages need from the rest of the program.
type Config struct {
	DB   *store.DB
	App  *app.App
	Auth *auth.Auth
	URL  string           // public address without a slash at the end
	Now  func() time.Time // nil means time.Now

	// Proxies are the networks whose X-Forwarded-For is believed, beside loopback.
	Proxies []netip.Prefix

	// The federation's handlers. Negotiate answers with the ActivityPub document of an address
	// when the request asks for one, and passes on what it does not know.
	Inbox     http.Handler
	WellKnown http.Handler // /.well-known/* and /nodeinfo/*
	Negotiate func(http.Handler) http.Handler

	// Interact finds where "open it in your account" leads for what somebody typed: a server or a
	// handle. It returns the server's host, and the address to open with object filled in, empty
	// if the server offers none. Errors are errs.Invalid (cannot be a server) and errs.NotFound
	// (does not answer).
	Interact func(ctx context.Context, typed, object string) (host, address string, err error)

	// Preview shows how Mastodon will show the opening of a challenge.
	Preview func(c *policy.Challenge, o *policy.Organisation) policy.OpeningPreview

	TestPeers []string // shown as a banner on staff pages; nil in production
	Version   string
}

// Server answers requests for pages.
type Server struct {
	cfg    Config
	db     *store.DB
	app    *app.App
	auth   *auth.Auth
	url    policy.Base
	now    func() time.Time
	assets *assets
	views  map[string]views // by language
	ready  atomic.Bool      // the organisation exists
}

// New returns a Server. It panics if a template does not parse: a mistake of the programmer.
func New(cfg Config) *Server {
	s := &Server{
		cfg:    cfg,
		db:     cfg.DB,
		app:    cfg.App,
		auth:   cfg.Auth,
		url:    policy.Base(cfg.URL),
		now:    cfg.Now,
		assets: loadAssets(),
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.views = s.parseViews()
	return s
}

// Handler returns the handler of everything that this instance answers to.
func (s *Server) Handler() http.Handler { return s.routes() }
