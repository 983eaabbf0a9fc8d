package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Outgoing is an activity of ours, as sent.
type Outgoing struct {
	ID      policy.ID
	IRI     string // /a/<ULID>
	Actor   policy.ID
	Type    string
	Object  string // id of its object
	Body    []byte
	Public  bool // listed in the actor's outbox and served at its IRI
	Created time.Time
}

// AddOutgoing stores an activity once per IRI, and sets o.ID and o.Created; false if it is known
// already (then nothing must be queued again).
func (tx *Tx) AddOutgoing(ctx context.Context, o *Outgoing) (isNew bool, err error) {
	defer errs.Wrap(&err, "store.AddOutgoing(%s)", o.IRI)
	id := tx.NewID()
	n, err := tx.conn.exec(ctx, `
		INSERT INTO outgoing (id, iri, actor_id, type, object, body, public, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (iri) DO NOTHING`,
		id, o.IRI, o.Actor, o.Type, o.Object, o.Body, o.Public, micros(tx.At))
	if err != nil || n == 0 {
		return false, err
	}
	o.ID, o.Created = id, tx.At
	return true, nil
}

const outgoingColumns = `o.id, o.iri, o.actor_id, o.type, o.object, o.body, o.public, o.created`

func scanOutgoing(row scanner, o *Outgoing) error {
	return row.Scan(&o.ID, &o.IRI, &o.Actor, &o.Type, &o.Object, &o.Body, &o.Public, moment{&o.Created})
}

// Outgoing returns a public outgoing activity by IRI; errs.NotFound.
func (r Reader) Outgoing(ctx context.Context, iri string) (_ *Outgoing, err error) {
	defer errs.Wrap(&err, "store.Outgoing(%s)", iri)
	return one(ctx, r.conn, scanOutgoing, `
		SELECT `+outgoingColumns+`
		FROM outgoing o
		WHERE o.iri = $1 AND o.public`, iri)
}

// Outbox lists the public activities of a local actor, newest first. total counts them all.
func (r Reader) Outbox(ctx context.Context, actor policy.ID, p Page) (list []Outgoing, total int64, err error) {
	defer errs.Wrap(&err, "store.Outbox(%d)", actor)
	total, err = value[int64](ctx, r.conn, `
		SELECT count(*)
		FROM outgoing o
		WHERE o.actor_id = $1 AND o.public`, actor)
	if err != nil {
		return nil, 0, err
	}
	list, err = collect(ctx, r.conn, scanOutgoing, `
		SELECT `+outgoingColumns+`
		FROM outgoing o
		WHERE o.actor_id = $1 AND o.public AND (o.id < $2 OR $2 = 0)
		ORDER BY o.id DESC
		LIMIT $3`, actor, p.After, p.limit())
	return list, total, err
}

// LatestOutgoing returns the newest outgoing activity of a type about an object by an actor, such
// as the Announce to be undone; errs.NotFound.
func (r Reader) LatestOutgoing(ctx context.Context, actor policy.ID, typ, object string) (_ *Outgoing, err error) {
	defer errs.Wrap(&err, "store.LatestOutgoing(%s %s)", typ, object)
	return one(ctx, r.conn, scanOutgoing, `
		SELECT `+outgoingColumns+`
		FROM outgoing o
		WHERE o.actor_id = $1 AND o.type = $2 AND o.object = $3
		ORDER BY o.id DESC
		LIMIT 1`, actor, typ, object)
}
