// Package federation is the server-to-server half of ActivityPub for a program that keeps its own
// data: receiving, verifying, dispatching, discovering, serving and delivering.
//
// A program does three things with it. It fills a [Config] with what only it can know. It says
// with [Federation.On] what each activity means. And it keeps [Federation.Process] and the
// delivery lanes going until they are told to stop.
package federation

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"net/url"
	"time"

	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

// Config is what the program supplies. All ports are required unless it says otherwise.
type Config struct {
	URL    *url.URL                                      // public address of the instance, without a path
	Inbox  Inbox                                         // keeps what was accepted
	Local  Local                                         // who and what lives here
	Cache  ActorCache                                    // remembers remote actors and their keys
	Client *fetch.Client                                 // the only way out
	Allow  func(ctx context.Context, actor string) error // nil lets everyone in; an error refuses with 403
	Now    func() time.Time                              // nil means time.Now
}

// Received is an activity whose signature was verified.
type Received struct {
	Activity string // its id, on the actor's host; made from actor and hash of the body where it has none
	Actor    string // its signer
	Type     string
	Object   string // id of its object; may be empty
	Body     []byte // as it came
	Path     string // path of the inbox that it came to
	At       time.Time
}

// Inbox keeps activities until they are processed.
type Inbox interface {
	// Accept stores r, once per (actor, activity), and returns after the commit. It reports
	// whether r was new. An error wrapping ErrBusy means "come back later" (503).
	Accept(ctx context.Context, r Received) (isNew bool, err error)
}

// Local answers for what lives on this instance.
type Local interface {
	// Signer returns the keys of a local actor. An error wrapping ErrNotFound means no such actor.
	Signer(ctx context.Context, actor string) (*Signer, error)
	// InboxExists reports whether path, such as "/c/12/inbox", is an inbox: nil, ErrNotFound or ErrGone.
	InboxExists(ctx context.Context, path string) error
	// Resolve maps the user part of acct:user@host to the id and page of the local actor.
	Resolve(ctx context.Context, handle string) (actor, page string, err error)
	// Document returns the document at a path of ours ("/c/12/opening") in public form, ready to
	// be encoded. Errors: ErrNotFound, ErrGone (answered with a Tombstone).
	Document(ctx context.Context, path, query string) (*Document, error)
}

// Document is something of ours, ready to be served.
type Document struct {
	Body []byte // encoded by vocab.Encode
	Page string // page for people; empty means the same address
}

// Signer is a local actor with its private keys.
type Signer struct {
	Actor   string             // id
	RSA     *rsa.PrivateKey    // key id <actor>#main-key
	Ed25519 ed25519.PrivateKey // key id <actor>#ed25519-key
}

// ActorCache remembers actor documents as they were fetched.
type ActorCache interface {
	// Load returns the document of actor id, or ErrNotFound.
	Load(ctx context.Context, id string) (body []byte, fetched time.Time, err error)
	// Save stores what was fetched from exactly id.
	Save(ctx context.Context, id string, body []byte, fetched time.Time) error
	// Forget drops it (410, Delete of the actor).
	Forget(ctx context.Context, id string) error
}

// Handler gives an activity its meaning. It runs at least once per activity, so it must be able
// to run twice. Return an error wrapping [ErrDrop] to refuse it for good; any other error is
// retried.
type Handler func(ctx context.Context, a *vocab.Object) error

// What ports and handlers answer with; match with [errors.Is].
var (
	ErrDrop     = errors.New("dropped")
	ErrBusy     = errors.New("busy")
	ErrNotFound = errors.New("not found")
	ErrGone     = errors.New("gone")
)

// PublicKey is the key of a remote actor.
type PublicKey struct {
	ID    string
	Actor string
	Key   crypto.PublicKey // *rsa.PublicKey or ed25519.PublicKey
}
