package app

import (
	"context"
	"errors"
	"strconv"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// OpenChallenge opens c, or stores it as a draft, of which nothing is public. What is missing gets
// its documented default (policy.Challenge.WithDefaults); what cannot be defaulted is refused, by
// name, with a policy.FieldErrors. c.Actor.Handle is the handle that is wanted. On success c is
// what was stored.
func (a *App) OpenChallenge(ctx context.Context, by By, c *policy.Challenge, draft bool) (err error) {
	defer errs.Wrap(&err, "app.OpenChallenge(%s)", c.Actor.Handle)

	steward, err := a.firstSteward(ctx)
	if err != nil {
		return err
	}
	keys, err := a.keys()
	if err != nil {
		return err
	}
	var stored policy.Challenge
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		stored = c.WithDefaults(tx.At, steward)
		stored.State = policy.ChallengeDraft
		stored.Created = tx.At
		stored.BackgroundHTML = markup.Markdown(stored.Background)
		if e := stored.CheckOpen(tx.At); len(e) > 0 {
			return e
		}
		if err := a.addChallenge(ctx, tx, &stored, keys); err != nil {
			return err
		}
		if draft {
			return nil
		}
		return open(ctx, tx, by, &stored)
	})
	if err == nil {
		*c = stored
	}
	return err
}

// firstSteward returns the name of the first steward, who answers for a challenge that names
// nobody.
func (a *App) firstSteward(ctx context.Context) (string, error) {
	_, actor, err := a.db.FirstSteward(ctx)
	if errors.Is(err, errs.NotFound) {
		return "", errs.Refuse(errs.Conflict, "This server is not set up yet.")
	}
	if err != nil {
		return "", err
	}
	return actor.DisplayName(), nil
}

// addChallenge stores a challenge with its Group.
func (a *App) addChallenge(ctx context.Context, tx *store.Tx, c *policy.Challenge, keys store.ActorKeys) (err error) {
	if c.Number, err = tx.NextChallengeNumber(ctx); err != nil {
		return err
	}
	iri := a.base.Challenge(c.Number)
	group := a.localActor(policy.KindChallenge, iri, iri)
	group.Handle, group.Name, group.Summary = c.Actor.Handle, c.Title, c.Summary
	if err := addNamed(ctx, tx, &group, keys, "handle"); err != nil {
		return err
	}
	c.Actor = group
	return tx.AddChallenge(ctx, c)
}

// open takes a stored challenge from draft to open.
func open(ctx context.Context, tx *store.Tx, by By, c *policy.Challenge) error {
	if err := c.Open(tx.At); err != nil {
		return err
	}
	if err := tx.SaveChallenge(ctx, c); err != nil {
		return err
	}
	entry := policy.LogEntry{Challenge: c.ID, Action: policy.LogOpen, Object: strconv.FormatInt(c.Number, 10)}
	if err := by.log(ctx, tx, entry); err != nil {
		return err
	}
	return tx.AddEvent(ctx, &policy.Event{
		Kind: policy.EventChallengeOpened, Challenge: c.ID, Subject: c.ID, Actor: by.Actor,
	})
}

// OpenDraft opens a stored draft. One whose dates have passed meanwhile is refused with a
// policy.FieldErrors, one that is open with errs.Conflict.
func (a *App) OpenDraft(ctx context.Context, by By, number int64) (_ *policy.Challenge, err error) {
	defer errs.Wrap(&err, "app.OpenDraft(%d)", number)

	var c *policy.Challenge
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if c, err = tx.LockChallenge(ctx, number); err != nil {
			return err
		}
		return open(ctx, tx, by, c)
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// SaveAddressee stores what was found out about an addressee.
func (a *App) SaveAddressee(ctx context.Context, challenge policy.ID, ad policy.Addressee) (err error) {
	defer errs.Wrap(&err, "app.SaveAddressee(%d, %s)", challenge, ad.Given)

	return a.db.Write(ctx, func(tx *store.Tx) error { return tx.SaveAddressee(ctx, challenge, ad) })
}
