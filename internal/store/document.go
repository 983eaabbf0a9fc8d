package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// ActorDocument returns what was fetched from iri; errs.NotFound.
func (r Reader) ActorDocument(ctx context.Context, iri string) (body []byte, fetched time.Time, err error) {
	defer errs.Wrap(&err, "store.ActorDocument(%s)", iri)
	type document struct {
		body    []byte
		fetched time.Time
	}
	d, err := one(ctx, r.conn, func(row scanner, d *document) error {
		return row.Scan(&d.body, moment{&d.fetched})
	}, `
		SELECT body, fetched
		FROM documents
		WHERE iri = $1`, iri)
	if err != nil {
		return nil, time.Time{}, err
	}
	return d.body, d.fetched, nil
}

// SaveActorDocument stores what was fetched from iri.
func (tx *Tx) SaveActorDocument(ctx context.Context, iri string, body []byte, fetched time.Time) (err error) {
	defer errs.Wrap(&err, "store.SaveActorDocument(%s)", iri)
	_, err = tx.conn.exec(ctx, `
		INSERT INTO documents (iri, body, fetched)
		VALUES ($1, $2, $3)
		ON CONFLICT (iri) DO UPDATE
		SET body = excluded.body, fetched = excluded.fetched`, iri, body, micros(fetched))
	return err
}

// ForgetActorDocument drops it.
func (tx *Tx) ForgetActorDocument(ctx context.Context, iri string) (err error) {
	defer errs.Wrap(&err, "store.ForgetActorDocument(%s)", iri)
	_, err = tx.conn.exec(ctx, `
		DELETE FROM documents
		WHERE iri = $1`, iri)
	return err
}
