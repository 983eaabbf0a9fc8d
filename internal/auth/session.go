package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// lifetime is how long a session lasts, whether it is used or not: without an idle timeout a
// visit costs one read and no write.
const lifetime = 7 * 24 * time.Hour

// What a session holds: who signed in, and the digest of the password hash that it began with,
// so that no session outlives its password, not even one that begins while it is changed.
const (
	keyActor    = "actor"
	keyPassword = "password"
)

// viewerKey is the context key of the [policy.Viewer] that Middleware found.
type viewerKey struct{}

// newSessions returns a session manager that keeps nothing but hashes of its tokens in db.
func newSessions(db *store.DB, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = sessionStore{db}
	m.HashTokenInStore = true
	m.Lifetime = lifetime
	m.Cookie.Name = "folkmoot"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = secure
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("session not loaded or saved")
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
	return m
}

// Middleware loads and saves the session around next. Anonymous visitors cost no query and get
// no cookie.
func (a *Auth) Middleware(next http.Handler) http.Handler {
	return a.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := a.viewer(r.Context())
		if err != nil {
			a.sessions.ErrorFunc(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), viewerKey{}, v)))
	}))
}

// Viewer returns who is looking; a disabled account is the public. Without [Auth.Middleware]
// around it, everybody is the public.
func (a *Auth) Viewer(ctx context.Context) policy.Viewer {
	v, _ := ctx.Value(viewerKey{}).(policy.Viewer)
	return v
}

// viewer reads the account anew for every request, so that what is taken away is gone at once.
func (a *Auth) viewer(ctx context.Context) (_ policy.Viewer, err error) {
	defer errs.Wrap(&err, "auth.viewer")
	id := policy.ID(a.sessions.GetInt64(ctx, keyActor))
	if id == 0 {
		return policy.Public, nil
	}
	account, actor, err := a.db.Account(ctx, id)
	if errors.Is(err, errs.NotFound) {
		return policy.Public, nil
	}
	if err != nil {
		return policy.Public, err
	}
	began := []byte(a.sessions.GetString(ctx, keyPassword))
	same := subtle.ConstantTimeCompare(began, []byte(digest(account.PasswordHash))) == 1
	if account.Disabled || account.Role == "" || !same {
		return policy.Public, nil
	}
	return policy.Viewer{Staff: true, Actor: id, Role: account.Role, Name: actor.DisplayName()}, nil
}

// start begins a session for an account under a new token.
func (a *Auth) start(ctx context.Context, account *policy.Account) (err error) {
	defer errs.Wrap(&err, "auth.start")
	if err := a.sessions.RenewToken(ctx); err != nil {
		return err
	}
	a.sessions.Put(ctx, keyActor, int64(account.Actor))
	a.sessions.Put(ctx, keyPassword, digest(account.PasswordHash))
	return nil
}

// SignOut ends the session.
func (a *Auth) SignOut(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "auth.SignOut")
	return a.sessions.Destroy(ctx)
}

// sessionStore is where scs keeps its sessions. The methods without a context are part of its
// interface, but not called by it where those with one exist.
type sessionStore struct{ db *store.DB }

var _ scs.CtxStore = sessionStore{}

// FindCtx implements [scs.CtxStore].
func (s sessionStore) FindCtx(ctx context.Context, token string) (data []byte, ok bool, err error) {
	return s.db.Session(ctx, token)
}

// CommitCtx implements [scs.CtxStore]. The account is stored beside the data, so that all
// sessions of an account can be ended.
func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) (err error) {
	defer errs.Wrap(&err, "auth.sessionStore.Commit")
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return err
	}
	actor, _ := values[keyActor].(int64)
	return s.db.Write(ctx, func(tx *store.Tx) error {
		return tx.SaveSession(ctx, token, data, policy.ID(actor), expires)
	})
}

// DeleteCtx implements [scs.CtxStore].
func (s sessionStore) DeleteCtx(ctx context.Context, token string) (err error) {
	defer errs.Wrap(&err, "auth.sessionStore.Delete")
	return s.db.Write(ctx, func(tx *store.Tx) error { return tx.DeleteSession(ctx, token) })
}

// Find implements [scs.Store].
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements [scs.Store].
func (s sessionStore) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete implements [scs.Store].
func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
