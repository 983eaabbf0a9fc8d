package app

import (
	"context"
	"strconv"
	"strings"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// PublishProposal publishes p, with p.Current.Text as its first version, in the challenge with the
// given number. On success p is what was stored.
func (a *App) PublishProposal(ctx context.Context, by By, challenge int64, p *policy.Proposal) (err error) {
	defer errs.Wrap(&err, "app.PublishProposal(%d)", challenge)

	html := markup.Markdown(p.Current.Text)
	var stored policy.Proposal
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.Challenge(ctx, everything, challenge)
		if err != nil {
			return err
		}
		if err := c.AcceptsProposals(); err != nil {
			return err
		}
		stored = *p
		stored.Title, stored.Summary = strings.TrimSpace(p.Title), strings.TrimSpace(p.Summary)
		if e := stored.Check(); len(e) > 0 {
			return e
		}
		stored.Challenge, stored.ChallengeNumber, stored.ChallengeActor = c.ID, c.Number, c.Actor
		stored.Current.HTML = html
		stored.Publish(by.Actor, tx.At)
		return addProposal(ctx, tx, by, &stored)
	})
	if err == nil {
		*p = stored
	}
	return err
}

// addProposal stores a proposal that is published.
func addProposal(ctx context.Context, tx *store.Tx, by By, p *policy.Proposal) error {
	if err := tx.AddProposal(ctx, p); err != nil {
		return err
	}
	entry := policy.LogEntry{
		Challenge: p.Challenge, Action: policy.LogPublish, Object: "p/" + strconv.FormatInt(p.Number, 10),
	}
	if err := by.log(ctx, tx, entry); err != nil {
		return err
	}
	return tx.AddEvent(ctx, &policy.Event{
		Kind: policy.EventProposalPublished, Challenge: p.Challenge, Subject: p.ID, Actor: by.Actor,
	})
}
