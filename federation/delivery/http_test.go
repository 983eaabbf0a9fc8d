package delivery_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/delivery"
	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/signature"
)

// single is a Queue of the items of one host; what is done leaves it.
type single struct {
	mu    sync.Mutex
	lane  delivery.Lane
	items []delivery.Item
	out   []delivery.Outcome
	next  time.Time
	held  bool
}

// Lease implements delivery.Queue.
func (q *single) Lease(_ context.Context, _ int, now, _ time.Time) ([]delivery.Lane, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.held || len(q.items) == 0 || q.next.After(now) {
		return nil, nil
	}
	q.held = true
	return []delivery.Lane{q.lane}, nil
}

// Items implements delivery.Queue.
func (q *single) Items(context.Context, delivery.Lane, int) ([]delivery.Item, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]delivery.Item(nil), q.items...), nil
}

// Settle implements delivery.Queue.
func (q *single) Settle(_ context.Context, l delivery.Lane, out []delivery.Outcome, next time.Time) (bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var left []delivery.Item
	for _, o := range out {
		if !o.Done {
			left = append(left, o.Item)
		}
	}
	q.lane, q.items, q.next, q.held = l, left, next, false
	q.out = append(q.out, out...)
	return true, nil
}

// outcome waits for the first outcome.
func (q *single) outcome(t *testing.T) (delivery.Outcome, delivery.Lane, time.Time) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		q.mu.Lock()
		if len(q.out) > 0 {
			defer q.mu.Unlock()
			return q.out[0], q.lane, q.next
		}
		q.mu.Unlock()
	}
	t.Fatal("nothing was settled within 5 s")
	return delivery.Outcome{}, delivery.Lane{}, time.Time{}
}

// TestOverHTTP sends one item to a peer that answers in many ways.
func TestOverHTTP(t *testing.T) {
	key, err := signature.NewRSA()
	if err != nil {
		t.Fatal(err)
	}
	canary := fedtest.New(t)
	type result struct {
		done     bool
		failures int
		reason   string
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	moved := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, canary.URL+"/inbox", code) }
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		inbox  string // empty: the peer's
		want   result
	}{
		{"202", nil, "", result{true, 0, ""}},
		{"422", status(422), "", result{true, 0, "status 422"}},
		{"500", status(500), "", result{false, 1, "status 500"}},
		{"302", moved(302), "", result{false, 1, "status 302"}},
		{"307", moved(307), "", result{false, 1, "status 307"}},
		{"308", moved(308), "", result{false, 1, "status 308"}},
		{"not allowed", nil, canary.URL + "/inbox", result{true, 0, "addr"}},
		{"other scheme", nil, "file:///etc/passwd", result{true, 0, "addr"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			peer := fedtest.New(t)
			peer.Answer(tt.answer)
			client := fetch.New(fetch.Config{Gate: fedtest.Gate(peer), UserAgent: "test"})
			t.Cleanup(client.Close)
			inbox := tt.inbox
			if inbox == "" {
				inbox = peer.URL + "/inbox"
			}
			q := &single{items: []delivery.Item{{ID: 1, Inbox: inbox, Sender: "https://us.example/org", Body: []byte(`{"type":"Like"}`)}}}
			s := delivery.New(delivery.Config{Queue: q, Client: client, Sign: func(_ context.Context, sender string, r *http.Request, body []byte) error {
				return signature.SignCavage(r, body, sender+"#main-key", key, time.Now())
			}})
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- s.Run(ctx) }()
			o, l, _ := q.outcome(t)
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if got := (result{o.Done, l.Failures, o.Reason}); got != tt.want {
				t.Errorf("outcome %+v, want %+v", got, tt.want)
			}
			if tt.inbox != "" {
				return
			}
			d := peer.Wait(t, fedtest.OfType("Like"))
			if err := d.Verify(key.Public()); err != nil || d.Signer() != "https://us.example/org#main-key" {
				t.Errorf("signed by %s: %v", d.Signer(), err)
			}
			if ct := d.Header.Get("Content-Type"); ct != "application/activity+json" {
				t.Errorf("Content-Type %s", ct)
			}
		})
	}
	if n := len(canary.Deliveries(nil)); n != 0 {
		t.Errorf("the canary got %d deliveries", n)
	}
}

// TestRetryAfterOverHTTP: the host waits as long as it said.
func TestRetryAfterOverHTTP(t *testing.T) {
	peer := fedtest.New(t)
	peer.Answer(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	client := fetch.New(fetch.Config{Gate: fedtest.Gate(peer), UserAgent: "test"})
	t.Cleanup(client.Close)
	q := &single{items: []delivery.Item{{ID: 1, Inbox: peer.URL + "/inbox"}}}
	s := delivery.New(delivery.Config{Queue: q, Client: client, Sign: func(context.Context, string, *http.Request, []byte) error { return nil }})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	before := time.Now()
	_, l, next := q.outcome(t)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if wait := next.Sub(before); l.Failures != 1 || wait < 119*time.Second || wait > 125*time.Second {
		t.Errorf("waits %s after %d failures, want two minutes", wait, l.Failures)
	}
}
