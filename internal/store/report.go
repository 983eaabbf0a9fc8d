package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Report is a Flag at the desk.
type Report struct {
	ID           policy.ID
	Actor        policy.Actor
	Object       string
	Contribution policy.ID // zero if it is not about one
	Text         string    // plain
	Created      time.Time
	Closed       bool
}

// AddReport stores a report, and sets r.ID and r.Created; one is open per (Actor, Object), another
// is dropped.
func (tx *Tx) AddReport(ctx context.Context, r *Report) (isNew bool, err error) {
	defer errs.Wrap(&err, "store.AddReport(%s)", r.Object)
	id := tx.NewID()
	n, err := tx.conn.exec(ctx, `
		INSERT INTO reports (id, actor_id, object, contribution_id, body, created, closed)
		VALUES ($1, $2, $3, $4, $5, $6, FALSE)
		ON CONFLICT (actor_id, object) WHERE NOT closed DO NOTHING`,
		id, r.Actor.ID, r.Object, r.Contribution, r.Text, micros(tx.At))
	if err != nil || n == 0 {
		return false, err
	}
	r.ID, r.Created = id, tx.At
	return true, nil
}

// CloseReport closes one; errs.NotFound.
func (tx *Tx) CloseReport(ctx context.Context, id policy.ID) (err error) {
	defer errs.Wrap(&err, "store.CloseReport(%d)", id)
	return tx.mustExec(ctx, `
		UPDATE reports
		SET closed = TRUE
		WHERE id = $1`, id)
}

// Reports lists open reports, oldest first; staff only, others get none.
func (r Reader) Reports(ctx context.Context, v policy.Viewer, p Page) (_ []Report, err error) {
	defer errs.Wrap(&err, "store.Reports")
	return collect(ctx, r.conn, func(row scanner, r *Report) error {
		return row.Scan(append([]any{&r.ID, &r.Object, &r.Contribution, &r.Text, moment{&r.Created},
			&r.Closed}, actorFields(&r.Actor)...)...)
	}, `
		SELECT r.id, r.object, r.contribution_id, r.body, r.created, r.closed, `+actorColumns+`
		FROM reports r
		JOIN actors a ON a.id = r.actor_id
		WHERE NOT r.closed AND $1 AND r.id > $2
		ORDER BY r.id
		LIMIT $3`, v.Staff, p.After, p.limit())
}
