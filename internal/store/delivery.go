package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Delivery is one outgoing activity for one inbox.
type Delivery struct {
	ID       policy.ID
	Host     string
	Inbox    string
	Sender   string // IRI of the local actor
	Activity string
	Object   string
	Body     []byte
	Attempts int       // that failed while the host was well
	Next     time.Time // not before; zero: at once
}

// QueueToFollowers queues an outgoing activity for the distinct inboxes (shared where there is
// one) of the followers of the given local actors, with one INSERT … SELECT. Blocked and dead
// hosts and actors that are gone or blocked get nothing.
func (tx *Tx) QueueToFollowers(ctx context.Context, outgoing policy.ID, actors ...policy.ID) (err error) {
	defer errs.Wrap(&err, "store.QueueToFollowers(%d)", outgoing)
	if len(actors) == 0 {
		return nil
	}
	args := append([]any{outgoing}, keys(actors)...)
	_, err = tx.conn.exec(ctx, `
		INSERT INTO deliveries (host, outgoing_id, inbox, attempts, next)
		SELECT DISTINCT a.lane_host, CAST($1 AS BIGINT), a.lane_inbox, 0, 0
		FROM followers f
		JOIN actors a ON a.id = f.who_id
		JOIN hosts h ON h.name = a.lane_host
		JOIN hosts o ON o.name = a.host
		WHERE f.actor_id IN `+in(2, len(actors))+`
			AND a.state IN ('active', 'limited') AND a.lane_inbox <> ''
			AND NOT h.barred AND NOT h.dead AND NOT o.barred
		ON CONFLICT (outgoing_id, inbox) DO NOTHING`, args...)
	if err != nil {
		return err
	}
	return tx.rouse(ctx, outgoing)
}

// QueueTo queues an outgoing activity for one inbox, if it is not queued for it already. Blocked
// and dead hosts get nothing.
func (tx *Tx) QueueTo(ctx context.Context, outgoing policy.ID, inbox string) (err error) {
	defer errs.Wrap(&err, "store.QueueTo(%d %s)", outgoing, inbox)
	host := hostOf(inbox)
	if host == "" {
		return fmt.Errorf("%w: %q is not the address of an inbox", errs.Invalid, inbox)
	}
	if err := tx.addHost(ctx, host); err != nil {
		return err
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO deliveries (host, outgoing_id, inbox, attempts, next)
		SELECT h.name, CAST($2 AS BIGINT), CAST($3 AS TEXT), 0, 0
		FROM hosts h
		WHERE h.name = $1 AND NOT h.barred AND NOT h.dead
		ON CONFLICT (outgoing_id, inbox) DO NOTHING`, host, outgoing, inbox)
	if err != nil {
		return err
	}
	return tx.rouse(ctx, outgoing)
}

// rouse makes the hosts of an activity due that had nothing queued, or nothing that may be sent yet;
// those that are in trouble keep their pause, and those that are leased learn of it when they are
// settled. It locks them, in one order, so that it cannot miss a host that [Tx.SettleHost] is about
// to find without deliveries.
func (tx *Tx) rouse(ctx context.Context, outgoing policy.ID) error {
	tx.wakes = true
	if tx.db.dialect.forUpdate != "" {
		_, err := tx.conn.exec(ctx, `
			SELECT h.name
			FROM hosts h
			WHERE h.name IN (SELECT d.host FROM deliveries d WHERE d.outgoing_id = $1)
			ORDER BY h.name
			`+tx.db.dialect.forUpdate, outgoing)
		if err != nil {
			return err
		}
	}
	_, err := tx.conn.exec(ctx, `
		UPDATE hosts
		SET called = TRUE,
			next = CASE WHEN next IS NULL OR NOT leased AND failing = 0 AND next > $2 THEN $2 ELSE next END
		WHERE name IN (SELECT d.host FROM deliveries d WHERE d.outgoing_id = $1)`,
		outgoing, micros(tx.At))
	return err
}

// LeasedHost is a host taken by a worker.
type LeasedHost struct {
	Name     string
	Token    int64
	Failures int
	Failing  time.Time
}

// LeaseHosts takes up to n hosts that have deliveries and are due, until the given time.
func (tx *Tx) LeaseHosts(ctx context.Context, n int, until time.Time) (_ []LeasedHost, err error) {
	defer errs.Wrap(&err, "store.LeaseHosts")
	return collect(ctx, tx.conn, func(row scanner, h *LeasedHost) error {
		return row.Scan(&h.Name, &h.Token, &h.Failures, moment{&h.Failing})
	}, `
		UPDATE hosts
		SET next = $2, leased = TRUE, called = FALSE, token = token + 1
		WHERE name IN (
			SELECT h.name
			FROM hosts h
			WHERE h.next IS NOT NULL AND h.next <= $1
			ORDER BY h.next
			LIMIT $3
			`+tx.db.dialect.skipLocked+`)
		RETURNING name, token, failures, failing`, micros(tx.At), micros(until), n)
}

// Deliveries returns the first n deliveries of a host in order.
func (r Reader) Deliveries(ctx context.Context, host string, n int) (_ []Delivery, err error) {
	defer errs.Wrap(&err, "store.Deliveries(%s)", host)
	list, err := collect(ctx, r.conn, func(row scanner, d *Delivery) error {
		return row.Scan(&d.ID, &d.Host, &d.Inbox, &d.Sender, &d.Activity, &d.Object, &d.Body, &d.Attempts, moment{&d.Next})
	}, `
		SELECT d.id, d.host, d.inbox, a.iri, o.iri, o.object, o.body, d.attempts, d.next
		FROM (
			SELECT id, host, outgoing_id, inbox, attempts, next
			FROM deliveries
			WHERE host = $1
			ORDER BY id
			LIMIT $2) d
		JOIN outgoing o ON o.id = d.outgoing_id
		JOIN actors a ON a.id = o.actor_id`, host, n)
	slices.SortFunc(list, func(a, b Delivery) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

// Settlement is what became of the deliveries of a leased host.
type Settlement struct {
	Done     []policy.ID // leave the queue
	Later    []Later     // stay: these wait by themselves
	Next     time.Time   // of the host's next try; zero: at once. Ignored if it is well and something was queued meanwhile
	Failures int         // of the host, in a row
	Failing  time.Time   // since; zero if it is well
	Dead     bool        // given up: all that is queued is dropped
	Reason   string      // of the last failure
}

// Later is a delivery that is tried again by itself, while others of its host go on.
type Later struct {
	ID       policy.ID
	Attempts int
	Next     time.Time
}

// SettleHost stores s and frees the host; false, and nothing changed, if the lease was lost.
func (tx *Tx) SettleHost(ctx context.Context, h LeasedHost, s Settlement) (ok bool, err error) {
	defer errs.Wrap(&err, "store.SettleHost(%s)", h.Name)
	// Locked first, so that what follows sees the deliveries that others have queued meanwhile.
	token, err := value[int64](ctx, tx.conn, `
		SELECT token
		FROM hosts
		WHERE name = $1 AND leased
		`+tx.db.dialect.forUpdate, h.Name)
	if isNotFound(err) || err == nil && token != h.Token {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := tx.settleDeliveries(ctx, h.Name, s); err != nil {
		return false, err
	}
	well := int64(0)
	if s.Failures == 0 {
		well = micros(tx.At)
	}
	next := s.Next
	if next.IsZero() {
		next = tx.At
	}
	_, err = tx.conn.exec(ctx, `
		UPDATE hosts
		SET leased = FALSE, failures = $2, failing = $3, problem = $4, dead = $5,
			last_ok = CASE WHEN $6 > last_ok THEN $6 ELSE last_ok END,
			next = CASE
				WHEN NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.host = hosts.name) THEN NULL
				WHEN called AND CAST($2 AS BIGINT) = 0 THEN CAST($8 AS BIGINT)
				ELSE CAST($7 AS BIGINT)
			END
		WHERE name = $1`,
		h.Name, s.Failures, micros(s.Failing), s.Reason, s.Dead, well, micros(next), micros(tx.At))
	tx.wakes = true
	return err == nil, err
}

func (tx *Tx) settleDeliveries(ctx context.Context, host string, s Settlement) error {
	if s.Dead {
		_, err := tx.conn.exec(ctx, `
			DELETE FROM deliveries
			WHERE host = $1`, host)
		return err
	}
	for _, l := range s.Later {
		_, err := tx.conn.exec(ctx, `
			UPDATE deliveries
			SET attempts = $3, next = $4
			WHERE host = $1 AND id = $2`, host, l.ID, l.Attempts, micros(l.Next))
		if err != nil {
			return err
		}
	}
	if len(s.Done) == 0 {
		return nil
	}
	args := append([]any{host}, keys(s.Done)...)
	_, err := tx.conn.exec(ctx, `
		DELETE FROM deliveries
		WHERE host = $1 AND id IN `+in(2, len(s.Done)), args...)
	return err
}
