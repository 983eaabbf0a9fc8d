package app

import (
	"context"
	"errors"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Contribute takes in an answer to the challenge c.Challenge: it is always taken, and the rules
// say whether it is shown, held or kept private. c.Author, if remote, is stored or refreshed with
// it. c.Root is that of c.ReplyTo where that is a known contribution, else as given, else the
// opening. On success c is what was stored.
//
// A repeated IRI by the same author is an edit; isNew is false then. By another author, or on a
// host that is not its author's, it is errs.Forbidden, as is whatever comes from a blocked host or
// account. What its author has deleted is errs.Conflict.
func (a *App) Contribute(ctx context.Context, c *policy.Contribution) (isNew bool, err error) {
	defer errs.Wrap(&err, "app.Contribute(%s)", c.IRI)

	if err := owned(c.IRI, c.Author.IRI); err != nil {
		return false, err
	}
	ch, err := a.db.ChallengeByID(ctx, everything, c.Challenge)
	if err != nil {
		return false, err
	}
	link := markup.HasLink(c.HTML, a.base.Host())
	var stored policy.Contribution
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		stored = *c
		isNew, err = a.take(ctx, tx, ch, &stored, link)
		return err
	})
	if err != nil {
		return false, err
	}
	if !isNew {
		return false, a.Edit(ctx, c)
	}
	*c = stored
	return true, nil
}

// owned checks that what has the given id lies where its author lives: a server vouches for its
// own only.
func owned(iri, author string) error {
	host := policy.HostOf(iri)
	if host == "" || host != policy.HostOf(author) {
		return errs.Refuse(errs.Forbidden, "%s is not %s's.", iri, author)
	}
	return nil
}

// take stores an answer, if its IRI is new.
func (a *App) take(ctx context.Context, tx *store.Tx, ch *policy.Challenge, c *policy.Contribution, link bool) (isNew bool, err error) {
	if _, err := tx.ContributionByIRI(ctx, everything, c.IRI); !errors.Is(err, errs.NotFound) {
		return false, err
	}
	if err := c.Tidy(tx.At); err != nil {
		return false, err
	}
	if c.Late, err = ch.Accepts(c.Kind, tx.At); err != nil {
		return false, err
	}
	sender, err := admit(ctx, tx, &c.Author)
	if err != nil {
		return false, err
	}
	if err := a.inherit(ctx, tx, ch, c); err != nil {
		return false, err
	}
	sender.Link = link
	c.ChallengeNumber, c.Received = ch.Number, tx.At
	c.Moderation, c.Handling = policy.ModerationReceived, policy.HandlingNew
	c.Place(ch, sender, true, tx.At)
	if isNew, err = tx.AddContribution(ctx, c); err != nil || !isNew {
		return false, err
	}
	if err := announce(ctx, tx, policy.EventContributionReceived, c); err != nil {
		return false, err
	}
	return true, show(ctx, tx, c)
}

// admit stores or refreshes an author and returns what the rules want to know of it. Blocked hosts
// and accounts, and accounts that were deleted, are errs.Forbidden.
func admit(ctx context.Context, tx *store.Tx, author *policy.Actor) (policy.Sender, error) {
	blocked, err := tx.HostBlocked(ctx, author.Host)
	if err != nil {
		return policy.Sender{}, err
	}
	if blocked {
		return policy.Sender{}, errs.Refuse(errs.Forbidden, "The server %s is blocked here.", author.Host)
	}
	if err := tx.AddActor(ctx, author); err != nil {
		return policy.Sender{}, err
	}
	if author.State == policy.ActorBlocked || author.State == policy.ActorGone {
		return policy.Sender{}, errs.Refuse(errs.Forbidden, "The account %s is %s here.", author.At(), author.State)
	}
	seen, _, err := tx.HostSeen(ctx, author.Host, author.ID)
	return policy.Sender{Local: author.Local, State: author.State, HostSeen: seen}, err
}

// inherit gives c the thread of what it answers.
func (a *App) inherit(ctx context.Context, tx *store.Tx, ch *policy.Challenge, c *policy.Contribution) error {
	parent, err := tx.ContributionByIRI(ctx, everything, c.ReplyTo)
	switch {
	case err == nil && parent.Challenge == ch.ID:
		c.Root = parent.Root
	case err != nil && !errors.Is(err, errs.NotFound):
		return err
	case c.Root == "":
		c.Root = a.base.Opening(ch.Number)
	}
	return nil
}

// show numbers what the public now sees, and tells of it.
func show(ctx context.Context, tx *store.Tx, c *policy.Contribution) error {
	if !c.Shown() {
		return nil
	}
	if err := tx.NumberContribution(ctx, c); err != nil {
		return err
	}
	return announce(ctx, tx, policy.EventContributionShown, c)
}

// announce stores an event about c that its author caused.
func announce(ctx context.Context, tx *store.Tx, kind policy.EventKind, c *policy.Contribution) error {
	return tx.AddEvent(ctx, &policy.Event{
		Kind: kind, Challenge: c.Challenge, Subject: c.ID, Actor: c.Author.ID,
	})
}
