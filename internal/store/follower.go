package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Follower is somebody who follows a local actor.
type Follower struct {
	Actor  policy.ID // local
	Who    policy.ID // remote
	Follow string    // id of the Follow
}

// AddFollower stores a follower, once per pair; a repeated one brings the id of its newer Follow.
// An earlier Undo of the Follow is forgotten, because some servers use the ids of both again.
func (tx *Tx) AddFollower(ctx context.Context, f Follower) (err error) {
	defer errs.Wrap(&err, "store.AddFollower(%d %d)", f.Actor, f.Who)
	_, err = tx.conn.exec(ctx, `
		DELETE FROM inbound
		WHERE actor = (SELECT iri FROM actors WHERE id = $1) AND type = 'Undo' AND object = $2 AND done`, f.Who, f.Follow)
	if err != nil {
		return err
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO followers (actor_id, who_id, follow, since)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (actor_id, who_id) DO UPDATE
		SET follow = excluded.follow`, f.Actor, f.Who, f.Follow, micros(tx.At))
	return err
}

// RemoveFollower removes one; it is no error if there is none.
func (tx *Tx) RemoveFollower(ctx context.Context, actor, who policy.ID) (err error) {
	defer errs.Wrap(&err, "store.RemoveFollower(%d %d)", actor, who)
	_, err = tx.conn.exec(ctx, `
		DELETE FROM followers
		WHERE actor_id = $1 AND who_id = $2`, actor, who)
	return err
}

// Followers counts the followers of a local actor.
func (r Reader) Followers(ctx context.Context, actor policy.ID) (_ int64, err error) {
	defer errs.Wrap(&err, "store.Followers(%d)", actor)
	return value[int64](ctx, r.conn, `
		SELECT count(*)
		FROM followers
		WHERE actor_id = $1`, actor)
}

// Following lists the local actors that a remote actor follows.
func (r Reader) Following(ctx context.Context, who policy.ID) (_ []Follower, err error) {
	defer errs.Wrap(&err, "store.Following(%d)", who)
	return collect(ctx, r.conn, func(row scanner, f *Follower) error {
		return row.Scan(&f.Actor, &f.Who, &f.Follow)
	}, `
		SELECT actor_id, who_id, follow
		FROM followers
		WHERE who_id = $1
		ORDER BY actor_id
		LIMIT 1000`, who)
}
