package fediverse

import (
	"context"
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// maxSummary is how long the summary of an Article may be (FEP-b2b8). Mastodon shows name,
// summary and link of an Article, and never its content.
const maxSummary = 500

// article is what openings and proposals have in common: the organisation says it, to everybody,
// in the challenge.
func (f *Fediverse) article(iri string, ch *policy.Challenge, org *policy.Organisation) *vocab.Doc {
	return &vocab.Doc{
		ID: iri, Type: "Article", AttributedTo: org.Actor.IRI, Audience: ch.Actor.IRI,
		To:        []string{vocab.Public, ch.Actor.IRI},
		Cc:        []string{policy.Followers(org.Actor.IRI)},
		URL:       iri,
		Language:  ch.Lang,
		MediaType: "text/html",
		Context:   iri + "/context",
		Replies:   vocab.Ref(iri + "/replies"),
		Tag:       []vocab.Tag{{Type: "Mention", Href: ch.Actor.IRI, Name: "@" + ch.Actor.Handle + "@" + f.host}},
		Quotable:  true,
	}
}

// reactions puts the counts of likes and shares into a document.
func reactions(d *vocab.Doc, likes, shares int64) {
	count := func(name string, n int64) *vocab.Doc {
		return &vocab.Doc{ID: d.ID + "/" + name, Type: "Collection", Listing: &vocab.Listing{TotalItems: n}}
	}
	d.Likes, d.Shares = count("likes", likes), count("shares", shares)
}

// openingDoc is the opening post of a challenge.
func (f *Fediverse) openingDoc(ch *policy.Challenge, org *policy.Organisation) *vocab.Doc {
	d := f.article(f.base.Opening(ch.Number), ch, org)
	d.Kind, d.Stage, d.RespondBy = "opening", string(stage(ch)), ch.RespondBy
	d.Name, d.Published = ch.Title, ch.Opened
	d.Summary = f.openingSummary(ch)
	d.Content = f.openingContent(ch)
	d.Preview = preview(d)
	for _, a := range ch.AddressedTo {
		if a.State == policy.AddresseeFound {
			d.Cc = append(d.Cc, a.IRI)
			d.Tag = append(d.Tag, vocab.Tag{Type: "Mention", Href: a.IRI, Name: a.Handle})
		}
	}
	for _, t := range ch.Tags {
		d.Tag = append(d.Tag, vocab.Tag{Type: "Hashtag", Name: "#" + t, Href: string(f.base) + "/c?tag=" + strings.ToLower(t)})
	}
	reactions(d, ch.Counts.Likes, ch.Counts.Shares)
	return d
}

// openingSummary says what is asked, and ends with how to answer: most people see no more of the
// opening than its title and this (wire.md §1.2).
func (f *Fediverse) openingSummary(ch *policy.Challenge) string {
	p := locale.For(ch.Lang)
	last := p.T("wire.opening.howto")
	promise := p.T("wire.opening.promise", "Count", ch.ReadWithin) + " "
	question := ""
	if !asks(ch.Title+" "+ch.Summary, ch.Question) {
		question = paragraph(ch.Question)
	}
	for _, s := range []string{
		question + paragraph(ch.Summary) + paragraph(promise+last),
		question + paragraph(ch.Summary) + paragraph(last),
		paragraph(ch.Summary) + paragraph(promise+last),
		paragraph(ch.Summary) + paragraph(last),
	} {
		if utf8.RuneCountInString(s) <= maxSummary {
			return s
		}
	}
	return paragraph(cut(ch.Summary, maxSummary-len("<p></p><p></p>")-utf8.RuneCountInString(last))) + paragraph(last)
}

// asks reports whether text has the words of the question.
func asks(text, question string) bool {
	words := func(s string) string {
		return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) }), " ")
	}
	return strings.Contains(words(text), words(question))
}

// cut shortens text so that it has at most n characters once it is escaped.
func cut(text string, n int) string {
	runes := []rune(text)
	for len(runes) > 0 && utf8.RuneCountInString(html.EscapeString(string(runes)))+1 > n {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimSpace(string(runes)) + "…"
}

// openingContent is the whole opening, as those read it who show Articles in full.
func (f *Fediverse) openingContent(ch *policy.Challenge) string {
	p := locale.For(ch.Lang)
	section := func(id, safe string) string {
		if safe == "" {
			return ""
		}
		return "<h2>" + html.EscapeString(p.T(id)) + "</h2>" + safe
	}
	summary := paragraph(ch.Summary)
	if ch.Summary == ch.Question { // it follows
		summary = ""
	}
	return summary +
		section("wire.opening.question", paragraph(ch.Question)) +
		ch.BackgroundHTML +
		section("wire.opening.canChange", paragraph(ch.CanChange)) +
		section("wire.opening.cannotChange", paragraph(ch.CannotChange)) +
		section("wire.opening.answer", paragraph(p.T("wire.opening.answerBy", "Responder", ch.Responder, "Date", p.Date(ch.RespondBy, f.now())))+
			paragraph(p.T("wire.opening.promise", "Count", ch.ReadWithin)+" "+p.T("wire.opening.howto"))) +
		section("wire.opening.privacy", paragraph(p.T("wire.opening.privacyText", "Page", f.base.Challenge(ch.Number))))
}

// preview is a Note in place of an Article, for those who show only Notes (FEP-b2b8).
func preview(d *vocab.Doc) *vocab.Doc {
	return &vocab.Doc{
		Type: "Note", AttributedTo: d.AttributedTo, Published: d.Published,
		Content: "<p><strong>" + html.EscapeString(d.Name) + "</strong></p>" + d.Summary,
	}
}

// proposalDoc is a proposal in its current version.
func (f *Fediverse) proposalDoc(pr *policy.Proposal, ch *policy.Challenge, org *policy.Organisation) *vocab.Doc {
	d := f.article(f.base.Proposal(pr.Number), ch, org)
	d.Published = pr.Published
	f.edition(d, pr, &pr.Current, ch)
	if pr.Current.Number > 1 {
		d.Updated = pr.Current.Published
	}
	d.Preview = preview(d)
	reactions(d, pr.Likes, pr.Shares)
	return d
}

// versionDoc is one version of a proposal, as it was.
func (f *Fediverse) versionDoc(pr *policy.Proposal, v *policy.Version, ch *policy.Challenge, org *policy.Organisation) *vocab.Doc {
	d := f.article(f.base.Version(pr.Number, v.Number), ch, org)
	d.Context, d.Replies = f.base.Proposal(pr.Number)+"/context", nil
	d.Published = v.Published
	f.edition(d, pr, v, ch)
	return d
}

// edition puts the text of a version into a document.
func (f *Fediverse) edition(d *vocab.Doc, pr *policy.Proposal, v *policy.Version, ch *policy.Challenge) {
	d.Kind, d.Revision, d.Name = "proposal", v.Number, pr.Title
	d.Summary = f.proposalSummary(v.Summary, pr, ch)
	d.Content = v.HTML
	d.Source = &vocab.Source{Content: v.Text, MediaType: "text/markdown"}
}

// proposalSummary is self-standing, and ends with how to answer.
func (f *Fediverse) proposalSummary(summary string, pr *policy.Proposal, ch *policy.Challenge) string {
	if summary == "" {
		summary = pr.Summary
	}
	last := locale.For(ch.Lang).T("wire.opening.howto")
	s := paragraph(summary) + paragraph(last)
	if utf8.RuneCountInString(s) <= maxSummary {
		return s
	}
	return paragraph(cut(summary, maxSummary-len("<p></p><p></p>")-utf8.RuneCountInString(last))) + paragraph(last)
}

// quoteDoc is the permission to quote a post of ours (FEP-044f).
func (f *Fediverse) quoteDoc(ctx context.Context, iri string) (*vocab.Doc, error) {
	q, err := f.db.QuoteByIRI(ctx, iri)
	if err != nil {
		return nil, err
	}
	owner, err := f.db.Actor(ctx, q.Owner)
	if err != nil {
		return nil, err
	}
	return quoteAuthorization(q, owner), nil
}

func quoteAuthorization(q *store.Quote, owner *policy.Actor) *vocab.Doc {
	return &vocab.Doc{
		ID: q.IRI, Type: "QuoteAuthorization", AttributedTo: owner.IRI,
		InteractingObject: q.Quoting, InteractionTarget: q.Object,
	}
}

// Preview returns how Mastodon will show the opening of c.
func (f *Fediverse) Preview(c *policy.Challenge, o *policy.Organisation) policy.OpeningPreview {
	summary := f.openingSummary(c)
	link := f.base.Opening(c.Number)
	p := policy.OpeningPreview{
		Name: o.Actor.DisplayName(), Handle: "@" + o.Actor.Handle + "@" + f.host,
		Title: c.Title, Summary: summary, Link: link,
	}
	p.Characters = utf8.RuneCountInString(c.Title) + utf8.RuneCountInString(markup.Text(summary)) + mastodonLink
	return p
}

// mastodonLink is how many characters Mastodon counts for a link, however long it is.
const mastodonLink = 23

// cursor writes a key of a list as it stands in addresses of pages.
func cursor(id policy.ID) string { return strconv.FormatInt(int64(id), 10) }
