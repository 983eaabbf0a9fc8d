package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Inbound is an activity that was accepted and waits to be processed.
type Inbound struct {
	ID       policy.ID
	Actor    string
	Activity string
	Type     string
	Object   string
	Path     string
	Body     []byte
	Received time.Time
	Attempts int // begun, this one included
}

// AddInbound stores an activity once per (Actor, Activity), and sets in.ID; false if it is known
// already. A Follow that was processed is taken again: its sender may have lost our Accept, or may
// follow again with the id that it used before.
func (tx *Tx) AddInbound(ctx context.Context, in *Inbound) (isNew bool, err error) {
	defer errs.Wrap(&err, "store.AddInbound(%s)", in.Activity)
	if in.Received.IsZero() {
		in.Received = tx.At
	}
	if in.Type == "Follow" {
		_, err := tx.conn.exec(ctx, `
			DELETE FROM inbound
			WHERE actor = $1 AND activity = $2 AND type = 'Follow' AND done`, in.Actor, in.Activity)
		if err != nil {
			return false, err
		}
	}
	id := tx.NewID()
	behind, err := tx.behind(ctx, actorLanes, in.Actor, id)
	if err != nil {
		return false, err
	}
	n, err := tx.conn.exec(ctx, `
		INSERT INTO inbound (id, actor, activity, type, object, path, body, received, due, attempts,
			done, parked, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $10 THEN NULL ELSE CAST($9 AS BIGINT) END, 0,
			FALSE, FALSE, '')
		ON CONFLICT (actor, activity) DO NOTHING`,
		id, in.Actor, in.Activity, in.Type, in.Object, in.Path, in.Body, micros(in.Received), micros(tx.At), behind)
	if err != nil || n == 0 {
		return false, err
	}
	in.ID, tx.wakes = id, true
	return true, nil
}

// InboundBacklog counts what waits.
func (r Reader) InboundBacklog(ctx context.Context) (_ int64, err error) {
	defer errs.Wrap(&err, "store.InboundBacklog")
	return value[int64](ctx, r.conn, `
		SELECT count(*)
		FROM inbound
		WHERE NOT done AND NOT parked`)
}

// LeaseInbound takes up to n due activities, oldest first, until the given time. While one of an
// actor's activities is leased or put off, later ones of that actor are not leased.
func (tx *Tx) LeaseInbound(ctx context.Context, n int, until time.Time) (_ []Inbound, err error) {
	defer errs.Wrap(&err, "store.LeaseInbound")
	list, err := collect(ctx, tx.conn, func(row scanner, in *Inbound) error {
		return row.Scan(&in.ID, &in.Actor, &in.Activity, &in.Type, &in.Object, &in.Path, &in.Body,
			moment{&in.Received}, &in.Attempts)
	}, `
		UPDATE inbound
		SET due = $2, attempts = attempts + 1
		WHERE id IN (
			SELECT i.id
			FROM inbound i
			WHERE NOT i.done AND NOT i.parked AND i.due <= $1
				AND NOT EXISTS (
					SELECT 1
					FROM inbound e
					WHERE NOT e.done AND NOT e.parked AND e.actor = i.actor AND e.id < i.id)
			ORDER BY i.due, i.id
			LIMIT $3
			`+tx.db.dialect.skipLocked+`)
		RETURNING id, actor, activity, type, object, path, body, received, attempts`,
		micros(tx.At), micros(until), n)
	slices.SortFunc(list, func(a, b Inbound) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

// KeepInbound moves the end of the leases of activities that are still being worked on.
func (tx *Tx) KeepInbound(ctx context.Context, until time.Time, rows ...policy.ID) (err error) {
	defer errs.Wrap(&err, "store.KeepInbound")
	return tx.keep(ctx, "inbound", until, rows)
}

// FinishInbound marks an activity as processed with the reason if it had no effect, and erases
// its body (the key stays for deduplication).
func (tx *Tx) FinishInbound(ctx context.Context, id policy.ID, reason string) (err error) {
	defer errs.Wrap(&err, "store.FinishInbound(%d)", id)
	actor, err := value[string](ctx, tx.conn, `
		UPDATE inbound
		SET done = TRUE, parked = FALSE, reason = $2, body = $3
		WHERE id = $1
		RETURNING actor`, id, reason, []byte{})
	if err != nil {
		return err
	}
	return tx.advance(ctx, actorLanes, actor)
}

// RetryInbound puts an activity off, or parks it.
func (tx *Tx) RetryInbound(ctx context.Context, id policy.ID, at time.Time, park bool, reason string) (err error) {
	defer errs.Wrap(&err, "store.RetryInbound(%d)", id)
	actor, err := value[string](ctx, tx.conn, `
		UPDATE inbound
		SET due = $2, parked = $3, reason = $4
		WHERE id = $1 AND NOT done
		RETURNING actor`, id, micros(at), park, reason)
	tx.wakes = true
	if isNotFound(err) || err == nil && !park {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.advance(ctx, actorLanes, actor)
}
