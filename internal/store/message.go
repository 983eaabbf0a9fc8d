package store

import (
	"context"
	"time"

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

// AddMessage stores a receipt, once per (Challenge, To); false if the person has one already.
func (tx *Tx) AddMessage(ctx context.Context, m *Message) (isNew bool, err error) { panic("stub") }

// MessageByIRI returns a message; errs.NotFound.
func (db *DB) MessageByIRI(ctx context.Context, iri string) (*Message, error) { panic("stub") }

// StopMessages ends all messages to an actor: from one challenge, or from all if it is zero.
func (tx *Tx) StopMessages(ctx context.Context, to, challenge policy.ID, why string) error {
	panic("stub")
}

// ResumeMessages reverses that for the given reason (Undo of a Block).
func (tx *Tx) ResumeMessages(ctx context.Context, to, challenge policy.ID, why string) error {
	panic("stub")
}

// MessagesStopped reports whether an actor wants no messages from a challenge.
func (db *DB) MessagesStopped(ctx context.Context, to, challenge policy.ID) (bool, error) {
	panic("stub")
}

// Quote is a permission to quote, as served at its IRI (FEP-044f).
type Quote struct {
	IRI     string    // /quotes/<ULID>
	Object  string    // ours
	Quoting string    // theirs
	Owner   policy.ID // local actor
	Created time.Time
}

// AddQuote stores it, once per (Object, Quoting), and sets q.IRI to the stored one.
func (tx *Tx) AddQuote(ctx context.Context, q *Quote) (isNew bool, err error) { panic("stub") }

// QuoteByIRI returns one; errs.NotFound.
func (db *DB) QuoteByIRI(ctx context.Context, iri string) (*Quote, error) { panic("stub") }

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

// AddReport stores a report; one is open per (Actor, Object), another is dropped.
func (tx *Tx) AddReport(ctx context.Context, r *Report) (isNew bool, err error) { panic("stub") }

// CloseReport closes one.
func (tx *Tx) CloseReport(ctx context.Context, id policy.ID) error { panic("stub") }

// Reports lists open reports, oldest first; staff only.
func (db *DB) Reports(ctx context.Context, v policy.Viewer, p Page) ([]Report, error) { panic("stub") }
