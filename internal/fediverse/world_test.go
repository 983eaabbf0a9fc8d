package fediverse

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// start is when the tests begin.
var start = time.Date(2027, 1, 10, 9, 0, 0, 0, time.UTC)

// clock is a clock that tests hold.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is an instance with an organisation and one open challenge.
type world struct {
	*testing.T
	db    *store.DB
	app   *app.App
	f     *Fediverse
	clock *clock
	org   *policy.Organisation
	ch    *policy.Challenge
	ran   []store.Task // all tasks that were run
}

// newWorld makes a world on an SQLite database at https://moot.example, which nobody can reach.
func newWorld(t *testing.T) *world {
	t.Helper()
	return worldAt(t, &clock{now: start}, t.TempDir()+"/folkmoot.db", "https://moot.example", fetch.Gate{})
}

func worldAt(t *testing.T, c *clock, database, address string, gate fetch.Gate) *world {
	t.Helper()
	return worldWith(t, c, database, address, gate, policy.ReceiptReply)
}

// worldWith is worldAt with a way of thanking people.
func worldWith(t *testing.T, c *clock, database, address string, gate fetch.Gate, mode policy.ReceiptMode) *world {
	t.Helper()
	db := testkit.Open(t, store.Options{URL: database, Now: c.Now, Consequences: []string{"federate"}})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, db: db, app: app.New(db, address), clock: c}
	w.f, err = New(t.Context(), Config{
		DB: db, App: w.app, URL: u, Gate: gate, Version: "1.0", Test: true, Scale: 1000, Now: c.Now,
	})
	w.must(err)
	w.org, err = w.app.SetUp(t.Context(), app.SetUp{
		Name: "Tenants Together", Handle: "tenants", Strap: "for people who rent", Email: "ada@moot.example",
		StewardName: "Ada", StewardHandle: "ada", Receipts: mode,
	})
	w.must(err)
	w.ch = w.open(&policy.Challenge{
		Actor:      policy.Actor{Handle: "damp"},
		Title:      "Damp homes: what should change?",
		Question:   "What would have made your landlord act?",
		Summary:    "Four in ten private renters live with damp. Tell us what would have made your landlord act.",
		Background: "## What we know\n\nDamp makes people ill.", RespondBy: start.AddDate(0, 2, 0), Closes: start.AddDate(0, 1, 0),
		Responder: "Priya Nair", Tags: []string{"Damp", "Renting"}, CanChange: "What we ask the council for.",
	})
	return w
}

// in returns the same world for a subtest.
func (w *world) in(t *testing.T) *world {
	sub := *w
	sub.T = t
	return &sub
}

// must ends the test on an error.
func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// open opens a challenge and tells others of it.
func (w *world) open(c *policy.Challenge) *policy.Challenge {
	w.Helper()
	w.must(w.app.OpenChallenge(w.Context(), app.By{}, c, false))
	w.drain()
	return c
}

// drain works off what waits: received activities first, then what follows from them. It returns
// the reasons of those that had no effect.
func (w *world) drain() (reasons []string) {
	w.Helper()
	for {
		var in []store.Inbound
		var tasks []store.Task
		w.must(w.db.Write(w.Context(), func(tx *store.Tx) (err error) {
			if in, err = tx.LeaseInbound(w.Context(), 10, tx.At.Add(time.Minute)); err == nil {
				tasks, err = tx.LeaseTasks(w.Context(), 10, tx.At.Add(time.Minute))
			}
			return err
		}))
		if len(in)+len(tasks) == 0 {
			return reasons
		}
		for _, i := range in {
			reason, err := w.f.Process(w.Context(), i)
			w.must(err)
			if reason != "" {
				reasons = append(reasons, reason)
			}
			w.must(w.db.Write(w.Context(), func(tx *store.Tx) error { return tx.FinishInbound(w.Context(), i.ID, reason) }))
		}
		for _, task := range tasks {
			w.must(w.f.Federate(w.Context(), task))
			w.ran = append(w.ran, task)
			w.must(w.db.Write(w.Context(), func(tx *store.Tx) error { return tx.FinishTask(w.Context(), task.ID) }))
		}
	}
}

// knows puts the document of a remote actor into the cache, as if it had been fetched.
func (w *world) knows(doc fedtest.M) {
	w.Helper()
	body, err := json.Marshal(doc)
	w.must(err)
	w.must(w.db.Write(w.Context(), func(tx *store.Tx) error {
		return tx.SaveActorDocument(w.Context(), doc["id"].(string), body, w.clock.Now())
	}))
}

// someone is a remote actor that is known but cannot be reached.
func (w *world) someone(id string) string {
	w.Helper()
	w.knows(fedtest.M{
		"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Person",
		"preferredUsername": id[strings.LastIndex(id, "/")+1:], "name": "Bo", "inbox": id + "/inbox",
		"followers": id + "/followers", "endpoints": fedtest.M{"sharedInbox": "https://" + vocab.Host(id) + "/inbox"},
	})
	return id
}

// process hands an activity that was verified to the handlers.
func (w *world) process(activity any) (reason string) {
	w.Helper()
	body, err := json.Marshal(activity)
	w.must(err)
	o, err := vocab.Decode(body)
	w.must(err)
	reason, err = w.f.Process(w.Context(), store.Inbound{Actor: o.Actor, Activity: o.ID, Type: o.Type, Body: body, Received: w.clock.Now()})
	w.must(err)
	w.drain()
	return reason
}

// expect is process, with the reason that is wanted.
func (w *world) expect(reason string, activity any) {
	w.Helper()
	if got := w.process(activity); got != reason {
		w.Errorf("reason %q, want %q, for %v", got, reason, activity)
	}
}

// contribution returns what is stored of a post; nil if nothing is.
func (w *world) contribution(iri string) *policy.Contribution {
	w.Helper()
	c, err := w.db.ContributionByIRI(w.Context(), everything, iri)
	w.must(unknown(err))
	if err != nil {
		return nil
	}
	return c
}

// document returns the document at an address of ours.
func (w *world) document(iri string) fedtest.M {
	w.Helper()
	path, query, _ := strings.Cut(strings.TrimPrefix(iri, string(w.f.base)), "?")
	d, err := local{w.f}.Document(w.Context(), path, query)
	w.must(err)
	var m fedtest.M
	w.must(json.Unmarshal(d.Body, &m))
	return m
}

// queued lists what waits to be sent to a host, and to which inboxes.
func (w *world) queued(host string) (list []*vocab.Object, inboxes []string) {
	w.Helper()
	deliveries, err := w.db.Deliveries(w.Context(), host, 1000)
	w.must(err)
	for _, d := range deliveries {
		o, err := vocab.Decode(d.Body)
		w.must(err)
		list, inboxes = append(list, o), append(inboxes, d.Inbox)
	}
	return list, inboxes
}

// queuedOf is queued for one type.
func (w *world) queuedOf(host, typ string) (list []*vocab.Object) {
	w.Helper()
	all, _ := w.queued(host)
	for _, o := range all {
		if o.Type == typ {
			list = append(list, o)
		}
	}
	return list
}

// note is a public reply of a remote actor.
func note(actor, id, inReplyTo, html string, properties fedtest.M) fedtest.M {
	n := fedtest.M{
		"id": id, "type": "Note", "attributedTo": actor, "inReplyTo": inReplyTo, "content": html,
		"to": []string{vocab.Public}, "cc": []string{actor + "/followers"},
		"published": start.Format(time.RFC3339),
	}
	for k, v := range properties {
		n[k] = v
	}
	return n
}

// act is an activity of a remote actor.
func act(actor, id, typ string, object any) fedtest.M {
	return fedtest.M{
		"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": typ, "actor": actor, "object": object,
	}
}

// served puts a world behind a listener, so that peers can post to it.
func served(t *testing.T, c *clock, peers ...*fedtest.Peer) (*world, string) {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	w := worldAt(t, c, t.TempDir()+"/folkmoot.db", server.URL, fedtest.Gate(peers...))
	inbox, documents := w.f.fed.ServeInbox(), w.f.fed.Negotiate(http.NotFoundHandler())
	handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			inbox.ServeHTTP(w, r)
			return
		}
		documents.ServeHTTP(w, r)
	})
	return w, server.URL
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
