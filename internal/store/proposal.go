package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddProposal stores p and its first version, gives it the next number of the instance and sets
// p.ID and p.Number.
func (tx *Tx) AddProposal(ctx context.Context, p *policy.Proposal) error { panic("stub") }

// Proposal returns a proposal with its current version by number; errs.NotFound, also for drafts
// if v is not staff.
func (db *DB) Proposal(ctx context.Context, v policy.Viewer, number int64) (*policy.Proposal, error) {
	panic("stub")
}

// ProposalByID is Proposal by key.
func (db *DB) ProposalByID(ctx context.Context, v policy.Viewer, id policy.ID) (*policy.Proposal, error) {
	panic("stub")
}

// ProposalVersion returns one version of a proposal; errs.NotFound.
func (db *DB) ProposalVersion(ctx context.Context, v policy.Viewer, number int64, version int) (*policy.Version, error) {
	panic("stub")
}

// Proposals lists proposals, oldest first; of all challenges if challenge is zero.
func (db *DB) Proposals(ctx context.Context, v policy.Viewer, challenge policy.ID, p Page) ([]policy.Proposal, error) {
	panic("stub")
}
