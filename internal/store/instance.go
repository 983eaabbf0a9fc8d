package store

import (
	"context"
	"fmt"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Organisation returns who runs the instance; errs.NotFound before set-up.
func (r Reader) Organisation(ctx context.Context) (_ *policy.Organisation, err error) {
	defer errs.Wrap(&err, "store.Organisation")
	return one(ctx, r.conn, func(row scanner, o *policy.Organisation) error {
		return row.Scan(append([]any{&o.BaseURL, &o.Strap, &o.Receipts, moment{&o.Created}},
			actorFields(&o.Actor)...)...)
	}, `
		SELECT o.base_url, o.strap, o.receipts, o.created, `+actorColumns+`
		FROM organisation o
		JOIN actors a ON a.id = o.actor_id`)
}

// AddOrganisation makes the organisation; errs.Conflict if there is one. o.Actor must be stored
// before.
func (tx *Tx) AddOrganisation(ctx context.Context, o *policy.Organisation) (err error) {
	defer errs.Wrap(&err, "store.AddOrganisation")
	if o.Created.IsZero() {
		o.Created = tx.At
	}
	n, err := tx.conn.exec(ctx, `
		INSERT INTO organisation (one, actor_id, base_url, strap, receipts, created)
		VALUES (1, $1, $2, $3, $4, $5)
		ON CONFLICT (one) DO NOTHING`,
		o.Actor.ID, o.BaseURL, o.Strap, o.Receipts, micros(o.Created))
	if err == nil && n == 0 {
		return fmt.Errorf("%w: this instance is set up already", errs.Conflict)
	}
	return err
}

// SetupToken returns the hash of the one-time set-up link's secret, or "" if there is none.
func (r Reader) SetupToken(ctx context.Context) (hash string, err error) {
	defer errs.Wrap(&err, "store.SetupToken")
	return r.fact(ctx, "setup")
}

// SetSetupToken stores it; "" removes it.
func (tx *Tx) SetSetupToken(ctx context.Context, hash string) (err error) {
	defer errs.Wrap(&err, "store.SetSetupToken")
	if hash == "" {
		_, err = tx.conn.exec(ctx, `
			DELETE FROM facts
			WHERE name = 'setup'`)
		return err
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO facts (name, value)
		VALUES ('setup', $1)
		ON CONFLICT (name) DO UPDATE
		SET value = excluded.value`, hash)
	return err
}

// BindURL stores the public address. While there is no organisation it may still change, and what
// was made for the old one (the instance actor) is dropped; afterwards another url is refused with
// errs.Conflict and a sentence.
func (tx *Tx) BindURL(ctx context.Context, url string) (err error) {
	defer errs.Wrap(&err, "store.BindURL")
	bound, err := tx.fact(ctx, "url")
	if err != nil || bound == url {
		return err
	}
	switch _, err := tx.Organisation(ctx); {
	case err == nil:
		return errs.Refuse(errs.Conflict, "this database belongs to the instance at %s, and an instance can never change its address: set FOLKMOOT_URL=%s, or use another database", bound, bound)
	case !isNotFound(err):
		return err
	}
	for _, query := range []string{
		`DELETE FROM keys WHERE actor_id IN (SELECT id FROM actors WHERE local)`,
		`DELETE FROM handles WHERE actor_id IN (SELECT id FROM actors WHERE local)`,
		`DELETE FROM actors WHERE local`,
	} {
		if _, err := tx.conn.exec(ctx, query); err != nil {
			return err
		}
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO facts (name, value)
		VALUES ('url', $1)
		ON CONFLICT (name) DO UPDATE
		SET value = excluded.value`, url)
	return err
}

// fact returns a single value about the instance, or "".
func (r Reader) fact(ctx context.Context, name string) (string, error) {
	v, err := value[string](ctx, r.conn, `
		SELECT value
		FROM facts
		WHERE name = $1`, name)
	if isNotFound(err) {
		return "", nil
	}
	return v, err
}
