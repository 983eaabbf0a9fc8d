package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// Organisation returns who runs the instance; errs.NotFound before set-up.
func (db *DB) Organisation(ctx context.Context) (*policy.Organisation, error) { panic("stub") }

// AddOrganisation makes the organisation; errs.Conflict if there is one.
func (tx *Tx) AddOrganisation(ctx context.Context, o *policy.Organisation) error { panic("stub") }

// SetupToken returns the hash of the one-time set-up link's secret, or "" if there is none.
func (db *DB) SetupToken(ctx context.Context) (hash string, err error) { panic("stub") }

// SetSetupToken stores it; "" removes it.
func (tx *Tx) SetSetupToken(ctx context.Context, hash string) error { panic("stub") }

// BindURL stores the public address the first time, and afterwards returns errs.Conflict with a
// sentence if url is another one.
func (tx *Tx) BindURL(ctx context.Context, url string) error { panic("stub") }
