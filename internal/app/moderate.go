package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// power is a use of power over a contribution.
type power struct {
	action policy.LogAction
	event  policy.EventKind
	reason string
	use    func(tx *store.Tx, c *policy.Contribution) (changed bool, err error)
}

// exercise uses a power, with its log entry and event, and returns the contribution as it is now.
// Where there is nothing to change, nothing is written.
func (a *App) exercise(ctx context.Context, by By, id policy.ID, p power) (c *policy.Contribution, err error) {
	if e := policy.CheckOptionalReason(p.reason); len(e) > 0 {
		return nil, e
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if c, err = tx.LockContribution(ctx, id); err != nil {
			return err
		}
		changed, err := p.use(tx, c)
		if err != nil || !changed {
			return err
		}
		if err := tx.SaveContribution(ctx, c); err != nil {
			return err
		}
		if c.Shown() {
			if err := tx.NumberContribution(ctx, c); err != nil {
				return err
			}
		}
		entry := policy.LogEntry{
			Challenge: c.Challenge, Action: p.action, Object: address(c), Reason: strings.TrimSpace(p.reason),
		}
		if err := by.log(ctx, tx, entry); err != nil {
			return err
		}
		return tx.AddEvent(ctx, &policy.Event{
			Kind: p.event, Challenge: c.Challenge, Subject: c.ID, Actor: by.Actor,
		})
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// address names a contribution in the log: "12/61", or "12/3F7K" while it has no number.
func address(c *policy.Contribution) string {
	if c.Number == 0 {
		return fmt.Sprintf("%d/%s", c.ChallengeNumber, c.Code)
	}
	return fmt.Sprintf("%d/%d", c.ChallengeNumber, c.Number)
}

// Read marks a contribution as read by a person. Who read it first stays. reason is logged, and
// may be empty.
func (a *App) Read(ctx context.Context, by By, id policy.ID, reason string) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "app.Read(%d)", id)

	return a.exercise(ctx, by, id, power{
		action: policy.LogRead,
		event:  policy.EventContributionRead,
		reason: reason,
		use: func(tx *store.Tx, c *policy.Contribution) (bool, error) {
			return c.Read(by.Name, tx.At)
		},
	})
}

// Hold takes a shown contribution back until a person has looked at it; Hide removes it from
// sight, and declines a held one; Show shows it (again). Hold and Hide need a reason, which is
// logged; without one they are a policy.FieldErrors about "reason". Private submissions are seen
// by nobody, and so cannot be held, hidden (errs.Conflict) or shown (errs.Forbidden). Repeating
// what is done already changes nothing.
func (a *App) Hold(ctx context.Context, by By, id policy.ID, reason string) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "app.Hold(%d)", id)

	if e := policy.CheckReason(reason); len(e) > 0 {
		return nil, e
	}
	return a.exercise(ctx, by, id, power{
		action: policy.LogHold,
		event:  policy.EventContributionHidden,
		reason: reason,
		use: func(_ *store.Tx, c *policy.Contribution) (bool, error) {
			return c.Hold(reason)
		},
	})
}

// Hide is described at Hold.
func (a *App) Hide(ctx context.Context, by By, id policy.ID, reason string) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "app.Hide(%d)", id)

	if e := policy.CheckReason(reason); len(e) > 0 {
		return nil, e
	}
	return a.exercise(ctx, by, id, power{
		action: policy.LogHide,
		event:  policy.EventContributionHidden,
		reason: reason,
		use: func(_ *store.Tx, c *policy.Contribution) (bool, error) {
			return c.Hide(reason)
		},
	})
}

// Show is described at Hold. Its reason may be empty.
func (a *App) Show(ctx context.Context, by By, id policy.ID, reason string) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "app.Show(%d)", id)

	return a.exercise(ctx, by, id, power{
		action: policy.LogShow,
		event:  policy.EventContributionShown,
		reason: reason,
		use: func(tx *store.Tx, c *policy.Contribution) (bool, error) {
			return c.Show(tx.At)
		},
	})
}

// Feature announces a public answer to the followers of the challenge: at most five in 24 hours,
// never one that is quiet public, private or not shown: errs.Conflict with a sentence. reason is
// logged, and may be empty.
func (a *App) Feature(ctx context.Context, by By, id policy.ID, reason string) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "app.Feature(%d)", id)

	return a.exercise(ctx, by, id, power{
		action: policy.LogFeature,
		event:  policy.EventContributionFeatured,
		reason: reason,
		use: func(tx *store.Tx, c *policy.Contribution) (bool, error) {
			featured, err := tx.FeaturedSince(ctx, c.Challenge, tx.At.Add(-policy.FeaturedWithin))
			if err != nil {
				return false, err
			}
			return c.Feature(featured, tx.At)
		},
	})
}
