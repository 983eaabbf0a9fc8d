package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddAccount stores a local person who signs in; errs.Conflict if the email is taken.
func (tx *Tx) AddAccount(ctx context.Context, a *policy.Account) error { panic("stub") }

// SetPassword replaces the hash and ends all sessions of the account.
func (tx *Tx) SetPassword(ctx context.Context, actor policy.ID, hash string) error { panic("stub") }

// AccountByEmail returns an account and its actor; errs.NotFound.
func (db *DB) AccountByEmail(ctx context.Context, email string) (*policy.Account, *policy.Actor, error) {
	panic("stub")
}

// Account returns the account of an actor; errs.NotFound.
func (db *DB) Account(ctx context.Context, actor policy.ID) (*policy.Account, *policy.Actor, error) {
	panic("stub")
}

// FirstSteward returns the account that was made first; errs.NotFound before set-up.
func (db *DB) FirstSteward(ctx context.Context) (*policy.Account, *policy.Actor, error) {
	panic("stub")
}

// Session returns the data of a session by the hash of its token; false if there is none or it
// has expired.
func (db *DB) Session(ctx context.Context, tokenHash string) (data []byte, ok bool, err error) {
	panic("stub")
}

// SaveSession stores a session; actor is zero for one that nobody has signed in to.
func (tx *Tx) SaveSession(ctx context.Context, tokenHash string, data []byte, actor policy.ID, expires time.Time) error {
	panic("stub")
}

// DeleteSession ends a session.
func (tx *Tx) DeleteSession(ctx context.Context, tokenHash string) error { panic("stub") }
