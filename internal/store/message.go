package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Message is a Note of ours to one person: a receipt.
type Message struct {
	ID           policy.ID
	IRI          string // /c/12/receipts/<ULID>
	Challenge    policy.ID
	To           policy.ID // actor
	Contribution policy.ID
	HTML         string
	Lang         string
	Visibility   policy.Visibility // unlisted or direct
	Created      time.Time
}

// AddMessage stores a receipt, once per (Challenge, To), and sets m.ID and m.Created; false if
// the person has one already.
func (tx *Tx) AddMessage(ctx context.Context, m *Message) (isNew bool, err error) {
	defer errs.Wrap(&err, "store.AddMessage(%s)", m.IRI)
	id := tx.NewID()
	n, err := tx.conn.exec(ctx, `
		INSERT INTO messages (id, iri, challenge_id, to_id, contribution_id, html, lang, visibility, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (challenge_id, to_id) DO NOTHING`,
		id, m.IRI, m.Challenge, m.To, m.Contribution, m.HTML, m.Lang, m.Visibility, micros(tx.At))
	if err != nil || n == 0 {
		return false, err
	}
	m.ID, m.Created = id, tx.At
	return true, nil
}

// MessageByIRI returns a message; errs.NotFound. Whoever asks must be the one that it is to,
// unless it is quiet public.
func (r Reader) MessageByIRI(ctx context.Context, iri string) (_ *Message, err error) {
	defer errs.Wrap(&err, "store.MessageByIRI(%s)", iri)
	return one(ctx, r.conn, func(row scanner, m *Message) error {
		return row.Scan(&m.ID, &m.IRI, &m.Challenge, &m.To, &m.Contribution, &m.HTML, &m.Lang,
			&m.Visibility, moment{&m.Created})
	}, `
		SELECT id, iri, challenge_id, to_id, contribution_id, html, lang, visibility, created
		FROM messages
		WHERE iri = $1`, iri)
}

// StopMessages ends all messages to an actor: from one challenge, or from all if it is zero.
func (tx *Tx) StopMessages(ctx context.Context, to, challenge policy.ID, why string) (err error) {
	defer errs.Wrap(&err, "store.StopMessages(%d)", to)
	_, err = tx.conn.exec(ctx, `
		INSERT INTO stops (to_id, challenge_id, why, made)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (to_id, challenge_id, why) DO NOTHING`, to, challenge, why, micros(tx.At))
	return err
}

// ResumeMessages reverses that for the given reason (Undo of a Block).
func (tx *Tx) ResumeMessages(ctx context.Context, to, challenge policy.ID, why string) (err error) {
	defer errs.Wrap(&err, "store.ResumeMessages(%d)", to)
	_, err = tx.conn.exec(ctx, `
		DELETE FROM stops
		WHERE to_id = $1 AND challenge_id = $2 AND why = $3`, to, challenge, why)
	return err
}

// StoppedBecause reports whether messages to an actor were ended, by whatever challenge, for the
// given reason.
func (r Reader) StoppedBecause(ctx context.Context, to policy.ID, why string) (_ bool, err error) {
	defer errs.Wrap(&err, "store.StoppedBecause(%d)", to)
	return value[bool](ctx, r.conn, `
		SELECT EXISTS (
			SELECT 1
			FROM stops
			WHERE to_id = $1 AND why = $2)`, to, why)
}

// MessagesStopped reports whether an actor wants no messages from a challenge.
func (r Reader) MessagesStopped(ctx context.Context, to, challenge policy.ID) (_ bool, err error) {
	defer errs.Wrap(&err, "store.MessagesStopped(%d)", to)
	return value[bool](ctx, r.conn, `
		SELECT EXISTS (
			SELECT 1
			FROM stops
			WHERE to_id = $1 AND challenge_id IN (0, $2))`, to, challenge)
}
