package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddAccount stores a local person who signs in; errs.Conflict if the email is taken.
func (tx *Tx) AddAccount(ctx context.Context, a *policy.Account) (err error) {
	defer errs.Wrap(&err, "store.AddAccount(%d)", a.Actor)
	if a.Created.IsZero() {
		a.Created = tx.At
	}
	a.Email = strings.ToLower(a.Email)
	n, err := tx.conn.exec(ctx, `
		INSERT INTO accounts (actor_id, email, password_hash, role, disabled, created)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`,
		a.Actor, a.Email, a.PasswordHash, a.Role, a.Disabled, micros(a.Created))
	if err == nil && n == 0 {
		return fmt.Errorf("%w: there is an account with this email address", errs.Conflict)
	}
	return err
}

// SetPassword replaces the hash and ends all sessions of the account; errs.NotFound.
func (tx *Tx) SetPassword(ctx context.Context, actor policy.ID, hash string) (err error) {
	defer errs.Wrap(&err, "store.SetPassword(%d)", actor)
	err = tx.mustExec(ctx, `
		UPDATE accounts
		SET password_hash = $2
		WHERE actor_id = $1`, actor, hash)
	if err != nil {
		return err
	}
	return tx.EndSessions(ctx, actor)
}

type accountActor struct {
	account policy.Account
	actor   policy.Actor
}

func (r Reader) account(ctx context.Context, which string, args ...any) (*policy.Account, *policy.Actor, error) {
	p, err := one(ctx, r.conn, func(row scanner, p *accountActor) error {
		c := &p.account
		return row.Scan(append([]any{&c.Actor, &c.Email, &c.PasswordHash, &c.Role, &c.Disabled,
			moment{&c.Created}}, actorFields(&p.actor)...)...)
	}, `
		SELECT c.actor_id, c.email, c.password_hash, c.role, c.disabled, c.created, `+actorColumns+`
		FROM accounts c
		JOIN actors a ON a.id = c.actor_id
		`+which+`
		LIMIT 1`, args...)
	if err != nil {
		return nil, nil, err
	}
	return &p.account, &p.actor, nil
}

// AccountByEmail returns an account and its actor; errs.NotFound.
func (r Reader) AccountByEmail(ctx context.Context, email string) (_ *policy.Account, _ *policy.Actor, err error) {
	defer errs.Wrap(&err, "store.AccountByEmail")
	return r.account(ctx, `WHERE c.email = $1`, strings.ToLower(email))
}

// Account returns the account of an actor; errs.NotFound.
func (r Reader) Account(ctx context.Context, actor policy.ID) (_ *policy.Account, _ *policy.Actor, err error) {
	defer errs.Wrap(&err, "store.Account(%d)", actor)
	return r.account(ctx, `WHERE c.actor_id = $1`, actor)
}

// FirstSteward returns the account that was made first; errs.NotFound before set-up.
func (r Reader) FirstSteward(ctx context.Context) (_ *policy.Account, _ *policy.Actor, err error) {
	defer errs.Wrap(&err, "store.FirstSteward")
	return r.account(ctx, `WHERE c.role = 'steward' ORDER BY c.created, c.actor_id`)
}
