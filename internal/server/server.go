// Package server wires the rooms of the house together, and is the only package that knows them
// all: it opens an instance for the commands, and runs it for "serve".
package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/auth"
	"github.com/folkmoot/folkmoot/internal/config"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Instance is an opened instance: what the commands work on, beside a running server or without.
type Instance struct {
	Config *config.Config
	DB     *store.DB
	App    *app.App
	gate   fetch.Gate
}

// Open opens the database of an instance, applies pending migrations, and makes sure that the
// public address is the one it was set up with. Close it.
func Open(ctx context.Context, c *config.Config) (_ *Instance, err error) {
	gate, err := fetch.ParseGate(c.TestPeers, c.AllowPrivate)
	if err != nil {
		return nil, &ConfigError{err}
	}
	if c.Database == "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return nil, &ConfigError{fmt.Errorf("FOLKMOOT_DATA=%s: cannot make this folder: %w", c.Data, errors.Unwrap(err))}
		}
	}
	db, err := store.Open(ctx, store.Options{URL: c.DatabaseURL(), Consequences: consequences})
	if err != nil {
		return nil, unusable(c, err)
	}
	err = db.Write(ctx, func(tx *store.Tx) error { return tx.BindURL(ctx, c.URL) })
	if sentence := errs.Sentence(err); sentence != "" {
		err = &ConfigError{errors.New(sentence)}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Instance{Config: c, DB: db, App: app.New(db, c.URL), gate: gate}, nil
}

// unusable says in one sentence why the database cannot be used. Unless it may only be away for a
// while, the operator has to mend it.
func unusable(c *config.Config, err error) error {
	if errs.Sentence(err) != "" || errors.Is(err, context.Canceled) {
		return err
	}
	why := strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "store.Open: ")
	err = fmt.Errorf("%s: this database cannot be used: %s", c.DatabaseName(), strings.TrimPrefix(why, errs.Unavailable.Error()+": database: "))
	if strings.HasPrefix(why, errs.Unavailable.Error()) {
		return err
	}
	return &ConfigError{err}
}

// Close releases the database.
func (i *Instance) Close() error { return i.DB.Close() }

// ConfigError says that a setting is wrong, in a sentence for the operator.
type ConfigError struct{ err error }

// Error is the sentence.
func (e *ConfigError) Error() string { return e.err.Error() }

// Unwrap returns what was found wrong.
func (e *ConfigError) Unwrap() error { return e.err }

// Limits of the listener. A peer that sends slower than this is cut off.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 20 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	stopTimeout   = 20 * time.Second
)

// Serve runs the instance until ctx ends, then finishes what is in hand. ready is called once,
// when it takes requests, with the address that it listens on and the one-time set-up link, which
// is empty once the organisation is set up.
func (i *Instance) Serve(ctx context.Context, version string, ready func(address, setup string)) (err error) {
	listener, err := i.listen(ctx)
	if err != nil {
		return err
	}
	setup, err := i.setupLink(ctx) // only now: it ends the link of a server that listens there already
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if i.gate.Own, err = fetch.Listeners(listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	handler, work, err := i.wire(ctx, version)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	log := zerolog.Ctx(ctx)
	for _, peer := range i.gate.TestPeers {
		log.Warn().Stringer("host", peer).Msg("test peer may be reached on loopback")
	}
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	workers := run(ctx, work)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	ready(listener.Addr().String(), setup)
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if e := srv.Shutdown(stop); e != nil {
		err = errors.Join(err, e, srv.Close())
	}
	return errors.Join(err, workers())
}

// listen opens the address to listen on.
func (i *Instance) listen(ctx context.Context) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", i.Config.Listen)
	switch {
	case err == nil:
		return listener, nil
	case !errors.Is(err, syscall.EADDRINUSE):
		return nil, &ConfigError{fmt.Errorf("FOLKMOOT_LISTEN=%s: cannot listen there: %w", i.Config.Listen, err)}
	case i.Config.LoopbackURL() && i.fresh(ctx):
		return nil, &ConfigError{fmt.Errorf("FOLKMOOT_LISTEN=%s: another program listens there: stop it, or set another port in both, such as FOLKMOOT_LISTEN=127.0.0.1:8081 and FOLKMOOT_URL=http://localhost:8081", i.Config.Listen)}
	}
	return nil, &ConfigError{fmt.Errorf("FOLKMOOT_LISTEN=%s: another program listens there: stop it, or write another port", i.Config.Listen)}
}

// fresh reports whether the public address can still be changed.
func (i *Instance) fresh(ctx context.Context) bool {
	_, err := i.DB.Organisation(ctx)
	return errors.Is(err, errs.NotFound)
}

// setupLink makes a fresh one-time link while there is no organisation; the links of earlier
// starts stop working.
func (i *Instance) setupLink(ctx context.Context) (string, error) {
	_, err := i.DB.Organisation(ctx)
	if !errors.Is(err, errs.NotFound) {
		return "", err
	}
	token, err := auth.New(i.DB, i.Config.Base().Scheme == "https").NewSetupToken(ctx)
	if err != nil {
		return "", err
	}
	return i.Config.URL + "/setup/" + token, nil
}

// BadConfig marks err as the operator's to mend, in the settings.
func BadConfig(err error) error { return &ConfigError{err} }

// SetUp makes the organisation and its first steward, who signs in with password.
func (i *Instance) SetUp(ctx context.Context, s app.SetUp, password string) (*policy.Organisation, error) {
	if wrong := append(i.App.CheckSetUp(s), policy.CheckPassword(password)...); len(wrong) > 0 {
		return nil, wrong
	}
	hash, err := auth.HashPassword(password)
	if err != nil {
		return nil, err
	}
	s.PasswordHash = hash
	return i.App.SetUp(ctx, s)
}

// SetPassword gives an account another password, and ends its sessions.
func (i *Instance) SetPassword(ctx context.Context, email, password string) error {
	if wrong := policy.CheckPassword(password); len(wrong) > 0 {
		return wrong
	}
	account, _, err := i.DB.AccountByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
	if errors.Is(err, errs.NotFound) {
		return errs.Refuse(errs.NotFound, "nobody signs in with %s", email)
	}
	if err != nil {
		return err
	}
	hash, err := auth.HashPassword(password)
	if err != nil {
		return err
	}
	return i.DB.Write(ctx, func(tx *store.Tx) error { return tx.SetPassword(ctx, account.Actor, hash) })
}

// Operator is who acts when a command is run: the first steward, since whoever holds the database
// may do what stewards may. errs.Conflict before set-up.
func (i *Instance) Operator(ctx context.Context) (app.By, error) {
	account, actor, err := i.DB.FirstSteward(ctx)
	if errors.Is(err, errs.NotFound) {
		return app.By{}, errs.Refuse(errs.Conflict, "this instance is not set up yet: run \"folkmoot init\", or open the link that \"folkmoot serve\" prints")
	}
	if err != nil {
		return app.By{}, err
	}
	return app.By{Actor: account.Actor, Name: actor.DisplayName()}, nil
}
