// Package fediverse translates between the policy domain and ActivityPub, both ways.
//
// What other servers send ends as a verb of internal/app; what the record tells of, its events,
// ends as activities. The shapes of all documents are those of FEDERATION.md.
package fediverse

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/delivery"
	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Config is what the translation needs.
type Config struct {
	DB      *store.DB
	App     *app.App
	URL     *url.URL
	Gate    fetch.Gate
	Version string
	Test    bool    // FOLKMOOT_TEST_PEERS is set: NodeInfo says so
	Scale   float64 // divides retry intervals; 0 means 1
	Now     func() time.Time
}

// Fediverse is one instance's face to other servers.
type Fediverse struct {
	db      *store.DB
	app     *app.App
	base    policy.Base
	host    string // of base, with the port if there is one
	version string
	test    bool
	now     func() time.Time
	fed     *federation.Federation
	sender  *delivery.Sender
}

// New returns a Fediverse; it makes the instance actor and its keys if there are none.
func New(ctx context.Context, c Config) (_ *Fediverse, err error) {
	defer errs.Wrap(&err, "fediverse.New")
	if c.Now == nil {
		c.Now = time.Now
	}
	if err := c.App.MakeInstance(ctx); err != nil {
		return nil, err
	}
	base := policy.Base(c.URL.Scheme + "://" + c.URL.Host)
	f := &Fediverse{
		db: c.DB, app: c.App, base: base, host: base.Host(), version: c.Version, test: c.Test, now: c.Now,
	}
	c.Gate.OwnHost = c.URL.Host
	client := fetch.New(fetch.Config{
		Gate: c.Gate, Scale: c.Scale, UserAgent: "Folkmoot/" + c.Version + " (+" + string(base) + "/)", Sign: f.signFetch, Now: c.Now,
	})
	f.fed = federation.New(federation.Config{
		URL: c.URL, Inbox: newInbox(f), Local: local{f}, Cache: cache{c.DB}, Client: client,
		Allow: f.allow, NodeInfo: f.nodeInfo, Gate: c.Gate, Scale: c.Scale, Now: c.Now,
	})
	for _, h := range f.handlers() {
		f.fed.On(h.activity, h.object, h.do)
	}
	f.sender = delivery.New(delivery.Config{
		Queue: lanes{c.DB}, Listen: c.DB.Listen, Client: client, Sign: f.fed.Sign,
		OnGone: f.onGone, OnRefused: f.onRefused, Scale: c.Scale, Now: c.Now,
	})
	return f, nil
}

// Federation returns the protocol machine, for its HTTP handlers.
func (f *Fediverse) Federation() *federation.Federation { return f.fed }

// Deliver works the delivery lanes until ctx ends, then finishes what is in hand. What this process
// queues is sent at once; what others queue is found within a second.
func (f *Fediverse) Deliver(ctx context.Context) error {
	woken, stop := f.db.Listen()
	var listener sync.WaitGroup
	ended := make(chan struct{})
	listener.Go(func() {
		for {
			select {
			case <-woken:
				f.sender.Wake()
			case <-ended:
				return
			}
		}
	})
	err := f.sender.Run(ctx)
	close(ended)
	stop()
	listener.Wait()
	return err
}

// signFetch signs a GET as the instance actor.
func (f *Fediverse) signFetch(r *http.Request, body []byte) error {
	return f.fed.Sign(r.Context(), f.base.Instance(), r, body)
}

// allow refuses actors that are blocked, or whose host is. What cannot be found out now is let
// in: the same question is asked again when the activity is processed.
func (f *Fediverse) allow(ctx context.Context, actor string) error {
	blocked, err := f.db.HostBlocked(ctx, vocab.Host(actor))
	if err == nil && blocked {
		return fmt.Errorf("%w: host of %s is blocked", errs.Forbidden, actor)
	}
	a, err := f.db.ActorByIRI(ctx, actor)
	if err == nil && a.State == policy.ActorBlocked {
		return fmt.Errorf("%w: %s is blocked", errs.Forbidden, actor)
	}
	return nil
}

// ulid returns the ULID of something that follows from other things: the moment, and a hash of
// what it is and what it follows from. The same again gives the same, so that a task that runs
// twice makes nothing twice.
func (f *Fediverse) ulid(at time.Time, what string, from ...any) string {
	sum := sha256.Sum256([]byte(string(f.base) + " " + what + " " + fmt.Sprintln(from...)))
	return policy.ULID(at, [10]byte(sum[:10]))
}
