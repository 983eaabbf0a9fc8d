package fediverse

import (
	"context"
	"fmt"
	"strings"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// local answers for what lives here: the port federation.Local. Everything is read with the eyes
// of the public.
type local struct{ *Fediverse }

// Signer implements federation.Local.
func (l local) Signer(ctx context.Context, actor string) (*federation.Signer, error) {
	s, err := l.signer(ctx, actor)
	return s, absent(err)
}

// InboxExists implements federation.Local.
func (l local) InboxExists(ctx context.Context, path string) error {
	if path == "/inbox" {
		return nil
	}
	owner, ok := strings.CutSuffix(path, "/inbox")
	if !ok {
		return federation.ErrNotFound
	}
	_, err := l.actor(ctx, string(l.base)+owner)
	return absent(err)
}

// actor returns the local actor with that id; errs.NotFound, also for drafts.
func (f *Fediverse) actor(ctx context.Context, iri string) (*policy.Actor, error) {
	at, ok := f.localActor(iri)
	if !ok {
		return nil, fmt.Errorf("%w: actor %s", errs.NotFound, iri)
	}
	if at.kind == atChallenge {
		ch, err := f.db.Challenge(ctx, policy.Public, at.number)
		if err != nil {
			return nil, err
		}
		return &ch.Actor, nil
	}
	return f.db.ActorByIRI(ctx, iri)
}

// Resolve implements federation.Local.
func (l local) Resolve(ctx context.Context, handle string) (actor, page string, err error) {
	found, err := l.db.ActorByHandle(ctx, handle)
	if err != nil {
		return "", "", absent(err)
	}
	a, err := l.actor(ctx, found.IRI)
	if err != nil {
		return "", "", absent(err)
	}
	return a.IRI, l.pageOf(a), nil
}

// Handle implements federation.Local.
func (l local) Handle(ctx context.Context, address string) (handle, actor, page string, err error) {
	if address == string(l.base) || address == string(l.base)+"/" {
		// The address of the whole instance means its actor (FEP-d556).
		address = l.base.Instance()
	}
	if at, ok := l.address(address); ok && at.kind == atPerson {
		// Everybody has a page at /@handle (decisions.md 26), not only people.
		actor, page, err = l.Resolve(ctx, at.key)
		return at.key, actor, page, err
	}
	a, err := l.actor(ctx, address)
	if err != nil {
		return "", "", "", absent(err)
	}
	return a.Handle, a.IRI, l.pageOf(a), nil
}

// pageOf returns the page of a local actor: that of the organisation is the front page.
func (f *Fediverse) pageOf(a *policy.Actor) string {
	switch a.Kind {
	case policy.KindOrganisation, policy.KindApplication:
		return string(f.base) + "/"
	}
	return a.IRI
}

// Document implements federation.Local.
func (l local) Document(ctx context.Context, path, query string) (_ *federation.Document, err error) {
	defer errs.Wrap(&err, "fediverse.Document(%s)", path)
	at, ok := parsePath(path)
	if !ok {
		return nil, federation.ErrNotFound
	}
	switch at.kind {
	case atActivity:
		out, err := l.db.Outgoing(ctx, l.base.Activity(at.key))
		if err != nil {
			return nil, absent(err)
		}
		return &federation.Document{Body: out.Body}, nil
	case atContribution:
		return l.answer(ctx, at)
	}
	d, err := l.document(ctx, at, query)
	if err != nil {
		return nil, absent(err)
	}
	body, err := vocab.Encode(d)
	if err != nil {
		return nil, err
	}
	doc := &federation.Document{Body: body}
	if at.collection == "" && (at.kind == atOrganisation || at.kind == atInstance) {
		doc.Page = string(l.base) + "/"
	}
	return doc, nil
}

// answer is the address of an answer: its document lives on its author's server.
func (l local) answer(ctx context.Context, at address) (*federation.Document, error) {
	c, err := l.db.Contribution(ctx, policy.Public, at.number, at.sub)
	if err != nil {
		return nil, absent(err)
	}
	switch {
	case c.Moderation == policy.ModerationWithdrawn:
		return nil, federation.ErrGone
	case !c.Shown():
		return nil, federation.ErrNotFound
	}
	return &federation.Document{Elsewhere: c.IRI}, nil
}

// document returns what lies at an address.
func (l local) document(ctx context.Context, at address, query string) (*vocab.Doc, error) {
	switch at.kind {
	case atInstance, atOrganisation, atPerson, atChallenge:
		return l.actorOr(ctx, at, query)
	case atOpening, atProposal, atVersion:
		return l.postOr(ctx, at, query)
	case atReceipt:
		return l.openReceipt(ctx, l.base.Receipt(at.number, at.key))
	case atQuote:
		return l.quoteDoc(ctx, l.base.Quote(at.key))
	}
	return nil, errs.NotFound
}

// actorOr is an actor, or a collection of one.
func (l local) actorOr(ctx context.Context, at address, query string) (*vocab.Doc, error) {
	iri := string(l.base) + map[addressKind]string{atInstance: "/actor", atOrganisation: "/org", atPerson: "/@" + at.key}[at.kind]
	var ch *policy.Challenge
	if at.kind == atChallenge {
		var err error
		if ch, err = l.db.Challenge(ctx, policy.Public, at.number); err != nil {
			return nil, err
		}
		iri = ch.Actor.IRI
	}
	if at.collection != "" {
		return l.actorCollection(ctx, iri, ch, at.collection, query)
	}
	switch at.kind {
	case atInstance:
		return l.instanceDoc(ctx)
	case atOrganisation:
		return l.organisationDoc(ctx)
	case atPerson:
		return l.personDoc(ctx, at.key)
	}
	return l.challengeDoc(ctx, ch)
}

// actorCollection is a collection of a local actor; ch is its challenge, if it is a Group.
func (l local) actorCollection(ctx context.Context, iri string, ch *policy.Challenge, name, query string) (*vocab.Doc, error) {
	a, err := l.actor(ctx, iri)
	if err != nil {
		return nil, err
	}
	switch name {
	case "outbox":
		return l.outbox(a).doc(ctx, query)
	case "followers":
		n, err := l.db.Followers(ctx, a.ID)
		return counted(policy.Followers(iri), iri, n), err
	case "featured":
		return l.featured(ctx, a, ch)
	case "moderators":
		return listed(iri+"/moderators", iri, []string{l.base.Organisation()}), nil
	case "proposals":
		return l.proposals(ch).doc(ctx, query)
	}
	return counted(iri+"/"+name, iri, 0), nil // nobody here follows or likes in public
}

// postOr is an opening, a proposal or a version of one, or a collection of one.
func (l local) postOr(ctx context.Context, at address, query string) (*vocab.Doc, error) {
	d, ch, err := l.post(ctx, at)
	if err != nil || at.collection == "" {
		return d, err
	}
	switch at.collection {
	case "likes":
		return counted(d.ID+"/likes", "", d.Likes.Listing.TotalItems), nil
	case "shares":
		return counted(d.ID+"/shares", "", d.Shares.Listing.TotalItems), nil
	case "context":
		answers := l.answers(d.ID, "context", ch.Actor.IRI)
		answers.root = d.ID
		return answers.doc(ctx, query)
	}
	return l.answers(d.ID, "replies", ch.Actor.IRI).doc(ctx, query)
}

// post returns the document of an opening, a proposal or a version, and its challenge.
func (f *Fediverse) post(ctx context.Context, at address) (*vocab.Doc, *policy.Challenge, error) {
	org, err := f.db.Organisation(ctx)
	if err != nil {
		return nil, nil, err
	}
	if at.kind == atOpening {
		ch, err := f.db.Challenge(ctx, policy.Public, at.number)
		if err != nil {
			return nil, nil, err
		}
		return f.openingDoc(ch, org), ch, nil
	}
	pr, err := f.db.Proposal(ctx, policy.Public, at.number)
	if err != nil {
		return nil, nil, err
	}
	ch, err := f.db.ChallengeByID(ctx, policy.Public, pr.Challenge)
	if err != nil {
		return nil, nil, err
	}
	if at.kind == atProposal {
		return f.proposalDoc(pr, ch, org), ch, nil
	}
	v, err := f.db.ProposalVersion(ctx, policy.Public, pr.Number, int(at.sub))
	if err != nil {
		return nil, nil, err
	}
	return f.versionDoc(pr, v, ch, org), ch, nil
}

// openReceipt is a receipt that is quiet public; a direct one is nobody's business.
func (l local) openReceipt(ctx context.Context, iri string) (*vocab.Doc, error) {
	r, err := l.receiptAt(ctx, iri)
	if err != nil {
		return nil, err
	}
	if r.message.Visibility != policy.VisibilityUnlisted {
		return nil, errs.NotFound
	}
	c, err := l.db.ContributionByID(ctx, everything, r.message.Contribution)
	if err != nil {
		return nil, err
	}
	if c.Visibility.Private() {
		return nil, errs.NotFound // its author has narrowed the audience since
	}
	ch, err := l.db.ChallengeByID(ctx, policy.Public, r.message.Challenge)
	if err != nil {
		return nil, err
	}
	return l.receiptNote(r, c.IRI, &ch.Actor), nil
}
