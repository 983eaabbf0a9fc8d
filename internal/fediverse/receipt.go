package fediverse

import (
	"context"
	"fmt"
	"html"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// receipt is a stored receipt with its addressee.
type receipt struct {
	message *store.Message
	to      *policy.Actor
}

// receiptAt returns the receipt at an address of ours; errs.NotFound.
func (f *Fediverse) receiptAt(ctx context.Context, iri string) (*receipt, error) {
	m, err := f.db.MessageByIRI(ctx, iri)
	if err != nil {
		return nil, err
	}
	to, err := f.db.Actor(ctx, m.To)
	if err != nil {
		return nil, err
	}
	return &receipt{m, to}, nil
}

// thank sends whoever answered a challenge the one receipt there is for it, as a reply to
// their post that mentions only them: quiet public at most, direct where the post was private or
// the organisation prefers it (wire.md §1.8).
func (f *Fediverse) thank(ctx context.Context, e *policy.Event) (err error) {
	defer errs.Wrap(&err, "fediverse.thank(%d)", e.Subject)
	c, ch, err := f.contributed(ctx, e)
	if err != nil || c == nil {
		return err
	}
	org, err := f.db.Organisation(ctx)
	if err != nil {
		return err
	}
	due, err := f.owed(ctx, c, org)
	if err != nil || !due {
		return err
	}
	m := &store.Message{
		IRI:       f.base.Receipt(ch.Number, f.ulid(c.Received, "receipt", ch.ID, c.Author.ID)),
		Challenge: ch.ID, To: c.Author.ID, Contribution: c.ID,
		HTML: f.receiptHTML(c, ch), Lang: locale.For(ch.Lang).Lang(),
		Visibility: receiptVisibility(c.Visibility, org.Receipts),
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		m.Created = tx.At
		isNew, err := tx.AddMessage(ctx, m)
		if err != nil || !isNew {
			return err
		}
		note := f.receiptNote(&receipt{m, &c.Author}, c.IRI, &ch.Actor)
		out := &vocab.Doc{Type: "Create", Actor: ch.Actor.IRI, To: note.To, Cc: note.Cc, Published: note.Published, Object: note}
		return f.send(ctx, tx, sending{
			id: f.ulid(c.Received, "receipt.create", ch.ID, c.Author.ID), by: &ch.Actor, doc: out, object: m.IRI,
			to: []string{c.Author.Inbox},
		})
	})
}

// contributed returns the contribution that an event is about, with its challenge; nil if its
// author has taken it back meanwhile.
func (f *Fediverse) contributed(ctx context.Context, e *policy.Event) (*policy.Contribution, *policy.Challenge, error) {
	c, err := f.db.ContributionByID(ctx, everything, e.Subject)
	if err != nil {
		return nil, nil, unknown(err)
	}
	if c.Moderation == policy.ModerationWithdrawn {
		return nil, nil, nil
	}
	ch, err := f.db.ChallengeByID(ctx, everything, c.Challenge)
	if err != nil {
		return nil, nil, unknown(err)
	}
	return c, ch, nil
}

// owed reports whether the author of c gets a receipt: a person of another server, who wants
// messages, while the organisation sends any.
func (f *Fediverse) owed(ctx context.Context, c *policy.Contribution, org *policy.Organisation) (bool, error) {
	switch c.Moderation {
	case policy.ModerationDeclined, policy.ModerationRemoved:
		return false, nil
	}
	if org.Receipts == policy.ReceiptNone || c.Author.Kind != policy.KindPerson && c.Author.Kind != policy.KindOrganisation {
		return false, nil
	}
	return f.reachable(ctx, &c.Author, c.Challenge)
}

// reachable reports whether messages from a challenge may go to an actor at all.
func (f *Fediverse) reachable(ctx context.Context, a *policy.Actor, challenge policy.ID) (bool, error) {
	if a.Local || a.Inbox == "" || a.State == policy.ActorBlocked || a.State == policy.ActorGone {
		return false, nil
	}
	blocked, err := f.db.HostBlocked(ctx, a.Host)
	if err != nil || blocked {
		return false, err
	}
	stopped, err := f.db.MessagesStopped(ctx, a.ID, challenge)
	return !stopped, err
}

// receiptVisibility is never wider than the post, and never public.
func receiptVisibility(post policy.Visibility, mode policy.ReceiptMode) policy.Visibility {
	if post.Private() || mode == policy.ReceiptPrivate {
		return policy.VisibilityDirect
	}
	return policy.VisibilityUnlisted
}

// receiptHTML is what the receipt says. What everybody can see has a number and a page; what is
// held or private has a code.
func (f *Fediverse) receiptHTML(c *policy.Contribution, ch *policy.Challenge) string {
	p := locale.For(ch.Lang)
	id, number, link := "wire.receipt.code", c.Code, f.base.Challenge(ch.Number)
	switch {
	case c.Shown():
		id, number, link = "wire.receipt.number", p.Number(c.Number), f.base.Contribution(ch.Number, c.Number)
	case c.Visibility.Private():
		id = "wire.receipt.private"
	}
	mention := fmt.Sprintf(`<span class="h-card"><a href="%s" class="u-url mention">@<span>%s</span></a></span>`,
		html.EscapeString(page(&c.Author)), html.EscapeString(c.Author.Handle))
	anchor := fmt.Sprintf(`<a href="%s">%s</a>`, link, link)
	until := policy.ReadBy(c.Received, ch.ReadWithin)
	return "<p>" + mention + " " + p.T(id, "Number", html.EscapeString(number), "Date", p.Date(until, f.now()), "Link", anchor) + "</p>"
}

// page returns the page of an actor, or its id where it has none.
func page(a *policy.Actor) string {
	if a.URL != "" {
		return a.URL
	}
	return a.IRI
}

// receiptNote is the document of a receipt. It names the challenge as its page, and is in nobody's
// audience: it concerns one person.
func (f *Fediverse) receiptNote(r *receipt, answers string, group *policy.Actor) *vocab.Doc {
	note := &vocab.Doc{
		ID: r.message.IRI, Type: "Note", Kind: "receipt", AttributedTo: group.IRI,
		To: []string{r.to.IRI}, InReplyTo: answers, ReceiptFor: answers, URL: group.IRI,
		Published: r.message.Created, Content: r.message.HTML, Language: r.message.Lang,
		Tag: []vocab.Tag{{Type: "Mention", Href: r.to.IRI, Name: r.to.At()}},
	}
	if r.message.Visibility == policy.VisibilityUnlisted {
		note.Cc = []string{vocab.Public}
	}
	return note
}

// read likes a post: a person has read it. Whoever wants no messages gets no like either.
func (f *Fediverse) read(ctx context.Context, e *policy.Event) (err error) {
	defer errs.Wrap(&err, "fediverse.read(%d)", e.Subject)
	c, ch, err := f.contributed(ctx, e)
	if err != nil || c == nil {
		return err
	}
	ok, err := f.reachable(ctx, &c.Author, ch.ID)
	if err != nil || !ok {
		return err
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		like := &vocab.Doc{Type: "Like", Actor: ch.Actor.IRI, To: []string{c.Author.IRI}, Object: vocab.Ref(c.IRI)}
		return f.send(ctx, tx, sending{
			id: f.ulid(c.Received, "read", c.ID), by: &ch.Actor, doc: like, object: c.IRI, to: []string{c.Author.Inbox},
		})
	})
}
