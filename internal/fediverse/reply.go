package fediverse

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// create takes in what was said. Most software sends one object; GoToSocial sends several votes
// at once.
func (f *Fediverse) create(ctx context.Context, a *vocab.Object) error {
	return f.each(ctx, a, f.take)
}

// each does something with every object of an activity. It is refused if none had an effect.
func (f *Fediverse) each(ctx context.Context, a *vocab.Object, do func(context.Context, string, *vocab.Object) error) error {
	refused := drop(reasonNoObject)
	effect := false
	for _, o := range a.Objects {
		err := settle(do(ctx, a.Actor, o))
		switch {
		case err == nil:
			effect = true
		case errors.Is(err, federation.ErrDrop):
			refused = err
		default:
			return err
		}
	}
	if effect {
		return nil
	}
	return refused
}

// take turns a post of actor into a contribution, if it answers or mentions a challenge.
func (f *Fediverse) take(ctx context.Context, actor string, o *vocab.Object) error {
	o, err := f.believe(ctx, actor, o)
	if err != nil {
		return err
	}
	if err := says(o); err != nil {
		return err
	}
	where, err := f.place(ctx, o)
	if err != nil {
		return err
	}
	author, err := f.author(ctx, actor)
	if err != nil {
		return err
	}
	c, err := f.contribution(o, author)
	if err != nil {
		return err
	}
	if where.receipt != nil {
		return f.answerToReceipt(ctx, where, c)
	}
	c.Challenge, c.ChallengeNumber = where.challenge.ID, where.challenge.Number
	c.ReplyTo, c.Root = where.replyTo, where.root
	_, err = f.app.Contribute(ctx, c)
	return err
}

// believe returns o if its id and author make it actor's own (FEP-fe34, owner = author). An
// object of which only the id came is fetched from its origin.
func (f *Fediverse) believe(ctx context.Context, actor string, o *vocab.Object) (*vocab.Object, error) {
	if _, err := vocab.ParseID(o.ID); err != nil {
		return nil, drop(reasonID)
	}
	if !vocab.SameOrigin(o.ID, actor) {
		return nil, drop(reasonOrigin)
	}
	if f.ours(actor) {
		return nil, drop(reasonLocalActor)
	}
	if o.Type == "" {
		fetched, err := f.fetched(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		o = fetched
	}
	if !owns(actor, o) {
		return nil, drop(reasonOwner)
	}
	return o, nil
}

// owns reports whether o says that actor is its author, alone or with others of the same server:
// nobody vouches for people elsewhere. Mobilizon names its group there, and the author in actor.
// Where nobody is named, it is whoever sent it.
func owns(actor string, o *vocab.Object) bool {
	if o.Inbox != "" || o.PreferredUsername != "" || isActor(o.Type) {
		return o.ID == actor
	}
	if o.Actor == actor || slices.Contains(o.AttributedTo, actor) {
		return sameOrigins(actor, o.AttributedTo)
	}
	if o.Actor != "" {
		return false
	}
	return len(o.AttributedTo) == 0 && !names(o.Raw, "attributedTo")
}

func sameOrigins(actor string, ids []string) bool {
	for _, id := range ids {
		if !vocab.SameOrigin(actor, id) {
			return false
		}
	}
	return true
}

// place is where a post belongs.
type place struct {
	challenge *policy.Challenge
	replyTo   string // id of what it answers, as far as that is known here
	root      string
	receipt   *receipt // it answers this message of ours
}

// place finds the challenge that o answers or mentions. A parent that is not known is followed
// upwards, because it may hang under a challenge.
func (f *Fediverse) place(ctx context.Context, o *vocab.Object) (*place, error) {
	p, err := f.thread(ctx, o.InReplyTo)
	if p != nil || err != nil {
		return p, err
	}
	c, err := f.mentioned(ctx, o)
	if err != nil {
		return nil, err
	}
	if c != nil {
		return &place{challenge: c, root: f.base.Opening(c.Number)}, nil
	}
	if o.InReplyTo == "" || visibility(o, "").Private() {
		return nil, drop(reasonElsewhere)
	}
	p, err = f.climb(ctx, o.InReplyTo)
	if err != nil {
		return nil, err
	}
	p.replyTo = o.InReplyTo
	return p, nil
}

// thread returns the place of a reply to what has this id, or nil if that is neither ours nor a
// known contribution.
func (f *Fediverse) thread(ctx context.Context, iri string) (*place, error) {
	if iri == "" {
		return nil, nil
	}
	if at, ok := f.address(iri); ok {
		return f.ownThread(ctx, at)
	}
	c, err := f.db.ContributionByIRI(ctx, everything, iri)
	if err != nil {
		return nil, unknown(err)
	}
	return f.under(ctx, c)
}

// ownThread is thread for an address of ours.
func (f *Fediverse) ownThread(ctx context.Context, at address) (*place, error) {
	switch at.kind {
	case atChallenge, atOpening:
		c, err := f.db.Challenge(ctx, policy.Public, at.number)
		if err != nil {
			return nil, unknown(err)
		}
		opening := f.base.Opening(c.Number)
		return &place{challenge: c, replyTo: opening, root: opening}, nil
	case atProposal, atVersion:
		p, err := f.db.Proposal(ctx, policy.Public, at.number)
		if err != nil {
			return nil, unknown(err)
		}
		c, err := f.db.ChallengeByID(ctx, policy.Public, p.Challenge)
		if err != nil {
			return nil, unknown(err)
		}
		root := f.base.Proposal(p.Number)
		return &place{challenge: c, replyTo: root, root: root}, nil
	case atContribution:
		c, err := f.db.Contribution(ctx, everything, at.number, at.sub)
		if err != nil {
			return nil, unknown(err)
		}
		return f.under(ctx, c)
	case atReceipt:
		r, err := f.receiptAt(ctx, f.base.Receipt(at.number, at.key))
		if err != nil {
			return nil, unknown(err)
		}
		return &place{receipt: r}, nil
	}
	return nil, nil
}

// under is the place of a reply to a known contribution.
func (f *Fediverse) under(ctx context.Context, parent *policy.Contribution) (*place, error) {
	c, err := f.db.ChallengeByID(ctx, policy.Public, parent.Challenge)
	if err != nil {
		return nil, unknown(err)
	}
	return &place{challenge: c, replyTo: parent.IRI, root: parent.Root}, nil
}

// mentioned returns the challenge whose Group o mentions or addresses; nil if there is none.
func (f *Fediverse) mentioned(ctx context.Context, o *vocab.Object) (*policy.Challenge, error) {
	var ids []string
	for _, t := range o.Tag {
		if t.Type == "Mention" {
			ids = append(ids, t.Href)
		}
	}
	for _, list := range [][]string{o.To, o.Cc, o.Audience} {
		ids = append(ids, list...)
	}
	for _, id := range ids {
		at, ok := f.address(id)
		if !ok || at.kind != atChallenge {
			continue
		}
		c, err := f.db.Challenge(ctx, policy.Public, at.number)
		if err == nil || !errors.Is(err, errs.NotFound) {
			return c, err
		}
	}
	return nil, nil
}

// maxClimb is how many ancestors are fetched in search of a challenge.
const maxClimb = 16

// climb follows the parents of a post upwards, as long as they are public, until it finds one
// that answers something known.
func (f *Fediverse) climb(ctx context.Context, iri string) (*place, error) {
	seen := map[string]bool{}
	for len(seen) < maxClimb && iri != "" && !seen[iri] {
		seen[iri] = true
		o, err := f.fetched(ctx, iri)
		if errors.Is(err, errs.Unavailable) {
			// Not tried again: the actor's later activities would have to wait for it.
			return nil, drop(reasonNotFetched)
		}
		if err != nil {
			return nil, err
		}
		if visibility(o, "").Private() {
			break
		}
		p, err := f.thread(ctx, o.InReplyTo)
		if err != nil {
			return nil, err
		}
		if p != nil && p.receipt == nil {
			return p, nil
		}
		iri = o.InReplyTo
	}
	return nil, drop(reasonElsewhere)
}

// answerToReceipt does what a reply to a receipt says: its first word may end all messages.
// Anything else is for people to read; it is never a contribution.
func (f *Fediverse) answerToReceipt(ctx context.Context, where *place, c *policy.Contribution) error {
	addressee := where.receipt.to.IRI == c.Author.IRI
	if addressee && isStop(c.Text, where.receipt.message.Lang) {
		return f.app.Stop(ctx, c.Author, where.receipt.message.Challenge, "stop")
	}
	return f.app.Report(ctx, c.Author, c.IRI, c.Text)
}

// isStop reports whether the first word of text asks for no more messages, in the language of
// the receipt or in English.
func isStop(text, lang string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	first, _, _ = strings.Cut(first, "\n")
	first = strings.ToUpper(strings.Trim(first, ".,!?:;\"'“”«»"))
	for _, p := range []*locale.Printer{locale.For(lang), locale.For("en")} {
		if first != "" && first == strings.ToUpper(p.T("wire.receipt.stopWord")) {
			return true
		}
	}
	return false
}

// unknown turns "not found" into nothing at all.
func unknown(err error) error {
	if errors.Is(err, errs.NotFound) {
		return nil
	}
	return err
}

// everything is the viewer who may know of all posts: what happens to a post does not depend on
// who may see it. Nothing that it reads leaves this package.
var everything = policy.Viewer{Staff: true}
