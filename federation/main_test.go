package federation_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/signature"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// program is what the library is used by, in memory.
type program struct {
	URL string
	fed *federation.Federation
	log lockedBuffer

	mu        sync.Mutex
	received  []federation.Received
	seen      map[string]bool
	fail      error // what Accept answers
	blocked   map[string]bool
	actors    map[string][]byte
	fetched   map[string]time.Time
	documents map[string]*federation.Document
	gone      map[string]bool
	handles   map[string]string // handle to actor
	late      time.Duration     // how far its clock is ahead
}

// run starts a program that may speak to the peers.
func run(t *testing.T, peers ...*fedtest.Peer) *program {
	t.Helper()
	p := &program{
		seen: map[string]bool{}, blocked: map[string]bool{}, actors: map[string][]byte{}, fetched: map[string]time.Time{},
		documents: map[string]*federation.Document{}, gone: map[string]bool{}, handles: map[string]string{},
	}
	log := zerolog.New(&p.log)
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if _, err := w.Write([]byte("<p>page of " + r.URL.Path)); err != nil {
			t.Error(err)
		}
	})
	mux := http.NewServeMux()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(log.WithContext(r.Context())))
	}))
	t.Cleanup(server.Close)
	p.URL = server.URL
	base, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	gate := fedtest.Gate(peers...)
	gate.OwnHost = base.Host
	client := fetch.New(fetch.Config{Gate: gate, UserAgent: "test", Timeout: 2 * time.Second})
	t.Cleanup(client.Close)
	p.fed = federation.New(federation.Config{
		URL: base, Inbox: p, Local: p, Cache: p, Client: client, Gate: gate, Allow: p.allow, NodeInfo: nodeInfo,
		Now: func() time.Time { return time.Now().Add(p.late) },
	})
	mux.Handle("/c/12/inbox", p.fed.ServeInbox())
	mux.Handle("/c/13/inbox", p.fed.ServeInbox())
	mux.Handle("/c/14/inbox", p.fed.ServeInbox())
	mux.Handle("/.well-known/", p.fed.WellKnown())
	mux.Handle("/nodeinfo/", p.fed.WellKnown())
	mux.Handle("/", p.fed.Negotiate(pages))
	p.handles["twelve"] = p.URL + "/c/12"
	return p
}

func (p *program) inbox() string { return p.URL + "/c/12/inbox" }

// Accept implements federation.Inbox.
func (p *program) Accept(_ context.Context, r federation.Received) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := r.Actor + " " + r.Activity
	if p.fail != nil || p.seen[key] {
		return false, p.fail
	}
	p.seen[key] = true
	p.received = append(p.received, r)
	return true, nil
}

func (p *program) accepted() []federation.Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]federation.Received(nil), p.received...)
}

func (p *program) allow(_ context.Context, actor string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blocked[actor] {
		return errors.New("blocked")
	}
	return nil
}

// InboxExists implements federation.Local.
func (p *program) InboxExists(_ context.Context, path string) error {
	switch path {
	case "/c/12/inbox":
		return nil
	case "/c/13/inbox":
		return federation.ErrGone
	}
	return federation.ErrNotFound
}

// Signer implements federation.Local.
func (p *program) Signer(_ context.Context, actor string) (*federation.Signer, error) {
	if actor != p.URL+"/c/12" {
		return nil, federation.ErrNotFound
	}
	key, err := signature.NewRSA()
	return &federation.Signer{Actor: actor, RSA: key}, err
}

// Resolve implements federation.Local.
func (p *program) Resolve(_ context.Context, handle string) (actor, page string, err error) {
	if handle == "deleted" {
		return "", "", federation.ErrGone
	}
	if actor = p.handles[handle]; actor == "" {
		return "", "", federation.ErrNotFound
	}
	return actor, actor + "/page", nil
}

// Handle implements federation.Local.
func (p *program) Handle(_ context.Context, address string) (handle, actor, page string, err error) {
	for handle, actor := range p.handles {
		if address == actor || address == actor+"/page" {
			return handle, actor, actor + "/page", nil
		}
	}
	return "", "", "", federation.ErrNotFound
}

// Document implements federation.Local.
func (p *program) Document(_ context.Context, path, _ string) (*federation.Document, error) {
	switch {
	case p.gone[path]:
		return nil, federation.ErrGone
	case path == "/broken":
		return nil, errors.New("database away")
	case p.documents[path] == nil:
		return nil, federation.ErrNotFound
	}
	return p.documents[path], nil
}

// Load implements federation.ActorCache.
func (p *program) Load(_ context.Context, id string) ([]byte, time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.actors[id] == nil {
		return nil, time.Time{}, federation.ErrNotFound
	}
	return p.actors[id], p.fetched[id], nil
}

// Save implements federation.ActorCache.
func (p *program) Save(_ context.Context, id string, body []byte, fetched time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.actors[id], p.fetched[id] = body, fetched
	return nil
}

// Forget implements federation.ActorCache.
func (p *program) Forget(_ context.Context, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.actors, id)
	return nil
}

// lockedBuffer is a log that can be read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
