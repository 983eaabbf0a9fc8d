package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddChallenge stores c with its stages and addressees, gives it the next number of the instance
// and sets c.ID and c.Number. c.Actor must be stored before (its IRI needs the number: see
// [Tx.NextChallengeNumber]).
func (tx *Tx) AddChallenge(ctx context.Context, c *policy.Challenge) error { panic("stub") }

// NextChallengeNumber takes a number; AddChallenge uses c.Number when it is not zero.
func (tx *Tx) NextChallengeNumber(ctx context.Context) (int64, error) { panic("stub") }

// SaveChallenge stores the fields of c that may change: texts, dates, state, stages.
func (tx *Tx) SaveChallenge(ctx context.Context, c *policy.Challenge) error { panic("stub") }

// SaveAddressee stores what was found out about an addressee, by Given.
func (tx *Tx) SaveAddressee(ctx context.Context, challenge policy.ID, a policy.Addressee) error {
	panic("stub")
}

// Challenge returns a challenge by number, with counts, stages and addressees; errs.NotFound,
// also for drafts if v is not staff.
func (db *DB) Challenge(ctx context.Context, v policy.Viewer, number int64) (*policy.Challenge, error) {
	panic("stub")
}

// ChallengeByID is Challenge by key.
func (db *DB) ChallengeByID(ctx context.Context, v policy.Viewer, id policy.ID) (*policy.Challenge, error) {
	panic("stub")
}

// ChallengeByActor is Challenge by the IRI of its Group.
func (db *DB) ChallengeByActor(ctx context.Context, v policy.Viewer, iri string) (*policy.Challenge, error) {
	panic("stub")
}

// Challenges lists challenges, newest first, in the given states (none: all).
func (db *DB) Challenges(ctx context.Context, v policy.Viewer, p Page, states ...policy.ChallengeState) ([]policy.Challenge, error) {
	panic("stub")
}

// InstanceCounts are the numbers of the home page and NodeInfo.
type InstanceCounts struct {
	Challenges, Answers, Read, Unread, Private, Held, Proposals, Accounts int64
	OldestUnread                                                          policy.ID // zero if all are read
	Followers                                                             int64     // of the organisation
}

// Counts returns the numbers of the instance.
func (db *DB) Counts(ctx context.Context) (InstanceCounts, error) { panic("stub") }
