package app

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// rsaBits is the size of RSA keys: what every server takes.
const rsaBits = 2048

// newKeys makes the keys of a local actor. It takes a good part of a second, and so is done
// outside transactions.
func newKeys() (store.ActorKeys, error) {
	private, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return store.ActorKeys{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return store.ActorKeys{}, err
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return store.ActorKeys{}, err
	}
	return store.ActorKeys{RSA: der, Ed25519: ed.Seed()}, nil
}

// localActor returns an actor of ours that is still without name and handle.
func (a *App) localActor(kind policy.ActorKind, iri, page string) policy.Actor {
	return policy.Actor{
		IRI:         iri,
		Kind:        kind,
		Local:       true,
		Host:        a.base.Host(),
		URL:         page,
		Inbox:       policy.Inbox(iri),
		SharedInbox: a.base.SharedInbox(),
		Followers:   policy.Followers(iri),
		Indexable:   true,
		State:       policy.ActorActive,
	}
}

// addLocal stores an actor of ours with its keys, and gives it its handle for ever.
func addLocal(ctx context.Context, tx *store.Tx, actor *policy.Actor, keys store.ActorKeys) error {
	actor.FirstSeen = tx.At
	if err := tx.AddActor(ctx, actor); err != nil {
		return err
	}
	if err := tx.ClaimHandle(ctx, actor.Handle, actor.ID); err != nil {
		return err
	}
	keys.Actor, keys.Created = *actor, tx.At
	return tx.AddKeys(ctx, keys)
}
