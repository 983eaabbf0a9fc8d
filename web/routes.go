package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// routes returns every path, on one screen. Numbers in addresses are checked by the handlers.
func (s *Server) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(identify, s.recoverer, s.client, s.headers, s.checkHost, s.checkPath, middleware.GetHead)
	r.NotFound(s.negotiated(s.notFound))
	r.MethodNotAllowed(s.methodNotAllowed(r))

	// Other servers.
	for _, inbox := range []string{"/inbox", "/actor/inbox", "/org/inbox", "/@{handle}/inbox", "/c/{n}/inbox"} {
		r.Method(http.MethodPost, inbox, s.cfg.Inbox)
	}
	r.Method(http.MethodGet, "/.well-known/*", s.cfg.WellKnown)
	r.Method(http.MethodGet, "/nodeinfo/*", s.cfg.WellKnown)

	// Files.
	r.Group(func(r chi.Router) {
		r.Use(middleware.Compress(5, "text/css", "text/javascript", "image/svg+xml"))
		r.Get("/static/{file}", s.static)
		r.Get("/favicon.ico", s.favicon)
		r.Get("/robots.txt", s.robots)
	})

	// Pages.
	r.Group(func(r chi.Router) {
		r.Use(s.limitRequests, s.cfg.Negotiate, middleware.Compress(5, "text/html", "application/atom+xml"))
		r.Use(s.sameOrigin, limitBody, s.session, s.awaitSetUp)
		s.publicRoutes(r)
		s.staffRoutes(r)
	})
	return r
}

// publicRoutes are the pages that everybody may see.
func (s *Server) publicRoutes(r chi.Router) {
	r.Get("/", s.page(s.home))
	r.Get("/org", s.seeOther("/"))
	r.Get("/actor", s.seeOther("/"))
	r.Get("/feed", s.page(s.challengesFeed))
	r.Get("/@{handle}", s.page(s.profile))

	r.Get("/c", s.page(s.challenges))
	r.Get("/c/{n}", s.page(s.challenge))
	r.Get("/c/{n}/opening", s.page(s.opening))
	r.Get("/c/{n}/feed", s.page(s.answersFeed))
	r.Get("/c/{n}/log", s.page(s.log))
	r.Get("/c/{n}/poster", s.page(s.poster))
	r.Get("/c/{n}/poster.svg", s.page(s.posterCode))
	r.Get("/c/{n}/{k}", s.page(s.contribution))

	r.Get("/p", s.page(s.proposals))
	r.Get("/p/{n}", s.page(s.proposal))
	r.Get("/p/{n}/v/{v}", s.page(s.proposal))

	r.With(s.limitLookups("acct")).Get("/reply", s.page(s.reply))

	for _, name := range plainPages {
		r.Get("/"+name, s.page(s.plain(name)))
	}
	r.Get("/appearance", s.page(s.appearance))
	r.Post("/appearance", s.page(s.setAppearance))
}

// staffRoutes are set-up, sign-in, and the pages of those who run the instance.
func (s *Server) staffRoutes(r chi.Router) {
	r.Get("/setup/{token}", s.page(s.setup))
	r.Post("/setup/{token}", s.page(s.doSetup))
	r.Get("/sign-in", s.page(s.signIn))
	r.Post("/sign-in", s.page(s.doSignIn))
	r.Post("/sign-out", s.page(s.signOut))

	r.Route("/staff", func(r chi.Router) {
		r.Use(s.staffOnly)
		r.Get("/", s.page(s.today))
		r.Get("/answers", s.page(s.desk))
		r.Get("/c", s.page(s.staffChallenges))
		r.Get("/c/new", s.page(s.newChallenge))
		r.Post("/c/new", s.page(s.publish))
		r.Get("/c/{n}/edit", s.page(s.draft))
		r.Post("/c/{n}/edit", s.page(s.saveDraft))
		r.Get("/c/{n}/launch", s.page(s.launch))
		r.Get("/c/{n}/proposal", s.page(s.newProposal))
		r.Post("/c/{n}/proposal", s.page(s.publishProposal))
		r.Get("/c/{n}/a/{code}", s.page(s.deskAnswer))
		r.Post("/c/{n}/a/{code}", s.page(s.decide))
		r.Get("/p", s.page(s.staffProposals))
		r.Get("/safety", s.page(s.safety))
		r.Post("/safety", s.page(s.closeReport))
		r.Get("/servers", s.page(s.servers))
		r.Post("/servers", s.page(s.blockServer))
		r.Get("/account", s.page(s.account))
		r.Post("/account", s.page(s.changePassword))
	})
}

// negotiated offers addresses that are no page, such as collections, to the federation first.
func (s *Server) negotiated(h http.HandlerFunc) http.HandlerFunc {
	return s.cfg.Negotiate(h).ServeHTTP
}

// methodNotAllowed answers 405 and says what is allowed.
func (s *Server) methodNotAllowed(routes chi.Routes) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			as := m
			if m == http.MethodHead {
				as = http.MethodGet
			}
			if routes.Match(chi.NewRouteContext(), as, r.URL.Path) {
				w.Header().Add("Allow", m)
			}
		}
		s.fail(w, r, statusError(http.StatusMethodNotAllowed))
	}
}

// seeOther leads to a page of ours.
func (s *Server) seeOther(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, path, http.StatusSeeOther)
	}
}
