package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// lanes is a table whose rows run one at a time in each lane, in order of id. Only the first of a
// lane is due; the others have no time until it is their turn, so that whoever looks for work does
// not look at thousands of rows that wait behind one. Who leases makes sure of the order all the
// same: it may happen that two of a lane are due. Rows that are added at the same moment by two
// transactions come in no order, and may be leased side by side.
type lanes struct {
	table   string
	lane    string // column
	waiting string // condition
}

var (
	taskLanes  = lanes{"tasks", "lane", "NOT parked AND lane <> ''"}
	actorLanes = lanes{"inbound", "actor", "NOT done AND NOT parked"}
)

// behind reports whether a row about to be added to a lane has others before it. The first of them
// is locked, so that [Tx.advance] after it cannot miss the one that is added.
func (tx *Tx) behind(ctx context.Context, l lanes, lane string, id policy.ID) (bool, error) {
	_, err := value[int64](ctx, tx.conn, `
		SELECT id
		FROM `+l.table+`
		WHERE `+l.waiting+` AND `+l.lane+` = $1 AND id < $2
		ORDER BY id
		LIMIT 1
		`+tx.db.dialect.forShare, lane, id)
	if isNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// advance makes the first row of a lane due, after the one before it has left.
func (tx *Tx) advance(ctx context.Context, l lanes, lane string) error {
	tx.wakes = true
	_, err := tx.conn.exec(ctx, `
		UPDATE `+l.table+`
		SET due = $2
		WHERE due IS NULL AND id = (
			SELECT min(id)
			FROM `+l.table+`
			WHERE `+l.waiting+` AND `+l.lane+` = $1)`, lane, micros(tx.At))
	return err
}

// wake is a statement that makes due what is first in its lane and is not.
func (l lanes) wake() string {
	return `
		UPDATE ` + l.table + `
		SET due = $1
		WHERE due IS NULL AND ` + l.waiting + ` AND NOT EXISTS (
			SELECT 1
			FROM ` + l.table + ` e
			WHERE ` + l.waiting + ` AND e.` + l.lane + ` = ` + l.table + `.` + l.lane + ` AND e.id < ` + l.table + `.id)`
}
