package app

import (
	"context"
	"errors"
	"strings"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// SetUp is what the organisation says of itself on first run.
type SetUp struct {
	Name, Handle, Strap        string
	Email                      string             // of the first steward
	PasswordHash               string             // PHC, of a password that policy.CheckPassword passed; empty: no password works
	StewardName, StewardHandle string             // default "Steward", "steward"
	Receipts                   policy.ReceiptMode // empty means reply
}

// SetUp makes organisation, instance actor and first steward, and ties the instance to its public
// address. What was filled in wrongly is a policy.FieldErrors. A second time: errs.Conflict.
func (a *App) SetUp(ctx context.Context, s SetUp) (_ *policy.Organisation, err error) {
	defer errs.Wrap(&err, "app.SetUp(%s)", s.Handle)

	if err := notSetUp(ctx, a.db.Reader); err != nil {
		return nil, err
	}
	f := a.foundation(s)
	if e := f.check(); len(e) > 0 {
		return nil, e
	}
	if err := a.makeKeys(f); err != nil {
		return nil, err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error { return f.lay(ctx, tx) })
	if err == nil {
		return &f.organisation, nil
	}
	// Of two at once, the second may stumble over what the first has stored: that is what it is told.
	if late := notSetUp(ctx, a.db.Reader); late != nil {
		return nil, late
	}
	return nil, err
}

// notSetUp refuses a second set-up.
func notSetUp(ctx context.Context, r store.Reader) error {
	o, err := r.Organisation(ctx)
	switch {
	case errors.Is(err, errs.NotFound):
		return nil
	case err != nil:
		return err
	}
	return errs.Refuse(errs.Conflict, "This server is set up already, for %s.", o.Actor.Name)
}

// CheckSetUp returns what keeps SetUp from carrying out s, without doing anything.
func (a *App) CheckSetUp(s SetUp) policy.FieldErrors { return a.foundation(s).check() }

// foundation is everything that set-up stores.
type foundation struct {
	organisation policy.Organisation
	instance     policy.Actor
	steward      policy.Actor
	account      policy.Account

	instanceKeys, organisationKeys, stewardKeys store.ActorKeys
}

// check returns what was filled in wrongly.
func (f *foundation) check() policy.FieldErrors {
	return policy.CheckSetUp(&f.organisation, &f.steward, f.account.Email)
}

// foundation makes of s what is stored, without keys.
func (a *App) foundation(s SetUp) *foundation {
	f := &foundation{
		organisation: policy.Organisation{
			Actor:    a.localActor(policy.KindOrganisation, a.base.Organisation(), string(a.base)+"/"),
			BaseURL:  string(a.base),
			Strap:    strings.TrimSpace(s.Strap),
			Receipts: s.Receipts,
		},
		account: policy.Account{
			Email:        strings.ToLower(strings.TrimSpace(s.Email)),
			PasswordHash: s.PasswordHash,
			Role:         policy.RoleSteward,
		},
	}
	if f.organisation.Receipts == "" {
		f.organisation.Receipts = policy.ReceiptReply
	}
	f.organisation.Actor.Name = strings.TrimSpace(s.Name)
	f.organisation.Actor.Handle = tidyHandle(s.Handle, "")
	f.organisation.Actor.Summary = f.organisation.Strap

	handle := tidyHandle(s.StewardHandle, "steward")
	f.steward = a.localActor(policy.KindPerson, a.base.Person(handle), a.base.Person(handle))
	f.steward.Handle = handle
	f.steward.Name = strings.TrimSpace(s.StewardName)
	if f.steward.Name == "" {
		f.steward.Name = "Steward"
	}
	return f
}

// tidyHandle drops spaces and the @ before a handle; an empty one becomes fallback.
func tidyHandle(handle, fallback string) string {
	handle = strings.TrimPrefix(strings.TrimSpace(handle), "@")
	if handle == "" {
		return fallback
	}
	return handle
}

// makeKeys makes the instance actor, and the keys of all three.
func (a *App) makeKeys(f *foundation) (err error) {
	if f.instance, err = a.instance(f.organisation.Actor.Name); err != nil {
		return err
	}
	for _, keys := range []*store.ActorKeys{&f.instanceKeys, &f.organisationKeys, &f.stewardKeys} {
		if *keys, err = a.keys(); err != nil {
			return err
		}
	}
	return nil
}

// lay stores the foundation.
func (f *foundation) lay(ctx context.Context, tx *store.Tx) error {
	if err := tx.BindURL(ctx, f.organisation.BaseURL); err != nil {
		return err
	}
	if err := notSetUp(ctx, tx.Reader); err != nil {
		return err
	}
	if err := f.layInstance(ctx, tx); err != nil {
		return err
	}
	o := &f.organisation
	if err := addNamed(ctx, tx, &o.Actor, f.organisationKeys, "handle"); err != nil {
		return err
	}
	o.Created = tx.At
	if err := tx.AddOrganisation(ctx, o); err != nil {
		return err
	}
	if err := addNamed(ctx, tx, &f.steward, f.stewardKeys, "steward-handle"); err != nil {
		return err
	}
	f.account.Actor, f.account.Created = f.steward.ID, tx.At
	if err := tx.AddAccount(ctx, &f.account); err != nil {
		return err
	}
	if err := tx.SetSetupToken(ctx, ""); err != nil {
		return err
	}
	by := By{Actor: f.steward.ID, Name: f.steward.DisplayName()}
	if err := by.log(ctx, tx, policy.LogEntry{Action: policy.LogSetUp, Object: o.Actor.Handle}); err != nil {
		return err
	}
	return tx.AddEvent(ctx, &policy.Event{Kind: policy.EventInstanceSetUp, Subject: o.Actor.ID, Actor: f.steward.ID})
}

// layInstance stores the instance actor. One that signs already keeps its keys, because others have
// seen them, and gets its name.
func (f *foundation) layInstance(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Keys(ctx, f.instance.IRI)
	switch {
	case errors.Is(err, errs.NotFound):
		return addLocal(ctx, tx, &f.instance, f.instanceKeys)
	case err != nil:
		return err
	}
	return tx.AddActor(ctx, &f.instance)
}

// addNamed is addLocal for an actor whose handle somebody chose in a field.
func addNamed(ctx context.Context, tx *store.Tx, actor *policy.Actor, keys store.ActorKeys, field string) error {
	err := addLocal(ctx, tx, actor, keys)
	if errors.Is(err, errs.Conflict) {
		return policy.HandleTaken(field, actor.Handle)
	}
	return err
}
