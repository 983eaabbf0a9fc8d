package fedtest_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/signature"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/federation/webfinger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestBothEnds has one peer speak to another, in every scheme and wrongly.
func TestBothEnds(t *testing.T) {
	a, b := fedtest.New(t), fedtest.New(t)
	alice, bob := a.Actor("alice"), b.Actor("bob")
	pem := alice.Document()["publicKey"].(fedtest.M)["publicKeyPem"].(string)
	key, err := signature.ParsePublicPEM(pem)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		how  []fedtest.Option
		good bool
	}{
		{"cavage", nil, true},
		{"rfc 9421", []fedtest.Option{fedtest.RFC9421()}, true},
		{"unsigned", []fedtest.Option{fedtest.Unsigned()}, false},
		{"old", []fedtest.Option{fedtest.At(time.Now().Add(-24 * time.Hour))}, false},
		{"other body", []fedtest.Option{fedtest.Body(`{"type":"Like"}`)}, false},
		{"other key", []fedtest.Option{fedtest.As(bob)}, false},
		{"other header", []fedtest.Option{fedtest.Header("Digest", "SHA-256=AAAA")}, false},
	}
	for i, tt := range tests {
		alice.Send(t, bob.Inbox(), alice.Activity("Like", bob.ID, nil), tt.how...)
		got := b.WaitN(t, i+1, nil)[i]
		if err := got.Verify(key); (err == nil) != tt.good {
			t.Errorf("%s: Verify = %v, want good: %v", tt.name, err, tt.good)
		}
	}
	got := b.Deliveries(fedtest.About("Like", bob.ID))
	if len(got) == 0 || got[0].Object.Actor != alice.ID || got[0].Path != "/users/bob/inbox" || got[0].Signer() != alice.ID+"#main-key" {
		t.Errorf("remembered %+v", got)
	}
	b.Answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	if got := alice.Post(t, bob.Inbox(), "{}"); got.Status != http.StatusTeapot {
		t.Errorf("status %d, want 418", got.Status)
	}
}

// TestDocuments fetches what a peer serves, as a server under test would.
func TestDocuments(t *testing.T) {
	p := fedtest.New(t)
	alice := p.Actor("alice")
	client := fetch.New(fetch.Config{Gate: fedtest.Gate(p), UserAgent: "test"})
	t.Cleanup(client.Close)
	read := func(address string) *vocab.Object {
		t.Helper()
		res, err := client.Get(t.Context(), address, fetch.AcceptActivity)
		if err != nil {
			t.Fatal(err)
		}
		o, err := vocab.Decode(res.Body)
		if err != nil {
			t.Fatalf("GET %s = %d: %v", address, res.Status, err)
		}
		return o
	}
	alice.Set(fedtest.M{"name": "Alice"})
	if o := read(alice.ID); o.ID != alice.ID || o.Name != "Alice" || o.Inbox != alice.Inbox() || len(o.PublicKeys) != 2 {
		t.Errorf("actor %+v", o)
	}
	before := read(alice.ID).PublicKeys[0].PEM
	alice.Rotate(t)
	if read(alice.ID).PublicKeys[0].PEM == before {
		t.Error("Rotate left the key as it was")
	}
	note := alice.Note("https://us.example/1", "<p>x</p>", fedtest.M{"sensitive": true})
	p.Serve("/note", note)
	if o := read(p.URL + "/note"); o.Content != "<p>x</p>" || !o.Sensitive || o.InReplyTo != "https://us.example/1" {
		t.Errorf("note %+v", o)
	}
	account := webfinger.Account{User: "alice", Host: p.Host()}
	res, err := client.Get(t.Context(), webfinger.Address(p.URL, account.Resource()), webfinger.Accept)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := webfinger.Parse(res.Body); err != nil || d.Actor() != alice.ID {
		t.Errorf("WebFinger %s: %v", res.Body, err)
	}
	p.Gone("/gone")
	alice.Remove()
	for path, want := range map[string]int{"/gone": 410, alice.Path(): 404, "/.well-known/webfinger?resource=" + url.QueryEscape("acct:x@y"): 404} {
		if res, err := client.Get(t.Context(), p.URL+path, "*/*"); err != nil || res.Status != want {
			t.Errorf("GET %s = %+v, %v, want %d", path, res, err, want)
		}
	}
	if n := p.Asked(alice.Path()); n != 4 {
		t.Errorf("asked %d times for the actor, want 4", n)
	}
}
