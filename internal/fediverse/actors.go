package fediverse

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"html"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/signature"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// implemented are the specifications that peers may count on (FEP-844e).
var implemented = []vocab.Feature{
	{Href: "https://datatracker.ietf.org/doc/html/rfc9421", Name: "RFC-9421: HTTP Message Signatures"},
}

// actorDoc is what the documents of all our actors have in common.
func (f *Fediverse) actorDoc(ctx context.Context, a *policy.Actor, typ string) (*vocab.Doc, error) {
	keys, err := f.publicKeys(ctx, a.IRI)
	if err != nil {
		return nil, err
	}
	p := &vocab.Profile{
		PreferredUsername: a.Handle,
		WebFinger:         a.Handle + "@" + f.host,
		Inbox:             policy.Inbox(a.IRI),
		Outbox:            a.IRI + "/outbox",
		Followers:         policy.Followers(a.IRI),
		Following:         a.IRI + "/following",
		Featured:          a.IRI + "/featured",
		SharedInbox:       f.base.SharedInbox(),
		Discoverable:      true,
		Indexable:         true,
		Keys:              keys,
		Implements:        implemented,
	}
	if typ != "Application" {
		p.Generator = f.base.Instance()
	}
	return &vocab.Doc{ID: a.IRI, Type: typ, Name: a.DisplayName(), URL: a.IRI, Published: a.FirstSeen, Profile: p}, nil
}

// publicKeys returns the public keys of a local actor.
func (f *Fediverse) publicKeys(ctx context.Context, iri string) ([]vocab.Key, error) {
	s, err := f.signer(ctx, iri)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(&s.RSA.PublicKey)
	if err != nil {
		return nil, err
	}
	multibase, err := signature.Multibase(s.Ed25519.Public())
	if err != nil {
		return nil, err
	}
	return []vocab.Key{
		{ID: federation.MainKey(iri), Owner: iri, PEM: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))},
		{ID: federation.EdKey(iri), Owner: iri, Multibase: multibase},
	}, nil
}

// signer returns the keys of a local actor; errs.NotFound if it has none.
func (f *Fediverse) signer(ctx context.Context, iri string) (*federation.Signer, error) {
	k, err := f.db.Keys(ctx, iri)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(k.RSA)
	if err != nil {
		return nil, fmt.Errorf("RSA key of %s: %w", iri, err)
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok || len(k.Ed25519) != ed25519.SeedSize {
		return nil, fmt.Errorf("keys of %s are not what they should be", iri)
	}
	return &federation.Signer{Actor: iri, RSA: private, Ed25519: ed25519.NewKeyFromSeed(k.Ed25519)}, nil
}

// instanceDoc is the actor that signs fetches.
func (f *Fediverse) instanceDoc(ctx context.Context) (*vocab.Doc, error) {
	a, err := f.db.ActorByIRI(ctx, f.base.Instance())
	if err != nil {
		return nil, err
	}
	d, err := f.actorDoc(ctx, a, "Application")
	if err != nil {
		return nil, err
	}
	d.Profile.Discoverable, d.Profile.Indexable = false, false
	return d, nil
}

// organisationDoc is the organisation.
func (f *Fediverse) organisationDoc(ctx context.Context) (*vocab.Doc, error) {
	org, err := f.db.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	d, err := f.actorDoc(ctx, &org.Actor, "Organization")
	if err != nil {
		return nil, err
	}
	d.Summary = paragraph(org.Strap)
	return d, nil
}

// personDoc is somebody who works for the organisation.
func (f *Fediverse) personDoc(ctx context.Context, handle string) (*vocab.Doc, error) {
	a, err := f.db.ActorByHandle(ctx, handle)
	if err != nil {
		return nil, err
	}
	if a.Kind != policy.KindPerson || a.IRI != f.base.Person(handle) {
		return nil, fmt.Errorf("%w: %s is no person", errs.NotFound, handle)
	}
	d, err := f.actorDoc(ctx, a, "Person")
	if err != nil {
		return nil, err
	}
	d.Summary = paragraph(a.Summary)
	return d, nil
}

// challengeDoc is the Group of a challenge.
func (f *Fediverse) challengeDoc(ctx context.Context, c *policy.Challenge) (*vocab.Doc, error) {
	org, err := f.db.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	d, err := f.actorDoc(ctx, &c.Actor, "Group")
	if err != nil {
		return nil, err
	}
	d.Name = c.Title
	d.Summary = paragraph(c.Question)
	d.AttributedTo = c.Actor.IRI + "/moderators"
	d.Kind, d.Stage = "challenge", string(stage(c))
	d.Published, d.StartTime, d.EndTime, d.RespondBy = c.Opened, c.Opened, c.Closes, c.RespondBy
	d.Profile.Proposals = c.Actor.IRI + "/proposals"
	d.Profile.Fields = f.fields(c, org)
	return d, nil
}

// fields are the lines that other servers show on the profile of a challenge.
func (f *Fediverse) fields(c *policy.Challenge, org *policy.Organisation) []vocab.Field {
	p := locale.For(c.Lang)
	now := p.T("wire.stage." + string(stage(c)))
	if !c.Closes.IsZero() {
		now = p.T("wire.stage.until", "Stage", now, "Date", p.Date(c.Closes, f.now()))
	}
	who := fmt.Sprintf(`<a href="%s" rel="me">%s</a>`, org.Actor.IRI, html.EscapeString(org.Actor.DisplayName()))
	if c.Responder != "" {
		who = html.EscapeString(c.Responder) + ", " + who
	}
	return []vocab.Field{
		{Name: p.T("wire.field.stage"), Value: now},
		{Name: p.T("wire.field.responsible"), Value: who},
		{Name: p.T("wire.field.respondBy"), Value: p.Date(c.RespondBy, f.now())},
	}
}

// stage returns the kind of the stage that runs, or of the last one where none does.
func stage(c *policy.Challenge) policy.StageKind {
	kind := policy.StageGather
	for _, s := range c.Stages {
		if s.State == policy.StageRunning {
			return s.Kind
		}
		if s.State == policy.StageEnded {
			kind = s.Kind
		}
	}
	return kind
}

// paragraph makes one paragraph of plain text; nothing of nothing.
func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return "<p>" + html.EscapeString(text) + "</p>"
}

// absent turns our "not found" into the library's.
func absent(err error) error {
	if errors.Is(err, errs.NotFound) {
		return fmt.Errorf("%w: %w", federation.ErrNotFound, err)
	}
	return err
}
