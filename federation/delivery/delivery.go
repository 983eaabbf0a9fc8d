// Package delivery sends activities: one lane a host, durable, in order, and no lane waits for
// another.
//
// The program puts items into its [Queue] in the transaction that makes them. A [Sender] leases
// hosts that are due, sends up to four items of each at once (never two about one object), signs
// each when it is sent, and stores what became of it before it takes the next. A host that does
// not answer is left alone for longer and longer; after fourteen days it is dead, and
// what was queued for it is dropped, until it is heard of again.
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
	Attempts int       // so far
	Next     time.Time // not before; zero means at once
}

// Lane is a host that is due, leased to one worker.
type Lane struct {
	Host     string
	Token    int64     // fences: what carries an older token changes nothing
	Failures int       // in a row
	Since    time.Time // of the first of these failures; zero if there are none

	// Set by the sender for [Queue.Settle].
	Dead  bool   // no success for fourteen days: the queue drops what it holds for the host, and takes nothing more
	Error string // of the last failure, for the operator; empty if there was none
}

// Outcome says what became of an item that was tried.
type Outcome struct {
	Item   Item
	Done   bool      // delivered, or given up: leaves the queue
	Next   time.Time // of one that stays: not before; zero means when the host is tried again
	Status int       // of the answer; 0 if there was none
	Reason string    // why it failed; empty if it was delivered
}

// Queue keeps items until they are done. Items enter it in the transaction that made them.
type Queue interface {
	// Lease returns up to n hosts that have items and are due, none of which another worker
	// holds, leased until the given time.
	Lease(ctx context.Context, n int, now, until time.Time) ([]Lane, error)
	// Items returns the first n items of a lane in order.
	Items(ctx context.Context, l Lane, n int) ([]Item, error)
	// Settle ends the lease. It removes the items that are done, counts an attempt of the others
	// among the outcomes and stores their Next, stores Failures, Since, Dead and Error of the
	// lane, and says when the host is tried next (zero: at once if it has more items). It
	// reports false, and changes nothing, if the lease was lost.
	Settle(ctx context.Context, l Lane, out []Outcome, next time.Time) (ok bool, err error)
}
