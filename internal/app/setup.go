package app

import (
	"context"
	"errors"
	"net/url"
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

	if o, err := a.db.Organisation(ctx); err == nil {
		return nil, errs.Refuse(errs.Conflict, "This server is set up already, for %s.", o.Actor.Name)
	} else if !errors.Is(err, errs.NotFound) {
		return nil, err
	}
	f := a.foundation(s)
	if e := f.check(); len(e) > 0 {
		return nil, e
	}
	if err := a.makeKeys(ctx, f); err != nil {
		return nil, err
	}
	if err := a.db.Write(ctx, func(tx *store.Tx) error { return f.lay(ctx, tx) }); err != nil {
		return nil, err
	}
	return &f.organisation, nil
}

// CheckSetUp returns what keeps SetUp from carrying out s, without doing anything.
func (a *App) CheckSetUp(s SetUp) policy.FieldErrors { return a.foundation(s).check() }

// foundation is everything that set-up stores.
type foundation struct {
	organisation policy.Organisation
	instance     policy.Actor
	steward      policy.Actor
	account      policy.Account

	organisationKeys, stewardKeys store.ActorKeys
	instanceKeys                  *store.ActorKeys // nil if the instance has keys already
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

// makeKeys makes the instance actor, and the keys of all three. Keys that the instance signs with
// already are kept, because others have seen them.
func (a *App) makeKeys(ctx context.Context, f *foundation) (err error) {
	u, err := url.Parse(string(a.base))
	if err != nil {
		return err
	}
	f.instance = a.localActor(policy.KindApplication, a.base.Instance(), string(a.base)+"/")
	f.instance.Handle = u.Hostname()
	f.instance.Name = f.organisation.Actor.Name

	if f.organisationKeys, err = a.keys(); err != nil {
		return err
	}
	if f.stewardKeys, err = a.keys(); err != nil {
		return err
	}
	_, err = a.db.Keys(ctx, f.instance.IRI)
	if !errors.Is(err, errs.NotFound) {
		return err
	}
	keys, err := a.keys()
	f.instanceKeys = &keys
	return err
}

// lay stores the foundation.
func (f *foundation) lay(ctx context.Context, tx *store.Tx) error {
	if err := tx.BindURL(ctx, f.organisation.BaseURL); err != nil {
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

// layInstance stores the instance actor, or gives the one that there is its name.
func (f *foundation) layInstance(ctx context.Context, tx *store.Tx) error {
	if f.instanceKeys == nil {
		return tx.AddActor(ctx, &f.instance)
	}
	return addLocal(ctx, tx, &f.instance, *f.instanceKeys)
}

// addNamed is addLocal for an actor whose handle somebody chose in a field.
func addNamed(ctx context.Context, tx *store.Tx, actor *policy.Actor, keys store.ActorKeys, field string) error {
	err := addLocal(ctx, tx, actor, keys)
	if errors.Is(err, errs.Conflict) {
		return policy.HandleTaken(field, actor.Handle)
	}
	return err
}
