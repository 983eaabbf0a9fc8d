package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddProposal stores p and its first version, gives it the next number of the instance and sets
// p.ID, p.Number and p.Current.Number. A number that was taken before, p.Number, is kept.
func (tx *Tx) AddProposal(ctx context.Context, p *policy.Proposal) (err error) {
	defer errs.Wrap(&err, "store.AddProposal(%q)", p.Title)
	if p.Number == 0 {
		if p.Number, err = tx.NextProposalNumber(ctx); err != nil {
			return err
		}
	}
	p.ID, p.Current.Number = tx.NewID(), 1
	_, err = tx.conn.exec(ctx, `
		INSERT INTO proposals (id, number, challenge_id, title, summary, state, version, published)
		VALUES ($1, $2, $3, $4, $5, $6, 1, $7)`,
		p.ID, p.Number, p.Challenge, p.Title, p.Summary, p.State, micros(p.Published))
	if err != nil {
		return err
	}
	v := p.Current
	_, err = tx.conn.exec(ctx, `
		INSERT INTO versions (proposal_id, number, source, html, summary, author_id, published)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		p.ID, v.Number, v.Text, v.HTML, v.Summary, v.Author, micros(v.Published))
	return err
}

// NextProposalNumber takes a number for [Tx.AddProposal].
func (tx *Tx) NextProposalNumber(ctx context.Context) (_ int64, err error) {
	defer errs.Wrap(&err, "store.NextProposalNumber")
	return tx.count(ctx, "proposal")
}

// proposalColumns take the public address of the instance from the Group's: its objects are
// counted by their address.
const proposalColumns = `p.id, p.number, p.challenge_id, c.number, p.title, p.summary, p.state,
	p.published, ` + versionColumns + `, ` + actorColumns

const versionColumns = `v.number, v.source, v.html, v.summary, v.author_id, v.published`

const proposalTables = `proposals p
		JOIN versions v ON v.proposal_id = p.id AND v.number = p.version
		JOIN challenges c ON c.id = p.challenge_id
		JOIN actors a ON a.id = c.actor_id`

// visibleProposal says what a viewer sees, $1 being whether it is staff.
const visibleProposal = `($1 OR p.state <> 'draft' AND c.state <> 'draft')`

func versionFields(v *policy.Version) []any {
	return []any{&v.Number, &v.Text, &v.HTML, &v.Summary, &v.Author, moment{&v.Published}}
}

func scanProposal(row scanner, p *policy.Proposal) error {
	fields := []any{&p.ID, &p.Number, &p.Challenge, &p.ChallengeNumber, &p.Title, &p.Summary, &p.State,
		moment{&p.Published}}
	fields = append(fields, versionFields(&p.Current)...)
	return row.Scan(append(fields, actorFields(&p.ChallengeActor)...)...)
}

// Proposal returns a proposal with its current version and counts by number; errs.NotFound, also
// for drafts if v is not staff.
func (r Reader) Proposal(ctx context.Context, v policy.Viewer, number int64) (_ *policy.Proposal, err error) {
	defer errs.Wrap(&err, "store.Proposal(%d)", number)
	return r.proposal(ctx, v, `p.number = $2`, number)
}

// ProposalByID is Proposal by key.
func (r Reader) ProposalByID(ctx context.Context, v policy.Viewer, id policy.ID) (_ *policy.Proposal, err error) {
	defer errs.Wrap(&err, "store.ProposalByID(%d)", id)
	return r.proposal(ctx, v, `p.id = $2`, id)
}

func (r Reader) proposal(ctx context.Context, v policy.Viewer, which string, arg any) (*policy.Proposal, error) {
	p, err := one(ctx, r.conn, scanProposal, `
		SELECT `+proposalColumns+`
		FROM `+proposalTables+`
		WHERE `+visibleProposal+` AND `+which, v.Staff, arg)
	if err != nil {
		return nil, err
	}
	return p, r.countProposal(ctx, p)
}

// ProposalVersion returns one version of a proposal; errs.NotFound.
func (r Reader) ProposalVersion(ctx context.Context, v policy.Viewer, number int64, version int) (_ *policy.Version, err error) {
	defer errs.Wrap(&err, "store.ProposalVersion(%d/%d)", number, version)
	return one(ctx, r.conn, func(row scanner, v *policy.Version) error {
		return row.Scan(versionFields(v)...)
	}, `
		SELECT `+versionColumns+`
		FROM proposals p
		JOIN versions v ON v.proposal_id = p.id
		JOIN challenges c ON c.id = p.challenge_id
		WHERE `+visibleProposal+` AND p.number = $2 AND v.number = $3`, v.Staff, number, version)
}

// Proposals lists proposals, oldest first; of all challenges if challenge is zero.
func (r Reader) Proposals(ctx context.Context, v policy.Viewer, challenge policy.ID, p Page) (_ []policy.Proposal, err error) {
	defer errs.Wrap(&err, "store.Proposals(%d)", challenge)
	list, err := collect(ctx, r.conn, scanProposal, `
		SELECT `+proposalColumns+`
		FROM `+proposalTables+`
		WHERE `+visibleProposal+` AND (p.challenge_id = $2 OR $2 = 0) AND p.id > $3
		ORDER BY p.id
		LIMIT $4`, v.Staff, challenge, p.After, p.limit())
	for i := range list {
		if err := r.countProposal(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, err
}

// countProposal reads likes and shares of a proposal, and the answers in its thread.
func (r Reader) countProposal(ctx context.Context, p *policy.Proposal) (err error) {
	base, err := r.base(ctx)
	if err != nil {
		return err
	}
	iri := base.Proposal(p.Number)
	if p.Likes, p.Shares, err = r.Reactions(ctx, iri); err != nil {
		return err
	}
	p.Answers, err = value[int64](ctx, r.conn, `
		SELECT count(*)
		FROM contributions
		WHERE root = $1 AND shown`, iri)
	return err
}

// base returns the public address of the instance.
func (r Reader) base(ctx context.Context) (policy.Base, error) {
	url, err := r.fact(ctx, "url")
	return policy.Base(url), err
}
