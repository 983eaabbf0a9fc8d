package fedtest

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"io"
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/signature"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

// M is a JSON object.
type M = map[string]any

// Actor is somebody on a [Peer].
type Actor struct {
	ID   string // <peer>/users/<name>
	Name string
	Peer *Peer

	keys  func() keys
	extra M
	last  atomic.Int64
}

// Actor returns the actor with that name, and makes it if it is new. The actors of a peer share
// their keys until [Actor.Rotate].
func (p *Peer) Actor(name string) *Actor {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.actors[name]
	if a == nil {
		a = &Actor{ID: p.URL + "/users/" + name, Name: name, Peer: p, keys: p.keys}
		p.actors[name] = a
	}
	return a
}

// Remove makes the actor unknown to its server: 404.
func (a *Actor) Remove() {
	a.Peer.mu.Lock()
	defer a.Peer.mu.Unlock()
	delete(a.Peer.actors, a.Name)
}

// Rotate gives the actor keys of its own.
func (a *Actor) Rotate(t testing.TB) {
	t.Helper()
	k := newKeys(t)
	a.Peer.mu.Lock()
	defer a.Peer.mu.Unlock()
	a.keys = func() keys { return k }
}

// Set adds properties to the actor's document, or replaces them.
func (a *Actor) Set(properties M) {
	a.Peer.mu.Lock()
	defer a.Peer.mu.Unlock()
	if a.extra == nil {
		a.extra = M{}
	}
	maps.Copy(a.extra, properties)
}

// private returns the keys that the actor has now.
func (a *Actor) private() keys {
	a.Peer.mu.Lock()
	defer a.Peer.mu.Unlock()
	return a.keys()
}

// Path is where its document is served.
func (a *Actor) Path() string { return "/users/" + a.Name }

// Inbox is its inbox.
func (a *Actor) Inbox() string { return a.ID + "/inbox" }

// Document returns the actor's document as it is served.
func (a *Actor) Document() M {
	a.Peer.mu.Lock()
	defer a.Peer.mu.Unlock()
	k := a.keys()
	pem, err := signature.PublicPEM(k.rsa.Public())
	if err != nil {
		panic(err)
	}
	multibase, err := signature.Multibase(k.ed.Public())
	if err != nil {
		panic(err)
	}
	doc := M{
		"@context": []string{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"},
		"id":       a.ID, "type": "Person", "preferredUsername": a.Name, "name": a.Name,
		"url":   a.Peer.URL + "/@" + a.Name,
		"inbox": a.Inbox(), "outbox": a.ID + "/outbox", "followers": a.ID + "/followers",
		"endpoints": M{"sharedInbox": a.Peer.URL + "/inbox"},
		"publicKey": M{"id": a.ID + "#main-key", "owner": a.ID, "publicKeyPem": pem},
		"assertionMethod": []M{{
			"id": a.ID + "#ed25519-key", "type": "Multikey", "controller": a.ID, "publicKeyMultibase": multibase,
		}},
	}
	maps.Copy(doc, a.extra)
	return doc
}

// Activity returns an activity of the actor with an id of its own. properties come on top.
func (a *Actor) Activity(typ string, object any, properties M) M {
	doc := M{
		"@context": "https://www.w3.org/ns/activitystreams", "id": a.fresh("activities"), "type": typ,
		"actor": a.ID, "object": object,
	}
	maps.Copy(doc, properties)
	return doc
}

// Note returns a public note of the actor in reply to something. properties come on top.
func (a *Actor) Note(inReplyTo, html string, properties M) M {
	note := M{
		"id": a.fresh("notes"), "type": "Note", "attributedTo": a.ID, "inReplyTo": inReplyTo, "content": html,
		"to": []string{vocab.Public}, "cc": []string{a.ID + "/followers"},
		"published": time.Now().UTC().Format(time.RFC3339), "tag": []any{}, "attachment": []any{},
	}
	maps.Copy(note, properties)
	return note
}

// fresh returns a new id of a kind.
func (a *Actor) fresh(kind string) string {
	return a.ID + "/" + kind + "/" + strconv.FormatInt(a.last.Add(1), 10)
}

// Follow follows a local actor of the server under test; the test fails unless the answer is 202.
// It returns the id of the Follow.
func (a *Actor) Follow(t testing.TB, who, inbox string) string {
	t.Helper()
	doc := a.Activity("Follow", who, nil)
	a.Send(t, inbox, doc)
	return doc["id"].(string)
}

// Send posts an activity; the test fails unless the answer is 202.
func (a *Actor) Send(t testing.TB, inbox string, activity any, how ...Option) {
	t.Helper()
	if got := a.Post(t, inbox, activity, how...); got.Status != http.StatusAccepted {
		t.Fatalf("POST %s as %s = %d %s, want 202", inbox, a.Name, got.Status, got.Body)
	}
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Post signs an activity as the actor, with the RSA key and draft-cavage unless an option says
// otherwise, sends it and returns the answer, whatever it is.
func (a *Actor) Post(t testing.TB, inbox string, activity any, how ...Option) Answer {
	t.Helper()
	k := a.private()
	p := post{
		body: encode(activity), key: k.rsa, ed: k.ed, keyID: a.ID + "#main-key", now: time.Now(),
		sign: signature.SignCavage, around: func(_ *http.Request, sign func()) { sign() },
	}
	for _, option := range how {
		option(&p)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, inbox, bytes.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", vocab.MediaType)
	if p.host != "" {
		r.Host = p.host
	}
	p.around(r, func() {
		if p.sign == nil {
			return
		}
		if err := p.sign(r, p.body, p.keyID, p.key, p.now); err != nil {
			t.Fatal(err)
		}
	})
	for _, tamper := range p.tamper {
		tamper(r)
	}
	res, err := a.Peer.server.Client().Do(r)
	if err != nil {
		t.Fatalf("POST %s as %s: %v", inbox, a.Name, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("POST %s as %s: %v", inbox, a.Name, err)
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Body: body}
}

// post is how something is sent.
type post struct {
	body   []byte
	key    crypto.Signer
	ed     ed25519.PrivateKey
	keyID  string
	host   string
	now    time.Time
	sign   func(*http.Request, []byte, string, crypto.Signer, time.Time) error
	around func(r *http.Request, sign func())
	tamper []func(*http.Request)
}

// Option changes how something is sent.
type Option func(*post)

// Unsigned leaves the signature out.
func Unsigned() Option { return func(p *post) { p.sign = nil } }

// RFC9421 signs with HTTP Message Signatures.
func RFC9421() Option { return func(p *post) { p.sign = signature.SignMessage } }

// Ed25519 signs by RFC 9421 with the actor's Ed25519 key.
func Ed25519(a *Actor) Option {
	return func(p *post) {
		p.sign, p.key, p.keyID = signature.SignMessage, p.ed, a.ID+"#ed25519-key"
	}
}

// KeyID names another key than the one that signs.
func KeyID(id string) Option { return func(p *post) { p.keyID = id } }

// As signs with the key of somebody else, under its id.
func As(a *Actor) Option {
	return func(p *post) { p.key, p.keyID = a.private().rsa, a.ID+"#main-key" }
}

// Key signs with another key.
func Key(key crypto.Signer) Option { return func(p *post) { p.key = key } }

// At signs with another clock.
func At(now time.Time) Option { return func(p *post) { p.now = now } }

// Host sends, and signs, another Host header.
func Host(host string) Option { return func(p *post) { p.host = host } }

// Tamper changes the request after it is signed.
func Tamper(f func(*http.Request)) Option {
	return func(p *post) { p.tamper = append(p.tamper, f) }
}

// Header sets a header after the request is signed.
func Header(name, value string) Option {
	return Tamper(func(r *http.Request) { r.Header.Set(name, value) })
}

// Body replaces the body after the request is signed.
func Body(body string) Option {
	return Tamper(func(r *http.Request) { SetBody(r, body) })
}

// SetBody gives a request another body, for [Tamper].
func SetBody(r *http.Request, body string) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(body))), int64(len(body))
}

// Sign lets f bend the request before and after it has it signed.
func Sign(f func(r *http.Request, sign func())) Option {
	return func(p *post) { p.around = f }
}
