package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// ActorsAt lists the remote actors that get their post at an inbox, their own or a shared one: at
// most 100, because they are all asked after.
func (r Reader) ActorsAt(ctx context.Context, inbox string) (_ []policy.Actor, err error) {
	defer errs.Wrap(&err, "store.ActorsAt(%s)", inbox)
	return collect(ctx, r.conn, scanActor, `
		SELECT `+actorColumns+`
		FROM actors a
		WHERE NOT a.local AND a.state <> 'gone' AND a.lane_host = $1
			AND (a.inbox = $2 OR a.shared_inbox = $2)
		ORDER BY a.id
		LIMIT 100`, hostOf(inbox), inbox)
}

// Missed notes that an actor was found to be gone, and returns when that was first so.
func (tx *Tx) Missed(ctx context.Context, actor policy.ID) (since time.Time, err error) {
	defer errs.Wrap(&err, "store.Missed(%d)", actor)
	_, err = tx.conn.exec(ctx, `
		INSERT INTO absences (actor_id, since)
		VALUES ($1, $2)
		ON CONFLICT (actor_id) DO NOTHING`, actor, micros(tx.At))
	if err != nil {
		return time.Time{}, err
	}
	n, err := value[int64](ctx, tx.conn, `
		SELECT since
		FROM absences
		WHERE actor_id = $1`, actor)
	return time.UnixMicro(n).UTC(), err
}

// Found notes that an actor is there.
func (tx *Tx) Found(ctx context.Context, actor policy.ID) (err error) {
	defer errs.Wrap(&err, "store.Found(%d)", actor)
	_, err = tx.conn.exec(ctx, `
		DELETE FROM absences
		WHERE actor_id = $1`, actor)
	return err
}
