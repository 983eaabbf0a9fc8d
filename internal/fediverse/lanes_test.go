package fediverse

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/delivery"
	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/signature"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// deliver runs the lanes until the test ends.
func (w *world) deliver() {
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- w.f.Deliver(ctx) }()
	w.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && ctx.Err() == nil {
			w.Errorf("Deliver: %v", err)
		}
	})
}

// The whole way, over the wire: a follower is accepted, an answer gets its receipt and its like,
// each signed by the challenge.
func TestOverTheWire(t *testing.T) {
	peer := fedtest.New(t)
	w, address := served(t, &clock{now: time.Now()}, peer)
	w.deliver()
	alice := peer.Actor("alice")
	inbox := address + "/c/1/inbox"
	alice.Follow(t, w.ch.Actor.IRI, inbox)
	w.drain()
	accept := peer.Wait(t, fedtest.OfType("Accept"))
	n := alice.Note(w.f.base.Opening(1), "<p>Mould</p>", nil)
	create := alice.Activity("Create", n, nil)
	for range 3 {
		alice.Send(t, address+"/inbox", create)
		w.drain()
	}
	receipt := peer.Wait(t, fedtest.OfType("Create"))
	c := w.contribution(n["id"].(string))
	_, err := w.app.Read(t.Context(), w.by(), c.ID, "")
	w.must(err)
	w.drain()
	like := peer.Wait(t, fedtest.OfType("Like"))
	signer, err := w.f.signer(t.Context(), w.ch.Actor.IRI)
	w.must(err)
	for _, d := range []fedtest.Delivery{accept, receipt, like} {
		if err := d.Verify(signer.RSA.Public()); err != nil || d.Signer() != w.ch.Actor.IRI+"#main-key" {
			t.Errorf("%s signed by %s: %v", d.Object.Type, d.Signer(), err)
		}
		if d.Path != alice.Path()+"/inbox" {
			t.Errorf("%s came to %s", d.Object.Type, d.Path)
		}
	}
	if all := peer.Deliveries(nil); len(all) != 3 {
		t.Errorf("%d deliveries, want 3", len(all))
	}
	for name, got := range map[string]fedtest.Answer{
		"unsigned":    alice.Post(t, inbox, create, fedtest.Unsigned()),
		"of another":  alice.Post(t, inbox, create, fedtest.As(peer.Actor("mallory"))),
		"no such box": alice.Post(t, address+"/c/9/inbox", create),
	} {
		if got.Status/100 != 4 {
			t.Errorf("%s is answered %d", name, got.Status)
		}
	}
	w.must(w.app.BlockHost(t.Context(), w.by(), peer.Host(), "spam"))
	if got := alice.Post(t, inbox, create); got.Status != http.StatusForbidden {
		t.Errorf("a blocked host is answered %d", got.Status)
	}
}

// An organisation that a challenge is addressed to is mentioned once, if it has an account.
func TestAddressees(t *testing.T) {
	peer := fedtest.New(t)
	w, _ := served(t, &clock{now: time.Now()}, peer)
	w.deliver()
	council := peer.Actor("council")
	council.Set(fedtest.M{"name": "City Council", "type": "Organization"})
	ch := w.open(&policy.Challenge{
		Actor: policy.Actor{Handle: "asked"}, Title: "T", Question: "Q?", RespondBy: w.clock.Now().AddDate(1, 0, 0),
		AddressedTo: []policy.Addressee{{Given: "@council@" + peer.Host()}, {Given: "@nobody@" + peer.Host()}},
	})
	got := peer.Wait(t, fedtest.OfType("Create"))
	if got.Path != council.Path()+"/inbox" || !slices.Contains(got.Object.Object.Cc, council.ID) ||
		!slices.ContainsFunc(got.Object.Object.Tag, func(t vocab.Tag) bool { return t.Type == "Mention" && t.Href == council.ID }) {
		t.Errorf("%s got %s", got.Path, got.Body)
	}
	stored, err := w.db.ChallengeByID(t.Context(), policy.Public, ch.ID)
	w.must(err)
	var states []policy.AddresseeState
	for _, a := range stored.AddressedTo {
		states = append(states, a.State)
		if a.State == policy.AddresseeFound && (a.Name != "City Council" || a.Inbox != council.Inbox()) {
			t.Errorf("found %+v", a)
		}
	}
	if !slices.Equal(states, []policy.AddresseeState{policy.AddresseeFound, policy.AddresseeNotFound}) {
		t.Errorf("states %v", states)
	}
}

// A 403 ends messages to those whom the activity was for.
func TestRefused(t *testing.T) {
	peer := fedtest.New(t)
	peer.Answer(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusForbidden) })
	w, _ := served(t, &clock{now: time.Now()}, peer)
	w.deliver()
	alice := peer.Actor("alice")
	n := alice.Note(w.f.base.Opening(1), "<p>Mould</p>", nil)
	w.expect("", alice.Activity("Create", n, nil))
	peer.Wait(t, fedtest.OfType("Create"))
	author := w.contribution(n["id"].(string)).Author
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		stopped, err := w.db.MessagesStopped(t.Context(), author.ID, w.ch.ID)
		w.must(err)
		if stopped {
			return
		}
		if time.Now().After(end) {
			t.Fatal("messages go on")
		}
	}
}

// Whoever is gone, and is still gone a day later, follows no more; who is there again does.
func TestGone(t *testing.T) {
	peer := fedtest.New(t)
	w, _ := served(t, &clock{now: time.Now()}, peer)
	alice := peer.Actor("alice")
	w.expect("", alice.Activity("Follow", w.ch.Actor.IRI, nil))
	followers := func() int64 {
		n, err := w.db.Followers(t.Context(), w.ch.Actor.ID)
		w.must(err)
		return n
	}
	item := delivery.Item{Host: peer.Host(), Inbox: alice.Inbox()}
	gone := func() { w.f.onGone(t.Context(), item, http.StatusGone) }
	gone() // only the inbox: the actor is there
	w.clock.move(25 * time.Hour)
	peer.Gone(alice.Path())
	gone()
	if followers() != 1 {
		t.Error("gone once ended the follow")
	}
	w.clock.move(23 * time.Hour)
	gone()
	if followers() != 1 {
		t.Error("gone for less than a day ended the follow")
	}
	w.clock.move(2 * time.Hour)
	gone()
	if followers() != 0 {
		t.Error("gone for a day, and still a follower")
	}
}

// Our own keys are those that the documents name.
func TestPublicKeys(t *testing.T) {
	w := newWorld(t)
	doc, err := vocab.Decode(mustJSON(t, w.document(w.ch.Actor.IRI)))
	w.must(err)
	signer, err := w.f.signer(t.Context(), w.ch.Actor.IRI)
	w.must(err)
	if len(doc.PublicKeys) != 2 {
		t.Fatalf("keys %+v", doc.PublicKeys)
	}
	rsa, err := signature.ParsePublicPEM(doc.PublicKeys[0].PEM)
	w.must(err)
	ed, err := signature.ParseMultibase(doc.PublicKeys[1].Multibase)
	w.must(err)
	if !signer.RSA.PublicKey.Equal(rsa) || !signer.Ed25519.Public().(ed25519.PublicKey).Equal(ed) {
		t.Error("the keys of the document are not those that sign")
	}
}

// The instance says what it is.
func TestNodeInfo(t *testing.T) {
	w := newWorld(t)
	info, err := w.f.nodeInfo(t.Context())
	w.must(err)
	if info.Software.Name != "folkmoot" || info.OpenRegistrations || info.Metadata["test"] != true ||
		info.Metadata["nodeName"] != "Tenants Together" || *info.Users.Total != 1 || *info.LocalPosts != 1 {
		t.Errorf("info = %+v", info)
	}
}

// Preview shows what Mastodon will show of the opening.
func TestPreview(t *testing.T) {
	w := newWorld(t)
	p := w.f.Preview(w.ch, w.org)
	if p.Name != "Tenants Together" || p.Handle != "@tenants@moot.example" || p.Link != w.f.base.Opening(1) ||
		p.Summary != w.document(w.f.base.Opening(1))["summary"] || p.Characters < 100 {
		t.Errorf("preview = %+v", p)
	}
}

// The summary says how to answer, whatever comes before, and is never longer than others show.
func TestSummary(t *testing.T) {
	w := newWorld(t)
	for _, summary := range []string{
		"Short.", strings.Repeat("word ", 80), strings.Repeat("&", 400), strings.Repeat("\"<x>", 80), strings.Repeat("ŵ", 400),
	} {
		ch := *w.ch
		ch.Summary = summary
		for _, got := range []string{
			w.f.openingSummary(&ch), w.f.proposalSummary(summary, &policy.Proposal{}, &ch), w.f.proposalSummary("", &policy.Proposal{Summary: summary}, &ch),
		} {
			if n := utf8.RuneCountInString(got); n > maxSummary || !strings.HasSuffix(got, "Reply to this post to answer.</p>") {
				t.Errorf("%d characters: %s", n, got)
			}
			if strings.Contains(got, "<x>") {
				t.Errorf("not escaped: %s", got)
			}
		}
	}
}

// Most people see only title and summary: the question is in one of them, and once.
func TestSummaryAsks(t *testing.T) {
	w := newWorld(t)
	const question, why = "What would have made your landlord act?", "Four in ten live with damp."
	for _, tt := range []struct {
		title, summary string
		want           string // how it begins
	}{
		{"Damp homes", why, "<p>" + question + "</p><p>" + why + "</p><p>We read"},
		{"Damp homes", question, "<p>" + question + "</p><p>We read"},
		{"Damp: what would have made your landlord act", why, "<p>" + why + "</p><p>We read"},
		{"Damp homes", why + " Tell us what would have made your landlord act.", "<p>" + why + " Tell us"},
		{"Damp homes", strings.Repeat("w", 380), "<p>" + question + "</p><p>www"},
		{"Damp homes", strings.Repeat("w", 400), "<p>" + question + "</p><p>www"},
		{"Damp homes", strings.Repeat("&", 400), "<p>&amp;"},
	} {
		ch := *w.ch
		ch.Title, ch.Question, ch.Summary = tt.title, question, tt.summary
		if got := w.f.openingSummary(&ch); !strings.HasPrefix(got, tt.want) || strings.Count(got, question) > 1 {
			t.Errorf("%q, %.40q: summary = %s, want it to begin with %s", tt.title, tt.summary, got, tt.want)
		}
	}
}

// When too much waits, others are told to come back later.
func TestBacklog(t *testing.T) {
	w := newWorld(t)
	i := newInbox(w.f)
	r := federation.Received{Activity: "https://m.example/a/1", Actor: bo, Type: "Like", Body: []byte("{}"), At: start}
	for _, want := range []bool{true, false} {
		if isNew, err := i.Accept(t.Context(), r); err != nil || isNew != want {
			t.Errorf("Accept = %t, %v, want %t", isNew, err, want)
		}
	}
	i.backlog = maxBacklog
	if _, err := i.Accept(t.Context(), r); !errors.Is(err, federation.ErrBusy) {
		t.Errorf("Accept = %v, want ErrBusy", err)
	}
	w.clock.move(2 * time.Second)
	if _, err := i.Accept(t.Context(), r); err != nil {
		t.Errorf("Accept = %v after it was counted again", err)
	}
}

// An inbox that is none keeps nobody else from hearing of a challenge.
func TestOddInboxes(t *testing.T) {
	peer := fedtest.New(t)
	w, _ := served(t, &clock{now: time.Now()}, peer)
	for i, inbox := range []string{"", "file:///etc/passwd", "//x", "inbox", "http://x.example:80/inbox"} {
		odd := peer.Actor("odd" + string(rune('a'+i)))
		odd.Set(fedtest.M{"inbox": inbox, "endpoints": fedtest.M{"sharedInbox": inbox}})
		if reason := w.process(odd.Activity("Follow", w.ch.Actor.IRI, nil)); reason == "" {
			t.Errorf("accepted a follower with the inbox %q", inbox)
		}
		w.open(&policy.Challenge{
			Actor: policy.Actor{Handle: odd.Name}, Title: "T", Question: "Q?", RespondBy: w.clock.Now().AddDate(1, 0, 0),
			AddressedTo: []policy.Addressee{{Given: "@" + odd.Name + "@" + peer.Host()}},
		})
	}
	outbox := w.document(w.f.base.Organisation() + "/outbox")
	if outbox["totalItems"] != 6.0 {
		t.Errorf("%v of 6 openings were published", outbox["totalItems"])
	}
}
