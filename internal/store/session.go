package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Session returns the data of a session by the hash of its token; false if there is none or it
// has expired.
func (db *DB) Session(ctx context.Context, tokenHash string) (data []byte, ok bool, err error) {
	defer errs.Wrap(&err, "store.Session")
	data, err = value[[]byte](ctx, db.conn, `
		SELECT data
		FROM sessions
		WHERE token_hash = $1 AND expires > $2`, tokenHash, micros(db.now()))
	if isNotFound(err) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// SaveSession stores a session; actor is zero for one that nobody has signed in to.
func (tx *Tx) SaveSession(ctx context.Context, tokenHash string, data []byte, actor policy.ID, expires time.Time) (err error) {
	defer errs.Wrap(&err, "store.SaveSession")
	_, err = tx.conn.exec(ctx, `
		INSERT INTO sessions (token_hash, data, actor_id, expires)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (token_hash) DO UPDATE
		SET data = excluded.data, actor_id = excluded.actor_id, expires = excluded.expires`,
		tokenHash, data, actor, micros(expires))
	return err
}

// DeleteSession ends a session.
func (tx *Tx) DeleteSession(ctx context.Context, tokenHash string) (err error) {
	defer errs.Wrap(&err, "store.DeleteSession")
	_, err = tx.conn.exec(ctx, `
		DELETE FROM sessions
		WHERE token_hash = $1`, tokenHash)
	return err
}

// EndSessions ends all sessions of an account.
func (tx *Tx) EndSessions(ctx context.Context, actor policy.ID) (err error) {
	defer errs.Wrap(&err, "store.EndSessions(%d)", actor)
	_, err = tx.conn.exec(ctx, `
		DELETE FROM sessions
		WHERE actor_id = $1`, actor)
	return err
}
