package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// countChallenge reads the numbers shown with a challenge; those of private and held answers for
// staff only.
func (r Reader) countChallenge(ctx context.Context, v policy.Viewer, c *policy.Challenge) error {
	n := &c.Counts
	opening := c.Actor.IRI + "/opening" // policy.Base.Opening
	// Hosts are stepped through in the index: a hundred steps, where a count takes all answers.
	counts, err := one(ctx, r.conn, func(row scanner, n *policy.ChallengeCounts) error {
		return row.Scan(&n.Hosts, &n.Followers, &n.Proposals, &n.Likes, &n.Shares)
	}, `
		WITH RECURSIVE h (host) AS (
			SELECT (SELECT min(host) FROM contributions WHERE challenge_id = $1 AND shown)
			UNION ALL
			SELECT (
				SELECT min(c.host)
				FROM contributions c
				WHERE c.challenge_id = $1 AND c.shown AND c.host > h.host)
			FROM h
			WHERE h.host IS NOT NULL)
		SELECT (SELECT count(host) FROM h),
			(SELECT count(*) FROM followers WHERE actor_id = $2),
			(SELECT count(*) FROM proposals WHERE challenge_id = $1 AND state <> 'draft'),
			(SELECT count(*) FROM reactions WHERE object = $3 AND kind = 'like'),
			(SELECT count(*) FROM reactions WHERE object = $3 AND kind = 'share')`, c.ID, c.Actor.ID, opening)
	if err != nil {
		return err
	}
	n.Hosts, n.Followers, n.Proposals = counts.Hosts, counts.Followers, counts.Proposals
	n.Likes, n.Shares = counts.Likes, counts.Shares
	if !v.Staff {
		return nil
	}
	n.Private, err = value[int64](ctx, r.conn, `
		SELECT count(*)
		FROM contributions
		WHERE challenge_id = $1 AND visibility IN ('followers', 'direct') AND moderation <> 'withdrawn'`, c.ID)
	if err != nil {
		return err
	}
	n.Held, err = value[int64](ctx, r.conn, `
		SELECT count(*)
		FROM contributions
		WHERE challenge_id = $1 AND moderation = 'held' AND visibility IN ('public', 'unlisted')`, c.ID)
	return err
}

// InstanceCounts are the numbers of the home page and NodeInfo. Private and Held are for staff.
type InstanceCounts struct {
	Challenges, Answers, Read, Unread, Private, Held, Proposals, Accounts int64
	OldestUnread                                                          policy.ID // zero if all are read
	Followers                                                             int64     // of the organisation
}

// Counts returns the numbers of the instance. Unread are those that wait at the desk: new ones,
// private ones included, that are not declined, removed or withdrawn.
func (r Reader) Counts(ctx context.Context) (_ InstanceCounts, err error) {
	defer errs.Wrap(&err, "store.Counts")
	n, err := one(ctx, r.conn, func(row scanner, n *InstanceCounts) error {
		return row.Scan(&n.Challenges, &n.Answers, &n.Read, &n.Unread, &n.Private, &n.Held,
			&n.Proposals, &n.Accounts, &n.OldestUnread, &n.Followers)
	}, `
		SELECT k.challenges, k.answers, k.done, u.n,
			(SELECT count(*) FROM contributions
				WHERE visibility IN ('followers', 'direct') AND moderation <> 'withdrawn'),
			(SELECT count(*) FROM contributions WHERE moderation = 'held' AND visibility IN ('public', 'unlisted')),
			(SELECT count(*) FROM proposals WHERE state <> 'draft'),
			(SELECT count(*) FROM accounts WHERE NOT disabled),
			u.oldest,
			(SELECT count(*) FROM followers f JOIN organisation o ON o.actor_id = f.actor_id)
		FROM (
			SELECT count(*) FILTER (WHERE state <> 'draft') AS challenges,
				CAST(coalesce(sum(answers), 0) AS BIGINT) AS answers,
				CAST(coalesce(sum(read_answers), 0) AS BIGINT) AS done
			FROM challenges) k,
			(SELECT count(*) AS n, coalesce(min(id), 0) AS oldest
			FROM contributions
			WHERE `+unread+`) u`)
	if err != nil {
		return InstanceCounts{}, err
	}
	return *n, nil
}

// unread says that a contribution waits for a person to read it.
const unread = `handling = 'new' AND moderation IN ('received', 'held', 'accepted')`
