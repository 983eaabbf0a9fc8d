package delivery

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/signature"
)

// TestManyHostsOverHTTP is TestManyHosts with signatures, connections and a real clock: 200 hosts
// that each answer after 100 ms.
func TestManyHostsOverHTTP(t *testing.T) {
	key, err := signature.NewRSA()
	if err != nil {
		t.Fatal(err)
	}
	q := newMemory()
	var peers []*fedtest.Peer
	for range 200 {
		p := fedtest.New(t)
		p.Answer(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(100 * time.Millisecond)
			w.WriteHeader(http.StatusAccepted)
		})
		peers = append(peers, p)
		q.add(p.Host(), "A")
		q.hosts[p.Host()].items[0].Inbox = p.URL + "/inbox"
	}
	client := fetch.New(fetch.Config{Gate: fedtest.Gate(peers...), UserAgent: "test"})
	t.Cleanup(client.Close)
	begin := time.Now()
	start(t, Config{Queue: q, Client: client, Sign: func(_ context.Context, sender string, r *http.Request, body []byte) error {
		return signature.SignCavage(r, body, sender+"#main-key", key, time.Now())
	}})
	for q.left() > 0 && time.Since(begin) < 20*time.Second {
		time.Sleep(time.Millisecond)
	}
	took := time.Since(begin)
	t.Logf("200 hosts took %s", took)
	if q.left() > 0 { // one after the other they take 20 s
		t.Errorf("%d left after %s, want well under a second", q.left(), took)
	}
}
