package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddLog stores an entry, unsealed, in the transaction of what it tells of, and sets e.ID and e.At.
func (tx *Tx) AddLog(ctx context.Context, e *policy.LogEntry) (err error) {
	defer errs.Wrap(&err, "store.AddLog(%s %s)", e.Action, e.Object)
	e.ID, e.At = tx.NewID(), tx.At
	_, err = tx.conn.exec(ctx, `
		INSERT INTO log (id, challenge_id, happened, actor_id, actor_name, action, object, reason, seq, prev, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', '')`,
		e.ID, e.Challenge, micros(e.At), e.Actor, e.ActorName, e.Action, e.Object, e.Reason)
	return err
}

const logColumns = `id, challenge_id, happened, actor_id, actor_name, action, object, reason, seq, prev, hash`

func scanLog(row scanner, e *policy.LogEntry) error {
	return row.Scan(&e.ID, &e.Challenge, moment{&e.At}, &e.Actor, &e.ActorName, &e.Action, &e.Object,
		&e.Reason, &e.Seq, &e.Prev, &e.Hash)
}

// UnsealedLog lists entries without a place in their chain, oldest first. They are locked until
// the commit: of two sealers, the second waits, and then does not get what the first has sealed.
func (tx *Tx) UnsealedLog(ctx context.Context, limit int) (_ []policy.LogEntry, err error) {
	defer errs.Wrap(&err, "store.UnsealedLog")
	return collect(ctx, tx.conn, scanLog, `
		SELECT `+logColumns+`
		FROM log
		WHERE seq = 0
		ORDER BY id
		LIMIT $1
		`+tx.db.dialect.forUpdate, Page{Limit: limit}.limit())
}

// LogHead returns the last sealed entry of a challenge's chain; nil if there is none.
func (tx *Tx) LogHead(ctx context.Context, challenge policy.ID) (_ *policy.LogEntry, err error) {
	defer errs.Wrap(&err, "store.LogHead(%d)", challenge)
	e, err := one(ctx, tx.conn, scanLog, `
		SELECT `+logColumns+`
		FROM log
		WHERE challenge_id = $1 AND seq > 0
		ORDER BY seq DESC
		LIMIT 1`, challenge)
	if isNotFound(err) {
		return nil, nil
	}
	return e, err
}

// SealLog stores Seq, Prev and Hash of an entry; errs.Conflict if it is sealed already.
func (tx *Tx) SealLog(ctx context.Context, e *policy.LogEntry) (err error) {
	defer errs.Wrap(&err, "store.SealLog(%d)", e.ID)
	n, err := tx.conn.exec(ctx, `
		UPDATE log
		SET seq = $2, prev = $3, hash = $4
		WHERE id = $1 AND seq = 0`, e.ID, e.Seq, e.Prev, e.Hash)
	if err == nil && n == 0 {
		return errs.Conflict
	}
	return err
}

// Log lists the entries of a challenge (zero: of the instance), oldest first.
func (r Reader) Log(ctx context.Context, challenge policy.ID, p Page) (_ []policy.LogEntry, err error) {
	defer errs.Wrap(&err, "store.Log(%d)", challenge)
	return collect(ctx, r.conn, scanLog, `
		SELECT `+logColumns+`
		FROM log
		WHERE challenge_id = $1 AND id > $2
		ORDER BY id
		LIMIT $3`, challenge, p.After, p.limit())
}
