package federation_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/fedtest"
)

type M = fedtest.M

// stage is what every case of the attack table plays on: an honest host with two accounts, and an
// evil one.
type stage struct {
	*program
	a, c           *fedtest.Peer
	alice, mallory *fedtest.Actor // mallory lives at c
	neighbour      *fedtest.Actor // of alice
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{a: fedtest.New(t), c: fedtest.New(t)}
	s.program = run(t, s.a, s.c)
	s.alice, s.neighbour, s.mallory = s.a.Actor("alice"), s.a.Actor("neighbour"), s.c.Actor("mallory")
	return s
}

// reply is a Create of a note by an actor in answer to us.
func (s *stage) reply(who *fedtest.Actor, text string) M {
	return who.Activity("Create", who.Note(s.URL+"/c/12/opening", text, nil), nil)
}

// TestInboxTakes shows what must be let in.
func TestInboxTakes(t *testing.T) {
	s := newStage(t)
	tests := []struct {
		name string
		how  []fedtest.Option
	}{
		{"draft-cavage", nil},
		{"rfc 9421 with rsa", []fedtest.Option{fedtest.RFC9421()}},
		{"rfc 9421 with ed25519", []fedtest.Option{fedtest.Ed25519(s.alice)}},
		{"ld+json with profile", []fedtest.Option{contentType(`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`)}},
		{"ld+json without profile", []fedtest.Option{contentType("application/ld+json")}},
		{"charset", []fedtest.Option{contentType("application/activity+json; charset=utf-8")}},
		{"an hour old", []fedtest.Option{fedtest.At(time.Now().Add(-time.Hour))}},
		{"55 minutes ahead", []fedtest.Option{fedtest.At(time.Now().Add(55 * time.Minute))}},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := s.reply(s.alice, "hello")
			s.alice.Send(t, s.inbox(), doc, tt.how...)
			got := s.accepted()
			if len(got) != i+1 {
				t.Fatalf("%d activities kept, want %d", len(got), i+1)
			}
			last := got[i]
			want := federation.Received{
				Activity: doc["id"].(string), Actor: s.alice.ID, Type: "Create",
				Object: doc["object"].(M)["id"].(string), Path: "/c/12/inbox",
			}
			if string(last.Body) == "" || last.At.IsZero() {
				t.Errorf("kept without body or time: %+v", last)
			}
			last.Body, last.At = nil, time.Time{}
			if fmt.Sprint(last) != fmt.Sprint(want) {
				t.Errorf("kept %+v, want %+v", last, want)
			}
		})
	}
	if n := s.a.Asked(s.alice.Path()); n != 1 {
		t.Errorf("actor fetched %d times, want once", n)
	}
}

// contentType signs another media type: it sets it before the signature is made, by signing anew.
func contentType(value string) fedtest.Option {
	return fedtest.Sign(func(r *http.Request, sign func()) {
		r.Header.Set("Content-Type", value)
		sign()
	})
}

// wantProblem checks an answer that refuses.
func wantProblem(t *testing.T, got fedtest.Answer, status int) {
	t.Helper()
	if got.Status != status {
		t.Errorf("status %d, want %d: %s", got.Status, status, got.Body)
	}
	var p struct {
		Type, Title, Detail string
		Status              int
	}
	if err := json.Unmarshal(got.Body, &p); err != nil || p.Status != got.Status || p.Title == "" || p.Type == "" {
		t.Errorf("body is no problem details: %s", got.Body)
	}
	if ct := got.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("Content-Type %q, want application/problem+json", ct)
	}
	if status != http.StatusForbidden && p.Detail == "" {
		t.Errorf("no sentence says what was wrong: %s", got.Body)
	}
}

// TestInboxEnvelope is the table of answers that need no key.
func TestInboxEnvelope(t *testing.T) {
	s := newStage(t)
	like := s.alice.Activity("Like", s.URL+"/c/12/opening", nil)
	big := s.alice.Activity("Like", s.URL, M{"content": strings.Repeat("x", 1<<20)})
	tests := []struct {
		name   string
		inbox  string
		doc    any
		how    fedtest.Option
		status int
	}{
		{"gone", "/c/13/inbox", like, nil, 410},
		{"no such inbox", "/c/14/inbox", like, nil, 404},
		{"gzip", "/c/12/inbox", like, fedtest.Header("Content-Encoding", "gzip"), 415},
		{"plain json", "/c/12/inbox", like, contentType("application/json"), 415},
		{"no media type", "/c/12/inbox", like, fedtest.Tamper(func(r *http.Request) { r.Header.Del("Content-Type") }), 415},
		{"html", "/c/12/inbox", like, contentType("text/html"), 415},
		{"over 1 MiB", "/c/12/inbox", big, nil, 413},
		{"over 1 MiB, chunked", "/c/12/inbox", big, fedtest.Tamper(func(r *http.Request) { r.ContentLength = -1 }), 413},
		{"not json", "/c/12/inbox", "hello", nil, 400},
		{"a list", "/c/12/inbox", "[]", nil, 400},
		{"empty", "/c/12/inbox", "", nil, 400},
		{"no actor", "/c/12/inbox", M{"type": "Like", "object": "x"}, nil, 400},
		{"two actors", "/c/12/inbox", M{"type": "Like", "actor": []string{"http://a.example/1", "http://a.example/2"}}, nil, 400},
		{"no type", "/c/12/inbox", M{"actor": s.alice.ID}, nil, 400},
		{"deep", "/c/12/inbox", strings.Repeat(`{"object":`, 40) + "1" + strings.Repeat("}", 40), nil, 400},
		{"NUL", "/c/12/inbox", fmt.Sprintf(`{"type":"Like","actor":%q,"content":"\u0000"}`, s.alice.ID), nil, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			how := []fedtest.Option{}
			if tt.how != nil {
				how = append(how, tt.how)
			}
			wantProblem(t, s.alice.Post(t, s.URL+tt.inbox, tt.doc, how...), tt.status)
		})
	}
	if n := s.a.Asked(s.alice.Path()); n != 0 {
		t.Errorf("actor fetched %d times for requests that need no key", n)
	}
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		res := get(t, method, s.inbox(), "")
		if res.StatusCode != 405 || res.Header.Get("Allow") != "POST" {
			t.Errorf("%s inbox = %d, Allow %q; want 405, POST", method, res.StatusCode, res.Header.Get("Allow"))
		}
	}
}

// get sends a request without a body and returns the answer, its body read and closed.
func get(t *testing.T, method, address, accept string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res
}

// TestInboxWhatMayPass is the table of answers that ask to come back.
func TestInboxWhatMayPass(t *testing.T) {
	t.Run("key's host is away", func(t *testing.T) {
		s := newStage(t)
		doc := s.reply(s.alice, "hello")
		s.a.Handle(s.alice.Path(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) })
		got := s.alice.Post(t, s.inbox(), doc)
		wantProblem(t, got, 503)
		if got.Header.Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
	})
	for name, err := range map[string]error{"busy": fmt.Errorf("full: %w", federation.ErrBusy), "database": errors.New("away")} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.fail = err
			got := s.alice.Post(t, s.inbox(), s.reply(s.alice, "hello"))
			wantProblem(t, got, 503)
			if got.Header.Get("Retry-After") != "30" {
				t.Errorf("Retry-After %q, want 30", got.Header.Get("Retry-After"))
			}
			if strings.Contains(string(got.Body), "away") {
				t.Errorf("answer tells of our insides: %s", got.Body)
			}
		})
	}
}

func TestInboxBlocked(t *testing.T) {
	s := newStage(t)
	s.blocked[s.alice.ID] = true
	got := s.alice.Post(t, s.inbox(), s.reply(s.alice, "hello"))
	wantProblem(t, got, 403)
	if bytes.Contains(got.Body, []byte("detail")) {
		t.Errorf("403 says more than it must: %s", got.Body)
	}
	if s.a.Asked(s.alice.Path()) != 0 {
		t.Error("a blocked actor was fetched")
	}
}

func TestInboxReplay(t *testing.T) {
	s := newStage(t)
	doc := s.reply(s.alice, "hello")
	for range 4 {
		s.alice.Send(t, s.inbox(), doc)
	}
	if got := s.accepted(); len(got) != 1 {
		t.Errorf("kept %d times, want once", len(got))
	}
	if n := strings.Count(s.log.String(), "inbox.duplicate"); n != 3 {
		t.Errorf("%d lines inbox.duplicate, want 3", n)
	}
}

// TestInboxWithoutID makes up an id: the same for the same bytes, another for others.
func TestInboxWithoutID(t *testing.T) {
	s := newStage(t)
	for _, object := range []string{"/1", "/1", "/2"} {
		doc := s.alice.Activity("Like", s.URL+object, nil)
		delete(doc, "id")
		s.alice.Send(t, s.inbox(), doc)
	}
	got := s.accepted()
	if len(got) != 2 || got[0].Activity == got[1].Activity || !strings.HasPrefix(got[0].Activity, s.alice.ID+"#") {
		t.Errorf("kept %+v", got)
	}
}

// TestInboxKeyRotation looks at the actor again, once.
func TestInboxKeyRotation(t *testing.T) {
	s := newStage(t)
	s.alice.Send(t, s.inbox(), s.reply(s.alice, "old key"))
	s.alice.Rotate(t)
	s.alice.Send(t, s.inbox(), s.reply(s.alice, "new key"))
	if n := s.a.Asked(s.alice.Path()); n != 2 {
		t.Errorf("actor fetched %d times, want 2", n)
	}
	s.alice.Rotate(t)
	wantProblem(t, s.alice.Post(t, s.inbox(), s.reply(s.alice, "newer key")), 401)
	s.late = 2 * time.Minute
	s.alice.Send(t, s.inbox(), s.reply(s.alice, "newer key"))
	if n := s.a.Asked(s.alice.Path()); n != 3 {
		t.Errorf("actor fetched %d times, want 3", n)
	}
}

// TestInboxKeyFlood sends many key ids that do not exist: each unknown actor is fetched once, a
// known one is looked at again once.
func TestInboxKeyFlood(t *testing.T) {
	s := newStage(t)
	s.alice.Send(t, s.inbox(), s.reply(s.alice, "hello"))
	for i := range 20 {
		wantProblem(t, s.alice.Post(t, s.inbox(), s.reply(s.alice, "x"), fedtest.KeyID(fmt.Sprintf("%s#key-%d", s.alice.ID, i))), 401)
		stranger := s.a.URL + "/users/nobody"
		doc := s.alice.Activity("Like", s.URL, M{"actor": stranger})
		wantProblem(t, s.alice.Post(t, s.inbox(), doc, fedtest.KeyID(stranger+"#main-key")), 401)
	}
	if n := s.a.Asked(s.alice.Path()); n != 2 {
		t.Errorf("alice fetched %d times, want 2", n)
	}
	if n := s.a.Asked("/users/nobody"); n != 1 {
		t.Errorf("nobody fetched %d times, want once", n)
	}
}

// TestInboxFarewell is what happens to Deletes and Updates of whole actors.
func TestInboxFarewell(t *testing.T) {
	farewell := func(s *stage, who *fedtest.Actor) M { return who.Activity("Delete", who.ID, nil) }
	t.Run("unknown", func(t *testing.T) {
		s := newStage(t)
		s.alice.Send(t, s.inbox(), farewell(s, s.alice))
		s.alice.Send(t, s.inbox(), s.alice.Activity("Update", s.alice.Document(), nil))
		if len(s.accepted()) != 0 || s.a.Asked(s.alice.Path()) != 0 {
			t.Error("work was done for an actor that nobody knows")
		}
	})
	t.Run("known, key remembered", func(t *testing.T) {
		s := newStage(t)
		s.alice.Send(t, s.inbox(), s.reply(s.alice, "hello"))
		s.a.Gone(s.alice.Path())
		s.alice.Send(t, s.inbox(), farewell(s, s.alice))
		if got := s.accepted(); len(got) != 2 || got[1].Object != s.alice.ID || s.a.Asked(s.alice.Path()) != 1 {
			t.Errorf("kept %+v", got)
		}
	})
	t.Run("known, key changed, origin says gone", func(t *testing.T) {
		s := newStage(t)
		s.alice.Send(t, s.inbox(), s.reply(s.alice, "hello"))
		s.a.Gone(s.alice.Path())
		s.alice.Rotate(t)
		s.alice.Send(t, s.inbox(), farewell(s, s.alice))
		if got := s.accepted(); len(got) != 2 || got[1].Type != "Delete" {
			t.Errorf("kept %+v", got)
		}
	})
	t.Run("known, forged, origin knows it well", func(t *testing.T) {
		s := newStage(t)
		s.alice.Send(t, s.inbox(), s.reply(s.alice, "hello"))
		got := s.mallory.Post(t, s.inbox(), farewell(s, s.alice), fedtest.KeyID(s.alice.ID+"#main-key"))
		wantProblem(t, got, 401)
		if len(s.accepted()) != 1 {
			t.Error("a forged farewell was kept")
		}
	})
}

// TestInboxNeverDialsKeyID: nothing that a signature names is asked.
func TestInboxNeverDialsKeyID(t *testing.T) {
	s := newStage(t)
	canary := fedtest.New(t) // not in the gate
	for _, keyID := range []string{canary.URL + "/users/x#main-key", "file:///etc/passwd", "", "acct:x@" + canary.Host(), "http:/x"} {
		got := s.mallory.Post(t, s.inbox(), s.reply(s.mallory, "x"), fedtest.KeyID(keyID))
		if got.Status != 401 && got.Status != 400 {
			t.Errorf("keyId %q = %d, want 401", keyID, got.Status)
		}
	}
	doc := s.mallory.Activity("Like", s.URL, M{"actor": canary.URL + "/users/x"})
	delete(doc, "id")
	wantProblem(t, s.mallory.Post(t, s.inbox(), doc, fedtest.KeyID(canary.URL+"/users/x#main-key")), 401)
	if canary.Asked("/users/x") != 0 {
		t.Error("the canary was asked")
	}
}

// TestInboxSlowBody: a body that trickles is given up.
func TestInboxSlowBody(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 20 s")
	}
	t.Parallel()
	s := newStage(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /c/12/inbox HTTP/1.1\r\nHost: %s\r\nSignature: x\r\nContent-Type: application/activity+json\r\nContent-Length: 1000\r\n\r\n{", strings.TrimPrefix(s.URL, "http://"))
	start := time.Now()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 408 || time.Since(start) > 25*time.Second {
		t.Errorf("%d after %s, want 408 after 20 s", res.StatusCode, time.Since(start))
	}
}
