// Package delivery sends activities: one lane a host, durable, in order, and no lane waits for
// another.
package delivery

import (
	"context"
	"time"
)

// Item is one activity for one inbox.
type Item struct {
	ID       int64 // in commit order
	Host     string
	Inbox    string
	Sender   string // id of the local actor that signs it
	Object   string // id of the object it is about: items of one object keep their order
	Activity string // id
	Body     []byte
	Attempts int // of this item, for answers that end after a few tries
}

// Lane is a host that is due, leased to one worker.
type Lane struct {
	Host     string
	Token    int64     // fences: what carries an older token changes nothing
	Failures int       // in a row
	Since    time.Time // of the first of these failures; zero if there are none
}

// Outcome says what became of an item.
type Outcome struct {
	Item    Item
	Done    bool   // delivered, or given up: leaves the queue
	Status  int    // of the answer; 0 if there was none
	Reason  string // why it was given up; empty if it was delivered
	Gone    bool   // the inbox answered 404 or 410: look at its owner again
	Refused bool   // 401 or 403
}

// Queue keeps items until they are done. Items enter it in the transaction that made them.
type Queue interface {
	// Lease returns up to n hosts that have items and are due, none of which another worker
	// holds, leased until the given time.
	Lease(ctx context.Context, n int, now, until time.Time) ([]Lane, error)
	// Items returns the first n items of a lane in order.
	Items(ctx context.Context, l Lane, n int) ([]Item, error)
	// Settle stores outcomes and says when the host is tried next (zero: at once if it has more
	// items) and how many failures in a row there were. It reports false if the lease was lost.
	Settle(ctx context.Context, l Lane, out []Outcome, next time.Time) (ok bool, err error)
}
