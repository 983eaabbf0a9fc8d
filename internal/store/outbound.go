package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// Outgoing is an activity of ours, as sent.
type Outgoing struct {
	ID      policy.ID
	IRI     string // /a/<ULID>
	Actor   policy.ID
	Type    string
	Object  string // id of its object
	Body    []byte
	Public  bool // listed in the actor's outbox and served at its IRI
	Created time.Time
}

// AddOutgoing stores an activity once per IRI; false if it is known already (then nothing must
// be queued again).
func (tx *Tx) AddOutgoing(ctx context.Context, o *Outgoing) (isNew bool, err error) { panic("stub") }

// QueueToFollowers queues an outgoing activity for the distinct inboxes (shared where there is
// one) of the followers of the given local actors, with one INSERT … SELECT. Blocked hosts and
// skipHost get nothing.
func (tx *Tx) QueueToFollowers(ctx context.Context, outgoing policy.ID, actors ...policy.ID) error {
	panic("stub")
}

// QueueTo queues an outgoing activity for one inbox, if it is not queued for it already.
func (tx *Tx) QueueTo(ctx context.Context, outgoing policy.ID, inbox string) error { panic("stub") }

// Outgoing returns a public outgoing activity by IRI; errs.NotFound.
func (db *DB) Outgoing(ctx context.Context, iri string) (*Outgoing, error) { panic("stub") }

// Outbox lists the public activities of a local actor, newest first.
func (db *DB) Outbox(ctx context.Context, actor policy.ID, p Page) (list []Outgoing, total int64, err error) {
	panic("stub")
}

// LatestOutgoing returns the newest outgoing activity of a type about an object by an actor, such
// as the Announce to be undone; errs.NotFound.
func (db *DB) LatestOutgoing(ctx context.Context, actor policy.ID, typ, object string) (*Outgoing, error) {
	panic("stub")
}

// Follower is somebody who follows a local actor.
type Follower struct {
	Actor  policy.ID // local
	Who    policy.ID // remote
	Follow string    // id of the Follow
}

// AddFollower stores a follower, once per pair.
func (tx *Tx) AddFollower(ctx context.Context, f Follower) error { panic("stub") }

// RemoveFollower removes one.
func (tx *Tx) RemoveFollower(ctx context.Context, actor, who policy.ID) error { panic("stub") }

// Followers counts the followers of a local actor.
func (db *DB) Followers(ctx context.Context, actor policy.ID) (int64, error) { panic("stub") }

// Host is what is known of a server.
type Host struct {
	Name      string
	Blocked   bool
	Reason    string // why it is blocked
	By        string
	BlockedAt time.Time
	FirstSeen time.Time
	Failures  int
	Failing   time.Time // since; zero if it is well
	Next      time.Time // next try
	LastOK    time.Time
	Error     string
	Queued    int64
	Dead      bool
}

// BlockHost blocks a server and drops what is queued for it.
func (tx *Tx) BlockHost(ctx context.Context, host, reason, by string) error { panic("stub") }

// UnblockHost reverses that; errs.NotFound if it was not blocked.
func (tx *Tx) UnblockHost(ctx context.Context, host string) error { panic("stub") }

// HostBlocked reports whether a host, or a parent domain of it, is blocked.
func (db *DB) HostBlocked(ctx context.Context, host string) (bool, error) { panic("stub") }

// HostSeen reports whether an accepted contribution by this actor's host exists, and whether one
// by the actor does.
func (db *DB) HostSeen(ctx context.Context, host string, actor policy.ID) (hostSeen, actorSeen bool, err error) {
	panic("stub")
}

// ReviveHost makes a host due at once: it has signed something.
func (tx *Tx) ReviveHost(ctx context.Context, host string) error { panic("stub") }

// Hosts lists servers: the blocked ones if blocked is set, else those with something queued or in
// trouble.
func (db *DB) Hosts(ctx context.Context, blocked bool, p int) ([]Host, error) { panic("stub") }

// Delivery is one outgoing activity for one inbox.
type Delivery struct {
	ID       policy.ID
	Host     string
	Inbox    string
	Sender   string // IRI of the local actor
	Activity string
	Object   string
	Body     []byte
	Attempts int
}

// LeasedHost is a host taken by a worker.
type LeasedHost struct {
	Name     string
	Token    int64
	Failures int
	Failing  time.Time
}

// LeaseHosts takes up to n hosts that have deliveries and are due, until the given time.
func (tx *Tx) LeaseHosts(ctx context.Context, n int, until time.Time) ([]LeasedHost, error) {
	panic("stub")
}

// Deliveries returns the first n deliveries of a host in order.
func (db *DB) Deliveries(ctx context.Context, host string, n int) ([]Delivery, error) { panic("stub") }

// SettleHost removes done deliveries, counts an attempt of the others tried, and frees the host
// for its next try; false, and nothing changed, if token is not the host's any more.
func (tx *Tx) SettleHost(ctx context.Context, h LeasedHost, done, tried []policy.ID, next time.Time, failures int, failing time.Time, dead bool, reason string) (ok bool, err error) {
	panic("stub")
}

// QueueLine is a line of "folkmoot task list".
type QueueLine struct {
	Kind    string    `json:"kind"` // "deliver", "process", or the kind of a task
	Host    string    `json:"host,omitempty"`
	Queued  int64     `json:"queued"`
	Waiting int64     `json:"waiting"` // of these, put off after a failure
	Parked  int64     `json:"parked"`
	Next    time.Time `json:"next,omitzero"`
	Error   string    `json:"error,omitempty"`
}

// Queue sums up what is queued, waiting or parked, per kind and host.
func (db *DB) Queue(ctx context.Context) ([]QueueLine, error) { panic("stub") }
