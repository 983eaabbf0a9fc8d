package app

import (
	"context"
	"errors"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Edit replaces words, media and audience of the contribution with c's IRI, if c.Author is its
// author (else errs.Forbidden). What is older than what is stored, by c.Edited, changes nothing.
// Narrowing from public to private takes the words from sight at once; the number stays. Widening
// shows and numbers it, unless a rule holds it. Where every answer is read before it is shown, new
// words are read again. Unknown: errs.NotFound.
func (a *App) Edit(ctx context.Context, c *policy.Contribution) (err error) {
	defer errs.Wrap(&err, "app.Edit(%s)", c.IRI)

	known, err := ownedContribution(ctx, a.db.Reader, c.IRI, c.Author.IRI)
	if err != nil {
		return err
	}
	ch, err := a.db.ChallengeByID(ctx, everything, known.Challenge)
	if err != nil {
		return err
	}
	link := markup.HasLink(c.HTML, a.base.Host())
	return a.db.Write(ctx, func(tx *store.Tx) error {
		stored, err := tx.LockContribution(ctx, known.ID)
		if err != nil {
			return err
		}
		return rewrite(ctx, tx, ch, stored, *c, link)
	})
}

// ownedContribution returns the contribution with that IRI, if author is its author; errs.NotFound
// or errs.Forbidden.
func ownedContribution(ctx context.Context, r store.Reader, iri, author string) (*policy.Contribution, error) {
	c, err := r.ContributionByIRI(ctx, everything, iri)
	if err != nil {
		return nil, err
	}
	if c.Author.IRI != author {
		return nil, errs.Refuse(errs.Forbidden, "%s is not %s's.", iri, author)
	}
	return c, nil
}

// rewrite puts a later form of a post into a stored contribution.
func rewrite(ctx context.Context, tx *store.Tx, ch *policy.Challenge, c *policy.Contribution, later policy.Contribution, link bool) error {
	if err := later.Tidy(tx.At); err != nil {
		return err
	}
	shown := c.Shown()
	changed, words := c.Rewrite(&later, tx.At)
	if !changed {
		return nil
	}
	sender, err := admit(ctx, tx, &later.Author)
	if err != nil {
		return err
	}
	sender.Link = link
	c.Place(ch, sender, words, tx.At)
	if err := tx.SaveContribution(ctx, c); err != nil {
		return err
	}
	if err := announce(ctx, tx, policy.EventContributionEdited, c); err != nil {
		return err
	}
	switch {
	case shown && !c.Shown():
		return announce(ctx, tx, policy.EventContributionHidden, c)
	case !shown:
		return show(ctx, tx, c)
	}
	return nil
}

// Withdraw erases the contribution with that IRI, if author is its author (else errs.Forbidden),
// and remembers the IRI so that it is never taken in again, also if it was not known yet. The
// number stays, with an empty tombstone.
func (a *App) Withdraw(ctx context.Context, iri, author string) (err error) {
	defer errs.Wrap(&err, "app.Withdraw(%s)", iri)

	if err := owned(iri, author); err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		c, err := ownedContribution(ctx, tx.Reader, iri, author)
		if errors.Is(err, errs.NotFound) {
			return tx.AddTombstone(ctx, iri)
		}
		if err != nil {
			return err
		}
		return erase(ctx, tx, c.ID)
	})
}

// EraseActor withdraws all that a remote actor said, and forgets name and follows. An actor of
// ours is errs.Forbidden; one that nobody knows is nothing to do.
func (a *App) EraseActor(ctx context.Context, iri string) (err error) {
	defer errs.Wrap(&err, "app.EraseActor(%s)", iri)

	return a.db.Write(ctx, func(tx *store.Tx) error {
		actor, err := tx.ActorByIRI(ctx, iri)
		if errors.Is(err, errs.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if actor.Local {
			return errs.Refuse(errs.Forbidden, "%s lives here.", actor.At())
		}
		ids, err := tx.EraseActor(ctx, actor.ID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := erase(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// erase withdraws a contribution.
func erase(ctx context.Context, tx *store.Tx, id policy.ID) error {
	c, err := tx.LockContribution(ctx, id)
	if err != nil {
		return err
	}
	if !c.Withdraw() {
		return nil
	}
	if err := tx.SaveContribution(ctx, c); err != nil {
		return err
	}
	if err := tx.AddTombstone(ctx, c.IRI); err != nil {
		return err
	}
	return announce(ctx, tx, policy.EventContributionWithdrawn, c)
}
