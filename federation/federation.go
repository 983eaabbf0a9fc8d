// Package federation is the server-to-server half of ActivityPub for a program that keeps its own
// data: receiving, verifying, dispatching, discovering, serving and delivering.
//
// A program does three things with it. It fills a [Config] with what only it can know. It says
// with [Federation.On] what each activity means. And it keeps [Federation.Process] and the
// delivery lanes going until they are told to stop.
//
// What a peer sends is believed by one rule (FEP-fe34): an id on a host is believed only if the
// host's actor signed it or it was fetched from exactly there. The package logs through
// zerolog.Ctx(ctx) and is silent where there is no logger.
package federation

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"net/url"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/nodeinfo"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/federation/webfinger"
)

// Config is what the program supplies. All ports are required unless it says otherwise.
type Config struct {
	URL      *url.URL                                                 // public address of the instance, without a path
	Instance string                                                   // id of the actor that signs fetches; empty means URL + "/actor"
	Inbox    Inbox                                                    // keeps what was accepted
	Local    Local                                                    // who and what lives here
	Cache    ActorCache                                               // remembers remote actors and their keys
	Client   fetch.Fetcher                                            // the only way out: a *fetch.Client
	Allow    func(ctx context.Context, actor string) error            // nil lets everyone in; an error refuses with 403
	NodeInfo func(ctx context.Context) (nodeinfo.Info, error)         // nil serves no NodeInfo
	Links    func(ctx context.Context, actor string) []webfinger.Link // further WebFinger links, such as FEP-3b86 templates; may be nil
	Gate     fetch.Gate                                               // the Client's: where http may be spoken (test peers)
	Scale    float64                                                  // divides the intervals of the caches, for tests; 0 means 1
	Now      func() time.Time                                         // nil means time.Now
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
	// Resolve maps the user part of acct:user@host to the id and page of the local actor. Errors:
	// ErrNotFound, ErrGone.
	Resolve(ctx context.Context, handle string) (actor, page string, err error)
	// Handle is the reverse: the handle and page of the actor whose id or page is address.
	// Errors: ErrNotFound, ErrGone.
	Handle(ctx context.Context, address string) (handle, actor, page string, err error)
	// Document returns the document at a path of ours ("/c/12/opening") in public form, ready to
	// be encoded. Errors: ErrNotFound, ErrGone (answered with a Tombstone).
	Document(ctx context.Context, path, query string) (*Document, error)
}

// Document is something of ours, ready to be served.
type Document struct {
	Body []byte // encoded by vocab.Encode
	Page string // page for people; empty means the same address

	// Elsewhere is set, alone, where a page of ours shows what lives on another server: its id
	// there. Whoever asks for the document is told so with 406 and a link.
	Elsewhere string
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

// Federation is the protocol machine of one instance. Make one with [New].
type Federation struct {
	c      Config
	base   string // public address without a slash at the end
	mux    map[key]Handler
	reader reader
	book   *book
	doors  doors
}

// New returns a Federation. Say what activities mean with [Federation.On] before it is used.
func New(c Config) *Federation {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Scale <= 0 {
		c.Scale = 1
	}
	base := strings.TrimSuffix(c.URL.String(), "/")
	if c.Instance == "" {
		c.Instance = base + "/actor"
	}
	return &Federation{
		c: c, base: base, mux: map[key]Handler{},
		reader: reader{c}, book: newBook(c), doors: doors{open: map[string]int{}},
	}
}

// MainKey is the id of an actor's RSA key, EdKey that of its Ed25519 key (FEP-521a).
func MainKey(actor string) string { return actor + "#main-key" }

// EdKey is described at MainKey.
func EdKey(actor string) string { return actor + "#ed25519-key" }

// ours reports whether an id or address belongs to this instance.
func (f *Federation) ours(id string) bool { return vocab.SameOrigin(id, f.base) }

// hostIsOurs reports whether a Host header names this instance.
func (f *Federation) hostIsOurs(host string) bool {
	return vocab.SameOrigin(f.c.URL.Scheme+"://"+host, f.base)
}
