package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// How long things are kept that have done their work.
const (
	keepInbound  = 90 * 24 * time.Hour // keys of processed activities: what is older is refused as stale
	keepOutgoing = 14 * 24 * time.Hour // private activities, once they are delivered or given up
)

// Prune removes what may go: expired sessions, processed activities, and private activities of ours
// that nobody is waiting for any more. It also wakes what has no time at which it is due and
// nothing to wait for: hosts with deliveries, and the first of lanes. Nothing should leave any behind.
func (db *DB) Prune(ctx context.Context, now time.Time) (err error) {
	defer errs.Wrap(&err, "store.Prune")
	steps := []struct {
		query string
		arg   time.Time
	}{
		{`DELETE FROM sessions WHERE expires <= $1`, now},
		{`DELETE FROM inbound WHERE done AND received < $1`, now.Add(-keepInbound)},
		{`DELETE FROM undone WHERE made < $1`, now.Add(-keepInbound)},
		{`
			DELETE FROM outgoing
			WHERE NOT public AND created < $1
				AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.outgoing_id = outgoing.id)`, now.Add(-keepOutgoing)},
		{`
			UPDATE hosts
			SET next = $1
			WHERE next IS NULL AND NOT barred
				AND EXISTS (SELECT 1 FROM deliveries d WHERE d.host = hosts.name)`, now},
		{taskLanes.wake(), now},
		{actorLanes.wake(), now},
	}
	for _, s := range steps { // one transaction each, so that nobody waits long
		err := db.Write(ctx, func(tx *Tx) error {
			_, err := tx.conn.exec(ctx, s.query, micros(s.arg))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
