// Package auth signs people in: passwords, sessions, and the secret of the first run.
//
// Of every secret only a hash is kept: argon2id of passwords, SHA-256 of session and set-up
// tokens, which are random. A session says nothing but who signed in; what that person may do is
// read from the account at every request.
package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// ErrTooMany says that an account or a network has failed too often; try again in a quarter of
// an hour.
var ErrTooMany = errors.New("too many tries to sign in")

// Auth signs people in to one instance.
type Auth struct {
	db       *store.DB
	sessions *scs.SessionManager
	limit    limiter
	now      func() time.Time
}

// New returns an Auth. secure says that the instance is reached by https (cookies are Secure).
func New(db *store.DB, secure bool) *Auth {
	return &Auth{
		db:       db,
		sessions: newSessions(db, secure),
		limit:    limiter{entries: make(map[string]tries)},
		now:      time.Now,
	}
}

// SignIn checks email and password, at most ten times in 15 minutes per account and per network,
// and starts a session with a new id. A wrong one is errs.Forbidden with the same answer and time
// whether the account exists or not; too many are [ErrTooMany].
func (a *Auth) SignIn(ctx context.Context, r *http.Request, email, password string) (err error) {
	defer errs.Wrap(&err, "auth.SignIn")
	email = strings.ToLower(strings.TrimSpace(email))
	account, _, err := a.db.AccountByEmail(ctx, email)
	if errors.Is(err, errs.NotFound) {
		account = &policy.Account{Disabled: true}
	} else if err != nil {
		return err
	}
	if err := a.try(ctx, r, email, account, password); err != nil {
		return err
	}
	return a.start(ctx, account)
}

// try checks a password and counts the failures.
func (a *Auth) try(ctx context.Context, r *http.Request, email string, account *policy.Account, password string) error {
	keys := []string{"account " + digest(email), "network " + network(r)}
	if !a.limit.take(a.now(), keys...) {
		return ErrTooMany
	}
	ok, err := matches(ctx, account.PasswordHash, password)
	if err != nil {
		return err
	}
	if !ok || account.Disabled {
		return errs.Refuse(errs.Forbidden, "Email address or password is wrong.")
	}
	a.limit.giveBack(keys...)
	return nil
}

// SignInAs starts a session for an account without a password (set-up by the one-time link).
func (a *Auth) SignInAs(ctx context.Context, actor policy.ID) (err error) {
	defer errs.Wrap(&err, "auth.SignInAs(%d)", actor)
	account, _, err := a.db.Account(ctx, actor)
	if err != nil {
		return err
	}
	return a.start(ctx, account)
}

// ChangePassword replaces the password of whoever is signed in, if old is the present one, ends
// all sessions of the account and starts a new one here. A wrong old one is errs.Forbidden, too
// many are [ErrTooMany], a new one that may not be chosen is a policy.FieldErrors.
func (a *Auth) ChangePassword(ctx context.Context, r *http.Request, old, fresh string) (err error) {
	defer errs.Wrap(&err, "auth.ChangePassword")
	account, _, err := a.db.Account(ctx, a.Viewer(ctx).Actor)
	if err != nil {
		return err
	}
	if err := a.try(ctx, r, account.Email, account, old); err != nil {
		return err
	}
	if e := policy.CheckPassword(fresh); len(e) > 0 {
		return e
	}
	account.PasswordHash, err = HashPassword(fresh)
	if err != nil {
		return err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		return tx.SetPassword(ctx, account.Actor, account.PasswordHash)
	})
	if err != nil {
		return err
	}
	return a.start(ctx, account)
}
