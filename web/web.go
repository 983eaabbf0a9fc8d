// Package web serves the pages.
package web

import (
	"context"
	"net/http"

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
	URL  string // public address without a slash at the end

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
