package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Quote is a permission to quote, as served at its IRI (FEP-044f).
type Quote struct {
	IRI     string    // /quotes/<ULID>
	Object  string    // ours
	Quoting string    // theirs
	Owner   policy.ID // local actor
	Created time.Time
}

// AddQuote stores it, once per (Object, Quoting), and sets q.IRI and q.Created to the stored ones.
func (tx *Tx) AddQuote(ctx context.Context, q *Quote) (isNew bool, err error) {
	defer errs.Wrap(&err, "store.AddQuote(%s)", q.IRI)
	n, err := tx.conn.exec(ctx, `
		INSERT INTO quotes (iri, object, quoting, owner_id, created)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (object, quoting) DO NOTHING`,
		q.IRI, q.Object, q.Quoting, q.Owner, micros(tx.At))
	if err != nil {
		return false, err
	}
	stored, err := one(ctx, tx.conn, scanQuote, `
		SELECT iri, object, quoting, owner_id, created
		FROM quotes
		WHERE object = $1 AND quoting = $2`, q.Object, q.Quoting)
	if err != nil {
		return false, err
	}
	*q = *stored
	return n == 1, nil
}

func scanQuote(row scanner, q *Quote) error {
	return row.Scan(&q.IRI, &q.Object, &q.Quoting, &q.Owner, moment{&q.Created})
}

// QuoteByIRI returns one; errs.NotFound.
func (r Reader) QuoteByIRI(ctx context.Context, iri string) (_ *Quote, err error) {
	defer errs.Wrap(&err, "store.QuoteByIRI(%s)", iri)
	return one(ctx, r.conn, scanQuote, `
		SELECT iri, object, quoting, owner_id, created
		FROM quotes
		WHERE iri = $1`, iri)
}
