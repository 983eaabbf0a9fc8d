package federation_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/signature"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

// Example is two small servers, each with one actor: ana follows ben, and ben accepts.
func Example() {
	ana, ben := newServer("ana"), newServer("ben")
	defer ana.close()
	defer ben.close()
	ana.mayReach(ben)
	ben.mayReach(ana)

	ben.fed.On("Follow", "", func(ctx context.Context, a *vocab.Object) error {
		if a.Object == nil || a.Object.ID != ben.me {
			return federation.Drop("not_us")
		}
		follower, err := ben.fed.Actor(ctx, a.Actor)
		if err != nil {
			return err
		}
		fmt.Println("ben is followed by", follower.PreferredUsername)
		return ben.send(ctx, follower.Inbox, &vocab.Doc{Type: "Accept", Object: vocab.Ref(a.ID)})
	})
	ana.fed.On("Accept", "", func(_ context.Context, a *vocab.Object) error {
		fmt.Println("accepted:", a.Actor == ben.me)
		return nil
	})

	ctx := context.Background()
	if err := ana.send(ctx, ben.me+"/inbox", &vocab.Doc{Type: "Follow", Object: vocab.Ref(ben.me)}); err != nil {
		fmt.Println(err)
	}
	ben.work(ctx)
	ana.work(ctx)
	// Output:
	// ben is followed by ana
	// accepted: true
}

// server is a program in memory: it implements the ports of [federation.Config].
type server struct {
	name, me string
	http     *httptest.Server
	handler  http.Handler
	client   *fetch.Client
	fed      *federation.Federation
	signer   federation.Signer

	mu    sync.Mutex
	queue []federation.Received
	cache map[string][]byte
	sent  int
}

func newServer(name string) *server {
	s := &server{name: name, cache: map[string][]byte{}}
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }))
	s.me = s.http.URL + "/me"
	key, err := signature.NewRSA()
	if err != nil {
		panic(err)
	}
	s.signer = federation.Signer{Actor: s.me, RSA: key}
	return s
}

func (s *server) close() {
	s.client.Close()
	s.http.Close()
}

// mayReach finishes a server that may speak to another one on this machine. On the public
// internet the Gate stays empty.
func (s *server) mayReach(other *server) {
	base, err := url.Parse(s.http.URL)
	if err != nil {
		panic(err)
	}
	at := netip.MustParseAddrPort(other.http.Listener.Addr().String())
	gate := fetch.Gate{TestPeers: []fetch.Peer{{Prefix: netip.PrefixFrom(at.Addr(), 32), Port: at.Port()}}}
	s.client = fetch.New(fetch.Config{Gate: gate, UserAgent: s.name})
	s.fed = federation.New(federation.Config{URL: base, Inbox: s, Local: s, Cache: s, Client: s.client, Gate: gate})
	mux := http.NewServeMux()
	mux.Handle("/me/inbox", s.fed.ServeInbox())
	mux.Handle("/.well-known/", s.fed.WellKnown())
	mux.Handle("/", s.fed.Negotiate(http.NotFoundHandler()))
	s.handler = mux
}

// send signs an activity of ours and posts it. A program with more than one reader puts it into
// the queue of a delivery.Sender instead.
func (s *server) send(ctx context.Context, inbox string, d *vocab.Doc) error {
	s.sent++
	d.ID, d.Actor = fmt.Sprintf("%s/sent/%d", s.me, s.sent), s.me
	body, err := vocab.Encode(d)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, inbox, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", vocab.MediaType)
	if err := s.fed.Sign(ctx, s.me, r, body); err != nil {
		return err
	}
	_, err = s.client.Post(ctx, r)
	return err
}

// work processes what waits. A program does this in the background, from its database.
func (s *server) work(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.queue {
		if err := s.fed.Process(ctx, r.Body, r.Actor); err != nil {
			fmt.Println(err)
		}
	}
	s.queue = nil
}

func (s *server) Accept(_ context.Context, r federation.Received) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, r)
	return true, nil
}

func (s *server) Signer(_ context.Context, actor string) (*federation.Signer, error) {
	if actor != s.me {
		return nil, federation.ErrNotFound
	}
	return &s.signer, nil
}

func (s *server) InboxExists(_ context.Context, path string) error {
	if path != "/me/inbox" {
		return federation.ErrNotFound
	}
	return nil
}

func (s *server) Resolve(_ context.Context, handle string) (actor, page string, err error) {
	if handle != s.name {
		return "", "", federation.ErrNotFound
	}
	return s.me, s.me, nil
}

func (s *server) Handle(_ context.Context, address string) (handle, actor, page string, err error) {
	if address != s.me {
		return "", "", "", federation.ErrNotFound
	}
	return s.name, s.me, s.me, nil
}

func (s *server) Document(_ context.Context, path, _ string) (*federation.Document, error) {
	if path != "/me" {
		return nil, federation.ErrNotFound
	}
	pem, err := signature.PublicPEM(s.signer.RSA.Public())
	if err != nil {
		return nil, err
	}
	body, err := vocab.Encode(&vocab.Doc{ID: s.me, Type: "Person", Name: s.name, Profile: &vocab.Profile{
		PreferredUsername: s.name, Inbox: s.me + "/inbox", Outbox: s.me + "/outbox",
		Keys: []vocab.Key{{ID: federation.MainKey(s.me), Owner: s.me, PEM: pem}},
	}})
	return &federation.Document{Body: body}, err
}

func (s *server) Load(_ context.Context, id string) ([]byte, time.Time, error) {
	if s.cache[id] == nil {
		return nil, time.Time{}, federation.ErrNotFound
	}
	return s.cache[id], time.Now(), nil
}

func (s *server) Save(_ context.Context, id string, body []byte, _ time.Time) error {
	s.cache[id] = body
	return nil
}

func (s *server) Forget(_ context.Context, id string) error {
	delete(s.cache, id)
	return nil
}
