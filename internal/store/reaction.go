package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Reaction is a like or a share.
type Reaction string

// The reactions.
const (
	Like  Reaction = "like"
	Share Reaction = "share"
)

// SetReaction stores (on) or removes (off) a like or a share of an object of the record by an
// actor. At most one of each kind counts per (actor, object). It reports whether the count changed.
// A like that comes after its own undo (undone remembers activity) does not count.
func (tx *Tx) SetReaction(ctx context.Context, kind Reaction, actor policy.ID, object, activity string, on bool) (changed bool, err error) {
	defer errs.Wrap(&err, "store.SetReaction(%s %s)", kind, object)
	var n int64
	if on {
		n, err = tx.conn.exec(ctx, `
			INSERT INTO reactions (object, kind, actor_id, activity, made)
			SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT)
			WHERE NOT EXISTS (
				SELECT 1
				FROM undone
				WHERE actor_id = $3 AND activity = $4)
			ON CONFLICT (object, kind, actor_id) DO NOTHING`, object, kind, actor, activity, micros(tx.At))
		return n == 1, err
	}
	n, err = tx.conn.exec(ctx, `
		DELETE FROM reactions
		WHERE object = $1 AND kind = $2 AND actor_id = $3`, object, kind, actor)
	if err != nil || activity == "" {
		return n == 1, err
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO undone (actor_id, activity, made)
		VALUES ($1, $2, $3)
		ON CONFLICT (actor_id, activity) DO NOTHING`, actor, activity, micros(tx.At))
	return n == 1, err
}

// Reactions counts the likes and shares of an object.
func (r Reader) Reactions(ctx context.Context, object string) (likes, shares int64, err error) {
	defer errs.Wrap(&err, "store.Reactions(%s)", object)
	type pair struct{ likes, shares int64 }
	p, err := one(ctx, r.conn, func(row scanner, p *pair) error { return row.Scan(&p.likes, &p.shares) }, `
		SELECT count(*) FILTER (WHERE kind = 'like'), count(*) FILTER (WHERE kind = 'share')
		FROM reactions
		WHERE object = $1`, object)
	if err != nil {
		return 0, 0, err
	}
	return p.likes, p.shares, nil
}

// ReactedWith returns what an actor liked or shared with the activity of that id; errs.NotFound.
func (r Reader) ReactedWith(ctx context.Context, actor, activity string) (kind Reaction, object string, err error) {
	defer errs.Wrap(&err, "store.ReactedWith(%s)", activity)
	type reaction struct {
		kind   Reaction
		object string
	}
	found, err := one(ctx, r.conn, func(row scanner, x *reaction) error { return row.Scan(&x.kind, &x.object) }, `
		SELECT r.kind, r.object
		FROM reactions r
		JOIN actors a ON a.id = r.actor_id
		WHERE a.iri = $1 AND r.activity = $2
		LIMIT 1`, actor, activity)
	if err != nil {
		return "", "", err
	}
	return found.kind, found.object, nil
}
