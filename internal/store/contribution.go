package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddContribution stores c once per IRI, makes its receipt code, and sets c.ID and c.Code. It
// reports false if the IRI is known already. c.Author must be stored before. A tombstone of the
// IRI refuses it with errs.Conflict.
func (tx *Tx) AddContribution(ctx context.Context, c *policy.Contribution) (isNew bool, err error) {
	panic("stub")
}

// NumberContribution gives c the next number of its challenge, if it has none, and sets c.Number.
func (tx *Tx) NumberContribution(ctx context.Context, c *policy.Contribution) error { panic("stub") }

// SaveContribution stores the fields of c that may change: text, media, visibility, moderation,
// handling, dates.
func (tx *Tx) SaveContribution(ctx context.Context, c *policy.Contribution) error { panic("stub") }

// LockContribution returns a contribution by key inside the transaction, locked against others
// where the database locks rows; errs.NotFound.
func (tx *Tx) LockContribution(ctx context.Context, id policy.ID) (*policy.Contribution, error) {
	panic("stub")
}

// FeaturedSince counts the contributions of a challenge that were featured after the given µs.
func (tx *Tx) FeaturedSince(ctx context.Context, challenge policy.ID, since int64) (int, error) {
	panic("stub")
}

// AddTombstone marks an IRI as deleted, so that it is never taken in (again).
func (tx *Tx) AddTombstone(ctx context.Context, iri string) error { panic("stub") }

// Tombstone reports whether an IRI was deleted.
func (db *DB) Tombstone(ctx context.Context, iri string) (bool, error) { panic("stub") }

// Contribution returns a contribution by its address /c/12/61. The public gets accepted public
// ones whole; those that are removed or withdrawn with empty words (a tombstone to show); for
// private and held ones errs.NotFound. Staff get everything.
func (db *DB) Contribution(ctx context.Context, v policy.Viewer, challenge, number int64) (*policy.Contribution, error) {
	panic("stub")
}

// ContributionByCode is Contribution by receipt code, for staff only.
func (db *DB) ContributionByCode(ctx context.Context, v policy.Viewer, challenge int64, code string) (*policy.Contribution, error) {
	panic("stub")
}

// ContributionByID is Contribution by key, with the same rules.
func (db *DB) ContributionByID(ctx context.Context, v policy.Viewer, id policy.ID) (*policy.Contribution, error) {
	panic("stub")
}

// ContributionByIRI is Contribution by ActivityPub id, with the same rules.
func (db *DB) ContributionByIRI(ctx context.Context, v policy.Viewer, iri string) (*policy.Contribution, error) {
	panic("stub")
}

// ContributionFilter says which contributions are wanted. Zero fields do not filter.
type ContributionFilter struct {
	Challenge   policy.ID
	Root        string // IRI of the opening or proposal
	ReplyTo     string
	Author      policy.ID
	Unread      bool
	Held        bool
	Private     bool
	All         bool // for staff: also private, held, declined, removed ones
	NewestFirst bool
}

// Contributions lists contributions in order of number for the public and of arrival with All.
// The public never gets private, held, declined, removed or withdrawn ones.
func (db *DB) Contributions(ctx context.Context, v policy.Viewer, f ContributionFilter, p Page) ([]policy.Contribution, error) {
	panic("stub")
}

// ContributionIRIs lists the ids of what Contributions would list to the public, for collections.
// total counts them all.
func (db *DB) ContributionIRIs(ctx context.Context, f ContributionFilter, p Page) (iris []string, last policy.ID, total int64, err error) {
	panic("stub")
}

// SetReaction stores (on) or removes (off) a like or a share of an object of the record by an
// actor. At most one of each kind counts per (actor, object). It reports whether the count changed.
// A like that comes after its own undo (undone remembers activity) does not count.
func (tx *Tx) SetReaction(ctx context.Context, kind Reaction, actor policy.ID, object, activity string, on bool) (changed bool, err error) {
	panic("stub")
}

// Reaction is a like or a share.
type Reaction string

// The reactions.
const (
	Like  Reaction = "like"
	Share Reaction = "share"
)

// Reactions counts the likes and shares of an object.
func (db *DB) Reactions(ctx context.Context, object string) (likes, shares int64, err error) {
	panic("stub")
}
