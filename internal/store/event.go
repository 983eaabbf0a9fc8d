package store

import (
	"context"
	"strconv"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddEvent stores e, sets e.ID and e.At, and adds one task for each kind in
// [Options].Consequences, with the event's id in decimal as Key and Body. The consequences of
// events about one subject run in the order of the events.
func (tx *Tx) AddEvent(ctx context.Context, e *policy.Event) (err error) {
	defer errs.Wrap(&err, "store.AddEvent(%s)", e.Kind)
	e.ID, e.At = tx.NewID(), tx.At
	data := e.Data
	if data == nil {
		data = []byte{}
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO events (id, happened, kind, challenge_id, subject_id, actor_id, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.ID, micros(e.At), e.Kind, e.Challenge, e.Subject, e.Actor, data)
	if err != nil {
		return err
	}
	key := strconv.FormatInt(int64(e.ID), 10)
	for _, kind := range tx.db.consequences {
		lane := kind + "/" + strconv.FormatInt(int64(e.Subject), 10)
		if err := tx.AddTask(ctx, Task{Kind: kind, Key: key, Lane: lane, Body: []byte(key)}); err != nil {
			return err
		}
	}
	return nil
}

// Event returns an event; errs.NotFound.
func (r Reader) Event(ctx context.Context, id policy.ID) (_ *policy.Event, err error) {
	defer errs.Wrap(&err, "store.Event(%d)", id)
	return one(ctx, r.conn, func(row scanner, e *policy.Event) error {
		return row.Scan(&e.ID, moment{&e.At}, &e.Kind, &e.Challenge, &e.Subject, &e.Actor, &e.Data)
	}, `
		SELECT id, happened, kind, challenge_id, subject_id, actor_id, data
		FROM events
		WHERE id = $1`, id)
}
