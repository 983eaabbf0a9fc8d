package fediverse

import (
	"context"
	"fmt"
	"strconv"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// consequences is the one list of what other servers are told of. Ordinary answers are announced
// to nobody.
func (f *Fediverse) consequences() map[policy.EventKind]func(context.Context, *policy.Event) error {
	return map[policy.EventKind]func(context.Context, *policy.Event) error{
		policy.EventChallengeOpened:       f.opened,
		policy.EventProposalPublished:     f.published,
		policy.EventFollowed:              f.followed,
		policy.EventQuoteRequested:        f.quoteRequested,
		policy.EventContributionReceived:  f.thank,
		policy.EventContributionShown:     f.thank,
		policy.EventContributionRead:      f.read,
		policy.EventContributionFeatured:  f.promote,
		policy.EventContributionHidden:    f.demote,
		policy.EventContributionEdited:    f.demote,
		policy.EventContributionWithdrawn: f.demote,
	}
}

// Federate tells other servers of an event: the task "federate", whose body is the event's id.
// What it sends has ids that follow from the event, so that it can run twice.
func (f *Fediverse) Federate(ctx context.Context, t store.Task) (err error) {
	defer errs.Wrap(&err, "fediverse.Federate(%s)", t.Body)
	id, err := strconv.ParseInt(string(t.Body), 10, 64)
	if err != nil {
		return fmt.Errorf("%w: %w", errs.Invalid, err)
	}
	e, err := f.db.Event(ctx, policy.ID(id))
	if err != nil {
		return err
	}
	tell := f.consequences()[e.Kind]
	if tell == nil {
		return nil
	}
	return tell(ctx, e)
}

// sending is an activity of ours with its recipients.
type sending struct {
	id        string // ULID
	by        *policy.Actor
	doc       *vocab.Doc
	object    string      // id of what it is about: activities about one thing arrive in order
	public    bool        // listed in the outbox, and served
	followers []policy.ID // of these local actors
	to        []string    // and these inboxes
}

// send stores an activity and queues it for its recipients, all in one transaction. The same
// again changes nothing.
func (f *Fediverse) send(ctx context.Context, tx *store.Tx, s sending) error {
	s.doc.ID = f.base.Activity(s.id)
	body, err := vocab.Encode(s.doc)
	if err != nil {
		return err
	}
	out := &store.Outgoing{
		IRI: s.doc.ID, Actor: s.by.ID, Type: s.doc.Type, Object: s.object, Body: body, Public: s.public,
	}
	isNew, err := tx.AddOutgoing(ctx, out)
	if err != nil || !isNew {
		return err
	}
	if len(s.followers) > 0 {
		if err := tx.QueueToFollowers(ctx, out.ID, s.followers...); err != nil {
			return err
		}
	}
	for _, inbox := range s.to {
		if inbox == "" {
			continue
		}
		if err := tx.QueueTo(ctx, out.ID, inbox); err != nil {
			return err
		}
	}
	return nil
}

// opened publishes the opening of a challenge: to the followers of the organisation, and to the
// organisations that it is addressed to, which are mentioned this once and never again.
func (f *Fediverse) opened(ctx context.Context, e *policy.Event) error {
	ch, err := f.db.ChallengeByID(ctx, policy.Public, e.Challenge)
	if err != nil {
		return err
	}
	org, err := f.db.Organisation(ctx)
	if err != nil {
		return err
	}
	var inboxes []string
	for i := range ch.AddressedTo {
		a := &ch.AddressedTo[i]
		if a.State == policy.AddresseeNew {
			f.lookUp(ctx, a)
			if err := f.app.SaveAddressee(ctx, ch.ID, *a); err != nil {
				return err
			}
		}
		if a.State == policy.AddresseeFound {
			inboxes = append(inboxes, a.Inbox)
		}
	}
	return f.publish(ctx, e, f.openingDoc(ch, org), ch, org, inboxes)
}

// lookUp finds the account of an addressee. One that cannot be found now is shown as such: the
// challenge does not wait for it.
func (f *Fediverse) lookUp(ctx context.Context, a *policy.Addressee) {
	doc, err := f.fed.Discover(ctx, a.Given)
	if err != nil {
		zerolog.Ctx(ctx).Info().Err(err).Msg("addressee not found")
		a.State = policy.AddresseeNotFound
		return
	}
	found := person(doc)
	a.IRI, a.Name, a.Handle, a.Inbox = found.IRI, found.DisplayName(), found.At(), found.Inbox
	a.State = policy.AddresseeFound
	if f.ours(a.IRI) {
		a.Inbox = "" // we tell nobody here by post
	}
}

// published publishes a proposal.
func (f *Fediverse) published(ctx context.Context, e *policy.Event) error {
	pr, err := f.db.ProposalByID(ctx, policy.Public, e.Subject)
	if err != nil {
		return err
	}
	ch, err := f.db.ChallengeByID(ctx, policy.Public, pr.Challenge)
	if err != nil {
		return err
	}
	org, err := f.db.Organisation(ctx)
	if err != nil {
		return err
	}
	return f.publish(ctx, e, f.proposalDoc(pr, ch, org), ch, org, nil)
}

// publish sends a post as the organisation to its followers, and announces it as the Group to
// those of the challenge (wire.md §1.4 and §1.5).
func (f *Fediverse) publish(ctx context.Context, e *policy.Event, post *vocab.Doc, ch *policy.Challenge, org *policy.Organisation, inboxes []string) error {
	create := &vocab.Doc{
		Type: "Create", Actor: org.Actor.IRI, Published: post.Published,
		To: post.To, Cc: post.Cc, Audience: post.Audience, Object: post,
	}
	announce := &vocab.Doc{
		Type: "Announce", Actor: ch.Actor.IRI, Published: post.Published,
		To: []string{vocab.Public}, Cc: []string{policy.Followers(ch.Actor.IRI), org.Actor.IRI},
		Object: vocab.Ref(post.ID),
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		err := f.send(ctx, tx, sending{
			id: f.ulid(e.At, "create", e.ID), by: &org.Actor, doc: create, object: post.ID,
			public: true, followers: []policy.ID{org.Actor.ID}, to: inboxes,
		})
		if err != nil {
			return err
		}
		return f.send(ctx, tx, sending{
			id: f.ulid(e.At, "announce", e.ID), by: &ch.Actor, doc: announce, object: post.ID,
			public: true, followers: []policy.ID{ch.Actor.ID},
		})
	})
}

// followed accepts a Follow, which stands in the Accept as it came.
func (f *Fediverse) followed(ctx context.Context, e *policy.Event) error {
	local, err := f.db.Actor(ctx, e.Subject)
	if err != nil {
		return err
	}
	who, err := f.db.Actor(ctx, e.Actor)
	if err != nil {
		return err
	}
	accept := &vocab.Doc{
		Type: "Accept", Actor: local.IRI, To: []string{who.IRI}, Object: &vocab.Doc{Raw: e.Data},
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		return f.send(ctx, tx, sending{
			id: f.ulid(e.At, "accept", e.ID), by: local, doc: accept, object: who.IRI, to: []string{who.Inbox},
		})
	})
}

// promote announces an answer that a steward features to the followers of the challenge. Quiet
// public answers never are, nor those of somebody who blocks us. Whoever wants no messages is not
// told of it.
func (f *Fediverse) promote(ctx context.Context, e *policy.Event) error {
	c, ch, err := f.contributed(ctx, e)
	if err != nil || c == nil {
		return err
	}
	if !c.Shown() || c.Visibility != policy.VisibilityPublic {
		return nil
	}
	blocks, err := f.db.StoppedBecause(ctx, c.Author.ID, "block")
	if err != nil || blocks {
		return err
	}
	tell, err := f.reachable(ctx, &c.Author, ch.ID)
	if err != nil {
		return err
	}
	var inboxes []string
	if tell {
		inboxes = append(inboxes, openInbox(&c.Author))
	}
	announce := &vocab.Doc{
		Type: "Announce", Actor: ch.Actor.IRI, Published: e.At, To: []string{vocab.Public},
		Cc: []string{policy.Followers(ch.Actor.IRI), c.Author.IRI}, Object: vocab.Ref(c.IRI),
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		return f.send(ctx, tx, sending{
			id: f.ulid(e.At, "announce", e.ID), by: &ch.Actor, doc: announce, object: c.IRI,
			public: true, followers: []policy.ID{ch.Actor.ID}, to: inboxes,
		})
	})
}

// demote takes the announcement back of an answer that may not be announced any longer.
func (f *Fediverse) demote(ctx context.Context, e *policy.Event) error {
	c, err := f.db.ContributionByID(ctx, everything, e.Subject)
	if err != nil {
		return unknown(err)
	}
	if c.Shown() && c.Visibility == policy.VisibilityPublic {
		return nil
	}
	ch, err := f.db.ChallengeByID(ctx, everything, c.Challenge)
	if err != nil {
		return unknown(err)
	}
	made, err := f.db.LatestOutgoing(ctx, ch.Actor.ID, "Announce", c.IRI)
	if err != nil {
		return unknown(err)
	}
	undo := &vocab.Doc{
		Type: "Undo", Actor: ch.Actor.IRI, Published: e.At, To: []string{vocab.Public},
		Cc: []string{policy.Followers(ch.Actor.IRI), c.Author.IRI},
		Object: &vocab.Doc{
			ID: made.IRI, Type: "Announce", Actor: ch.Actor.IRI, To: []string{vocab.Public}, Object: vocab.Ref(c.IRI),
		},
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		return f.send(ctx, tx, sending{
			id: f.ulid(made.Created, "undo", made.IRI), by: &ch.Actor, doc: undo, object: c.IRI,
			public: true, followers: []policy.ID{ch.Actor.ID}, to: []string{openInbox(&c.Author)},
		})
	})
}

// openInbox is where somebody gets what is public: the inbox that their server shares, where
// followers get it too, so that the server gets it once.
func openInbox(a *policy.Actor) string {
	if a.SharedInbox != "" {
		return a.SharedInbox
	}
	return a.Inbox
}
