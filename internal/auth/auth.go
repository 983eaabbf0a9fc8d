// Package auth signs people in: passwords and sessions.
package auth

import (
	"context"
	"net/http"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// HashPassword returns the argon2id hash of a password in PHC form. At most two are computed at
// once.
func HashPassword(password string) (string, error) { panic("stub") }

// Auth signs people in to one instance.
type Auth struct{ db *store.DB }

// New returns an Auth. secure says that the instance is reached by https (cookies are Secure).
func New(db *store.DB, secure bool) *Auth { panic("stub") }

// SignIn checks email and password, at most ten times in 15 minutes per account and per network,
// and starts a session with a new id. A wrong one is errs.Forbidden with the same answer and time
// whether the account exists or not; too many are [ErrTooMany].
func (a *Auth) SignIn(ctx context.Context, r *http.Request, email, password string) error {
	panic("stub")
}

// SignInAs starts a session for an account without a password (set-up by the one-time link).
func (a *Auth) SignInAs(ctx context.Context, actor policy.ID) error { panic("stub") }

// SignOut ends the session.
func (a *Auth) SignOut(ctx context.Context) error { panic("stub") }

// Middleware loads and saves the session around next. Anonymous visitors cost no query and get
// no cookie.
func (a *Auth) Middleware(next http.Handler) http.Handler { panic("stub") }

// Viewer returns who is looking; a disabled account is the public.
func (a *Auth) Viewer(ctx context.Context) policy.Viewer { panic("stub") }

// NewSetupToken makes the secret of the one-time set-up link and stores its hash.
func (a *Auth) NewSetupToken(ctx context.Context) (string, error) { panic("stub") }

// CheckSetupToken reports whether token is that secret.
func (a *Auth) CheckSetupToken(ctx context.Context, token string) (bool, error) { panic("stub") }
