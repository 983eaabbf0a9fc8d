package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// QueueLine is a line of "folkmoot task list".
type QueueLine struct {
	Kind    string    `json:"kind"` // "deliver", "process", or the kind of a task
	Host    string    `json:"host,omitempty"`
	Queued  int64     `json:"queued"`
	Waiting int64     `json:"waiting"` // of these, put off after a failure
	Parked  int64     `json:"parked"`
	Next    time.Time `json:"next,omitzero"`
	Error   string    `json:"error,omitempty"`
}

func scanQueueLine(row scanner, l *QueueLine) error {
	return row.Scan(&l.Kind, &l.Host, &l.Queued, &l.Waiting, &l.Parked, moment{&l.Next}, &l.Error)
}

// Queue sums up what is queued, waiting or parked, per kind and host: tasks, then activities to be
// processed, then at most 1,000 hosts with deliveries, the longest queues first. Queued counts
// everything that is not parked.
func (r Reader) Queue(ctx context.Context) (_ []QueueLine, err error) {
	defer errs.Wrap(&err, "store.Queue")
	var lines []QueueLine
	for _, query := range []string{`
		SELECT kind, '', count(*) FILTER (WHERE NOT parked),
			count(*) FILTER (WHERE NOT parked AND problem <> ''), count(*) FILTER (WHERE parked),
			coalesce(min(due) FILTER (WHERE NOT parked), 0), max(problem)
		FROM tasks
		GROUP BY kind
		ORDER BY kind
		LIMIT 1000`, `
		SELECT 'process', '', count(*) FILTER (WHERE NOT parked),
			count(*) FILTER (WHERE NOT parked AND reason <> ''), count(*) FILTER (WHERE parked),
			coalesce(min(due) FILTER (WHERE NOT parked), 0), max(reason)
		FROM inbound
		WHERE NOT done
		HAVING count(*) > 0`, `
		SELECT 'deliver', h.name, d.queued, CASE WHEN h.failing > 0 THEN d.queued ELSE 0 END, 0,
			h.next, h.problem
		FROM (
			SELECT host, count(*) AS queued
			FROM deliveries
			GROUP BY host) d
		JOIN hosts h ON h.name = d.host
		ORDER BY d.queued DESC, h.name
		LIMIT 1000`} {
		list, err := collect(ctx, r.conn, scanQueueLine, query)
		if err != nil {
			return nil, err
		}
		lines = append(lines, list...)
	}
	return lines, nil
}
