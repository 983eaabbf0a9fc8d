package store

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// ActorKeys are the private keys of a local actor.
type ActorKeys struct {
	Actor   policy.Actor
	RSA     []byte // PKCS #8 DER
	Ed25519 []byte // seed
	Created time.Time
}

// AddActor stores a, or refreshes what is known of the actor with its IRI (never its FirstSeen
// and State), and sets a.ID, FirstSeen and State to what is stored. A remote actor without an
// inbox, and one that is gone, refreshes nothing. A remote actor that claims the IRI of a local
// one is errs.Conflict.
func (tx *Tx) AddActor(ctx context.Context, a *policy.Actor) (err error) {
	defer errs.Wrap(&err, "store.AddActor(%s)", a.IRI)
	if a.State == "" {
		a.State = policy.ActorActive
	}
	inbox, host := lane(a)
	if !a.Local {
		for _, h := range []string{a.Host, host} {
			if err := tx.addHost(ctx, h); err != nil {
				return err
			}
		}
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO actors (id, iri, kind, local, host, handle, name, summary, url, inbox,
			shared_inbox, lane_inbox, lane_host, followers, indexable, state, first_seen)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (iri) DO UPDATE
		SET kind = excluded.kind, host = excluded.host, handle = excluded.handle,
			name = excluded.name, summary = excluded.summary, url = excluded.url,
			inbox = excluded.inbox, shared_inbox = excluded.shared_inbox,
			lane_inbox = excluded.lane_inbox, lane_host = excluded.lane_host,
			followers = excluded.followers, indexable = excluded.indexable
		WHERE actors.local = excluded.local AND actors.state <> 'gone'
			AND (excluded.local OR excluded.inbox <> '')`,
		tx.NewID(), a.IRI, a.Kind, a.Local, a.Host, a.Handle, a.Name, a.Summary, a.URL, a.Inbox,
		a.SharedInbox, inbox, host, a.Followers, a.Indexable, a.State, micros(tx.At))
	if err != nil {
		return err
	}
	stored, err := tx.ActorByIRI(ctx, a.IRI)
	if err != nil {
		return err
	}
	if stored.Local != a.Local {
		return fmt.Errorf("%w: %s is an actor of this server", errs.Conflict, a.IRI)
	}
	a.ID, a.FirstSeen, a.State = stored.ID, stored.FirstSeen, stored.State
	return nil
}

// lane returns the inbox that we deliver to for an actor, and its host.
func lane(a *policy.Actor) (inbox, host string) {
	inbox = a.SharedInbox
	if inbox == "" {
		inbox = a.Inbox
	}
	return inbox, hostOf(inbox)
}

// hostOf returns the host of an address in lower case, with the port if there is one.
func hostOf(iri string) string {
	u, err := url.Parse(iri)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// SetActorState changes what an actor may do here.
func (tx *Tx) SetActorState(ctx context.Context, id policy.ID, s policy.ActorState) (err error) {
	defer errs.Wrap(&err, "store.SetActorState(%d)", id)
	return tx.mustExec(ctx, `
		UPDATE actors
		SET state = $2
		WHERE id = $1`, id, s)
}

// ClaimHandle gives a handle, for ever, to a local actor; errs.Conflict if it was ever used.
func (tx *Tx) ClaimHandle(ctx context.Context, handle string, actor policy.ID) (err error) {
	defer errs.Wrap(&err, "store.ClaimHandle(%s)", handle)
	n, err := tx.conn.exec(ctx, `
		INSERT INTO handles (handle, actor_id)
		VALUES ($1, $2)
		ON CONFLICT (handle) DO NOTHING`, strings.ToLower(handle), actor)
	if err == nil && n == 0 {
		return fmt.Errorf("%w: the handle %q is taken, or was used before", errs.Conflict, handle)
	}
	return err
}

// AddKeys stores the keys of a local actor, k.Actor.ID.
func (tx *Tx) AddKeys(ctx context.Context, k ActorKeys) (err error) {
	defer errs.Wrap(&err, "store.AddKeys(%s)", k.Actor.IRI)
	_, err = tx.conn.exec(ctx, `
		INSERT INTO keys (id, actor_id, rsa, ed25519, created)
		VALUES ($1, $2, $3, $4, $5)`,
		tx.NewID(), k.Actor.ID, k.RSA, k.Ed25519, micros(tx.At))
	return err
}

// actorColumns are those that actorFields scans.
const actorColumns = `a.id, a.iri, a.kind, a.local, a.host, a.handle, a.name, a.summary, a.url,
	a.inbox, a.shared_inbox, a.followers, a.indexable, a.state, a.first_seen`

func actorFields(a *policy.Actor) []any {
	return []any{&a.ID, &a.IRI, &a.Kind, &a.Local, &a.Host, &a.Handle, &a.Name, &a.Summary, &a.URL,
		&a.Inbox, &a.SharedInbox, &a.Followers, &a.Indexable, &a.State, moment{&a.FirstSeen}}
}

func scanActor(row scanner, a *policy.Actor) error { return row.Scan(actorFields(a)...) }

// Actor returns an actor by key; errs.NotFound.
func (r Reader) Actor(ctx context.Context, id policy.ID) (_ *policy.Actor, err error) {
	defer errs.Wrap(&err, "store.Actor(%d)", id)
	return one(ctx, r.conn, scanActor, `
		SELECT `+actorColumns+`
		FROM actors a
		WHERE a.id = $1`, id)
}

// ActorByIRI returns an actor by ActivityPub id; errs.NotFound.
func (r Reader) ActorByIRI(ctx context.Context, iri string) (_ *policy.Actor, err error) {
	defer errs.Wrap(&err, "store.ActorByIRI(%s)", iri)
	return one(ctx, r.conn, scanActor, `
		SELECT `+actorColumns+`
		FROM actors a
		WHERE a.iri = $1`, iri)
}

// ActorByHandle returns a local actor by its handle, compared in lower case; errs.NotFound.
func (r Reader) ActorByHandle(ctx context.Context, handle string) (_ *policy.Actor, err error) {
	defer errs.Wrap(&err, "store.ActorByHandle(%s)", handle)
	return one(ctx, r.conn, scanActor, `
		SELECT `+actorColumns+`
		FROM handles h
		JOIN actors a ON a.id = h.actor_id
		WHERE h.handle = $1`, strings.ToLower(handle))
}

// Keys returns the newest keys of the local actor with that IRI; errs.NotFound.
func (r Reader) Keys(ctx context.Context, iri string) (_ *ActorKeys, err error) {
	defer errs.Wrap(&err, "store.Keys(%s)", iri)
	scan := func(row scanner, k *ActorKeys) error {
		return row.Scan(append(actorFields(&k.Actor), &k.RSA, &k.Ed25519, moment{&k.Created})...)
	}
	return one(ctx, r.conn, scan, `
		SELECT `+actorColumns+`, k.rsa, k.ed25519, k.created
		FROM actors a
		JOIN keys k ON k.actor_id = a.id
		WHERE a.iri = $1
		ORDER BY k.id DESC
		LIMIT 1`, iri)
}

// EraseActor empties name, summary and page of a remote actor, marks it gone, drops its document,
// follows and reactions, and returns the ids of its contributions that are not withdrawn yet.
func (tx *Tx) EraseActor(ctx context.Context, id policy.ID) (_ []policy.ID, err error) {
	defer errs.Wrap(&err, "store.EraseActor(%d)", id)
	err = tx.mustExec(ctx, `
		UPDATE actors
		SET name = '', summary = '', url = '', state = 'gone'
		WHERE id = $1 AND NOT local`, id)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		`DELETE FROM documents WHERE iri = (SELECT iri FROM actors WHERE id = $1)`,
		`DELETE FROM followers WHERE who_id = $1`,
		`DELETE FROM reactions WHERE actor_id = $1`,
	} {
		if _, err := tx.conn.exec(ctx, statement, id); err != nil {
			return nil, err
		}
	}
	return collect(ctx, tx.conn, scanKey, `
		SELECT id
		FROM contributions
		WHERE author_id = $1 AND moderation <> 'withdrawn'
		ORDER BY id`, id)
}

// mustExec runs a statement about one row; errs.NotFound if there is none.
func (tx *Tx) mustExec(ctx context.Context, query string, args ...any) error {
	n, err := tx.conn.exec(ctx, query, args...)
	if err == nil && n == 0 {
		return errs.NotFound
	}
	return err
}
