// Package fedtest is another server for tests: it has actors with keys, signs and posts
// activities in either scheme, also wrongly if asked to, answers WebFinger, and remembers what
// its inboxes got.
//
//	peer := fedtest.New(t)
//	alice := peer.Actor("alice")
//	alice.Follow(t, challenge, inbox)              // fails the test unless answered with 202
//	got := peer.Wait(t, fedtest.OfType("Accept"))  // at most 5 s
//
// A server under test must be allowed to speak to it: put [Peer.Gate] into its fetch.Gate.
package fedtest

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/signature"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/federation/webfinger"
)

// Peer is another server. It ends with the test.
type Peer struct {
	URL string // without a slash at the end

	server *httptest.Server
	keys   func() keys // made when they are needed first: that takes a while

	mu       sync.Mutex
	actors   map[string]*Actor
	handlers map[string]http.HandlerFunc
	asked    map[string]int
	answer   http.HandlerFunc
	got      []Delivery
	news     chan struct{} // closed and replaced with each delivery
}

// New starts a Peer on 127.0.0.1.
func New(t testing.TB) *Peer {
	t.Helper()
	p := &Peer{
		actors: map[string]*Actor{}, handlers: map[string]http.HandlerFunc{}, asked: map[string]int{},
		news: make(chan struct{}),
	}
	p.keys = sync.OnceValue(func() keys { return newKeys(t) })
	p.server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	p.URL = p.server.URL
	return p
}

// keys are the private keys of an actor.
type keys struct {
	rsa *rsa.PrivateKey
	ed  ed25519.PrivateKey
}

func newKeys(t testing.TB) (k keys) {
	t.Helper()
	var err error
	if k.rsa, err = signature.NewRSA(); err != nil {
		t.Error(err)
	}
	if k.ed, err = signature.NewEd25519(); err != nil {
		t.Error(err)
	}
	return k
}

// Close stops the server before the test ends: from then on it does not answer.
func (p *Peer) Close() { p.server.Close() }

// Host is its name: address and port.
func (p *Peer) Host() string { return strings.TrimPrefix(p.URL, "http://") }

// Gate lets a fetch client reach the given peers.
func Gate(peers ...*Peer) fetch.Gate {
	var g fetch.Gate
	for _, p := range peers {
		at := netip.MustParseAddrPort(p.Host())
		g.TestPeers = append(g.TestPeers, fetch.Peer{Prefix: netip.PrefixFrom(at.Addr(), at.Addr().BitLen()), Port: at.Port()})
	}
	return g
}

// Serve makes the server answer GETs of path with a document: bytes, or anything that can be
// encoded as JSON.
func (p *Peer) Serve(path string, document any) {
	p.Handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", vocab.MediaType)
		write(w, encode(document))
	})
}

// Gone makes the server answer 410 for path.
func (p *Peer) Gone(path string) {
	p.Handle(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
}

// Handle makes the server answer requests of path in any way; it comes before all else.
func (p *Peer) Handle(path string, h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handlers[path] = h
}

// Answer makes the inboxes answer in any way, after they have taken note of what came; nil makes
// them answer 202 again.
func (p *Peer) Answer(h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = h
}

// Asked counts the GETs of path.
func (p *Peer) Asked(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// ServeHTTP answers as the server; it is exported for [httptest].
func (p *Peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	handler, answer := p.handlers[r.URL.Path], p.answer
	actor := p.actors[strings.TrimPrefix(r.URL.Path, "/users/")]
	if r.Method == http.MethodGet {
		p.asked[r.URL.Path]++
	}
	p.mu.Unlock()
	switch {
	case handler != nil:
		handler(w, r)
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/inbox"):
		p.receive(r)
		if answer != nil {
			answer(w, r)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	case r.URL.Path == webfinger.Path:
		p.finger(w, r)
	case actor != nil:
		w.Header().Set("Content-Type", vocab.MediaType)
		write(w, encode(actor.Document()))
	default:
		http.NotFound(w, r)
	}
}

// finger answers WebFinger for the actors.
func (p *Peer) finger(w http.ResponseWriter, r *http.Request) {
	account, err := webfinger.ParseAccount(r.URL.Query().Get("resource"))
	p.mu.Lock()
	actor := p.actors[account.User]
	p.mu.Unlock()
	if err != nil || actor == nil || account.Host != r.Host {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", webfinger.MediaType)
	write(w, encode(webfinger.Document{
		Subject: account.Resource(),
		Links: []webfinger.Link{
			{Rel: webfinger.RelSelf, Type: vocab.MediaType, Href: actor.ID},
			{Rel: webfinger.RelSubscribe, Template: p.URL + "/authorize_interaction?uri={uri}"},
		},
	}))
}

// Delivery is what an inbox got.
type Delivery struct {
	Path   string
	Header http.Header
	Body   []byte
	Object *vocab.Object // the activity; nil if it could not be read
	At     time.Time

	claim *signature.Claim
	err   error
}

// Verify checks its signature with a key.
func (d Delivery) Verify(key crypto.PublicKey) error {
	if d.err != nil {
		return d.err
	}
	return d.claim.Check(key)
}

// Signer returns the key id of its signature; empty if there is no signature that could be right.
func (d Delivery) Signer() string {
	if d.claim == nil {
		return ""
	}
	return d.claim.KeyID
}

func (p *Peer) receive(r *http.Request) {
	d := Delivery{Path: r.URL.Path, Header: r.Header.Clone(), At: time.Now()}
	d.Body, d.err = io.ReadAll(r.Body)
	if base, err := url.Parse("http://" + r.Host); err == nil && d.err == nil {
		d.claim, d.err = signature.Parse(r, d.Body, base, d.At)
	}
	if o, err := vocab.Decode(d.Body); err == nil {
		d.Object = o
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, d)
	close(p.news)
	p.news = make(chan struct{})
}

// Deliveries returns what the inboxes got so far and passes match, in order; nil matches all.
func (p *Peer) Deliveries(match func(Delivery) bool) []Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []Delivery
	for _, d := range p.got {
		if match == nil || match(d) {
			list = append(list, d)
		}
	}
	return list
}

// Wait returns the first delivery that passes match, and waits for it for at most 5 s.
func (p *Peer) Wait(t testing.TB, match func(Delivery) bool) Delivery {
	t.Helper()
	return p.WaitN(t, 1, match)[0]
}

// WaitN returns the deliveries that pass match as soon as there are n of them, and waits for them
// for at most 5 s.
func (p *Peer) WaitN(t testing.TB, n int, match func(Delivery) bool) []Delivery {
	t.Helper()
	end := time.After(5 * time.Second)
	for {
		p.mu.Lock()
		news := p.news
		p.mu.Unlock()
		list := p.Deliveries(match)
		if len(list) >= n {
			return list
		}
		select {
		case <-news:
		case <-end:
			t.Fatalf("got %d of %d deliveries within 5 s", len(list), n)
		}
	}
}

// OfType matches activities of a type.
func OfType(typ string) func(Delivery) bool {
	return func(d Delivery) bool { return d.Object != nil && d.Object.Type == typ }
}

// About matches activities of a type whose object has an id.
func About(typ, object string) func(Delivery) bool {
	return func(d Delivery) bool {
		return OfType(typ)(d) && d.Object.Object != nil && d.Object.Object.ID == object
	}
}

// encode returns a document as bytes. What cannot be encoded is a mistake in a test.
func encode(document any) []byte {
	switch d := document.(type) {
	case []byte:
		return d
	case string:
		return []byte(d)
	}
	b, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	return b
}

// write writes an answer; that the other side has gone away is its own affair.
func write(w io.Writer, b []byte) {
	_, _ = w.Write(b)
}
