package store

import (
	"context"
	"time"

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
// and State), and sets a.ID, FirstSeen and State to what is stored.
func (tx *Tx) AddActor(ctx context.Context, a *policy.Actor) error { panic("stub") }

// SetActorState changes what an actor may do here.
func (tx *Tx) SetActorState(ctx context.Context, id policy.ID, s policy.ActorState) error {
	panic("stub")
}

// ClaimHandle gives a handle, for ever, to a local actor; errs.Conflict if it was ever used.
func (tx *Tx) ClaimHandle(ctx context.Context, handle string, actor policy.ID) error { panic("stub") }

// AddKeys stores the keys of a local actor.
func (tx *Tx) AddKeys(ctx context.Context, k ActorKeys) error { panic("stub") }

// Actor returns an actor by key; errs.NotFound.
func (db *DB) Actor(ctx context.Context, id policy.ID) (*policy.Actor, error) { panic("stub") }

// ActorByIRI returns an actor by ActivityPub id; errs.NotFound.
func (db *DB) ActorByIRI(ctx context.Context, iri string) (*policy.Actor, error) { panic("stub") }

// ActorByHandle returns a local actor by its handle, compared in lower case; errs.NotFound.
func (db *DB) ActorByHandle(ctx context.Context, handle string) (*policy.Actor, error) { panic("stub") }

// Keys returns the newest keys of the local actor with that IRI; errs.NotFound.
func (db *DB) Keys(ctx context.Context, iri string) (*ActorKeys, error) { panic("stub") }

// ActorDocument returns what was fetched from iri; errs.NotFound.
func (db *DB) ActorDocument(ctx context.Context, iri string) (body []byte, fetched time.Time, err error) {
	panic("stub")
}

// SaveActorDocument stores what was fetched from iri.
func (tx *Tx) SaveActorDocument(ctx context.Context, iri string, body []byte, fetched time.Time) error {
	panic("stub")
}

// ForgetActorDocument drops it.
func (tx *Tx) ForgetActorDocument(ctx context.Context, iri string) error { panic("stub") }

// EraseActor empties name, summary and page of a remote actor, marks it gone, drops its document
// and follows, and returns the ids of its contributions that are not withdrawn yet.
func (tx *Tx) EraseActor(ctx context.Context, id policy.ID) ([]policy.ID, error) { panic("stub") }
