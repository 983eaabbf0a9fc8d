// Package fediverse translates between the policy domain and ActivityPub, both ways.
package fediverse

import (
	"context"
	"net/url"
	"time"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/delivery"
	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/internal/app"
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
type Fediverse struct{}

// New returns a Fediverse; it makes the instance actor's keys if there are none.
func New(ctx context.Context, c Config) (*Fediverse, error) { panic("stub") }

// Federation returns the protocol machine, for its HTTP handlers.
func (f *Fediverse) Federation() *federation.Federation { panic("stub") }

// Process handles an activity that waits in the store: the Inbound of queue.Config.
func (f *Fediverse) Process(ctx context.Context, in store.Inbound) (reason string, err error) {
	panic("stub")
}

// Federate tells other servers of an event: the task "federate", whose body is the event's id.
func (f *Fediverse) Federate(ctx context.Context, t store.Task) error { panic("stub") }

// Sender returns the delivery lanes, for whoever runs them.
func (f *Fediverse) Sender() *delivery.Sender { panic("stub") }

// Preview returns how Mastodon will show the opening of c.
func (f *Fediverse) Preview(c *policy.Challenge, o *policy.Organisation) policy.OpeningPreview {
	panic("stub")
}
