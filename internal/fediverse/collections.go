package fediverse

import (
	"context"
	"net/url"
	"strconv"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// pageSize is how many ids a page of a collection lists.
const pageSize = 50

// firstPage is the cursor of the first page: less than every key of a row.
const firstPage policy.ID = 1

// listing is a collection of ids that is paged by key.
type listing struct {
	id    string
	owner string // attributedTo; empty if nobody is named
	group string // audience; empty if it is of no challenge

	// read returns up to n ids after a key, the key of the last, and the total.
	read func(ctx context.Context, p store.Page) (ids []string, last policy.ID, total int64, err error)
	// end returns the key after which the last page starts; nil if only the first is pointed to.
	end func(ctx context.Context) (policy.ID, error)
	// root comes before all others; empty if there is none.
	root string
}

// doc returns the collection, or the page of it that query asks for.
func (l *listing) doc(ctx context.Context, query string) (*vocab.Doc, error) {
	after, paged := page1(query)
	if paged {
		return l.page(ctx, after)
	}
	_, _, total, err := l.read(ctx, store.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	d := &vocab.Doc{
		ID: l.id, Type: "OrderedCollection", AttributedTo: l.owner, Audience: l.group,
		Listing: &vocab.Listing{TotalItems: l.total(total), First: l.at(firstPage)},
	}
	d.Listing.Last = d.Listing.First
	if total > pageSize && l.end != nil {
		key, err := l.end(ctx)
		if err != nil {
			return nil, err
		}
		d.Listing.Last = l.at(key)
	}
	return d, nil
}

// page returns the page after a key.
func (l *listing) page(ctx context.Context, after policy.ID) (*vocab.Doc, error) {
	p := store.Page{After: after, Limit: pageSize + 1}
	if after == firstPage {
		p.After = 0
	}
	ids, _, total, err := l.read(ctx, p)
	if err != nil {
		return nil, err
	}
	more := len(ids) > pageSize
	next := policy.ID(0)
	if more {
		p.Limit = pageSize
		if ids, next, _, err = l.read(ctx, p); err != nil {
			return nil, err
		}
	}
	if after == firstPage && l.root != "" {
		ids = append([]string{l.root}, ids...)
	}
	d := &vocab.Doc{
		ID: l.at(after), Type: "OrderedCollectionPage",
		Listing: &vocab.Listing{TotalItems: l.total(total), PartOf: l.id, Items: vocab.Refs(ids)},
	}
	if more {
		d.Listing.Next = l.at(next)
	}
	return d, nil
}

func (l *listing) at(after policy.ID) string { return l.id + "?page=" + cursor(after) }

func (l *listing) total(n int64) int64 {
	if l.root != "" {
		n++
	}
	return n
}

// page1 reads the cursor from a query; false if the whole collection is asked for.
func page1(query string) (after policy.ID, ok bool) {
	values, err := url.ParseQuery(query)
	if err != nil || !values.Has("page") {
		return 0, false
	}
	n, err := strconv.ParseInt(values.Get("page"), 10, 64)
	if err != nil || n < int64(firstPage) {
		return firstPage, true
	}
	return policy.ID(n), true
}

// counted is a collection of which only the number is told.
func counted(id, owner string, n int64) *vocab.Doc {
	return &vocab.Doc{ID: id, Type: "OrderedCollection", AttributedTo: owner, Listing: &vocab.Listing{TotalItems: n}}
}

// listed is a short collection that is told at once.
func listed(id, owner string, ids []string) *vocab.Doc {
	return &vocab.Doc{
		ID: id, Type: "OrderedCollection", AttributedTo: owner,
		Listing: &vocab.Listing{TotalItems: int64(len(ids)), Items: vocab.Refs(ids)},
	}
}

// answers is the collection of all accepted answers in the thread of root, whatever host they
// live on (wire.md §1.6).
func (f *Fediverse) answers(root, name, group string) *listing {
	filter := store.ContributionFilter{Root: root}
	l := &listing{id: root + "/" + name, owner: group, group: group}
	l.read = func(ctx context.Context, p store.Page) ([]string, policy.ID, int64, error) {
		return f.db.ContributionIRIs(ctx, filter, p)
	}
	l.end = func(ctx context.Context) (policy.ID, error) {
		newest := filter
		newest.NewestFirst = true
		_, last, _, err := f.db.ContributionIRIs(ctx, newest, store.Page{Limit: pageSize + 1})
		return last, err
	}
	return l
}

// outbox is the collection of the public activities of a local actor, newest first.
func (f *Fediverse) outbox(a *policy.Actor) *listing {
	l := &listing{id: a.IRI + "/outbox", owner: a.IRI}
	l.read = func(ctx context.Context, p store.Page) (ids []string, last policy.ID, total int64, err error) {
		list, total, err := f.db.Outbox(ctx, a.ID, p)
		for _, o := range list {
			ids, last = append(ids, o.IRI), o.ID
		}
		return ids, last, total, err
	}
	return l
}

// proposals is the collection of the published proposals of a challenge.
func (f *Fediverse) proposals(ch *policy.Challenge) *listing {
	l := &listing{id: ch.Actor.IRI + "/proposals", owner: ch.Actor.IRI}
	l.read = func(ctx context.Context, p store.Page) (ids []string, last policy.ID, total int64, err error) {
		list, err := f.db.Proposals(ctx, policy.Public, ch.ID, p)
		for _, pr := range list {
			ids, last = append(ids, f.base.Proposal(pr.Number)), pr.ID
		}
		return ids, last, ch.Counts.Proposals, err
	}
	return l
}

// featured lists what stands at the top of an actor's profile: of a challenge its opening, of the
// organisation the openings of its newest challenges.
func (f *Fediverse) featured(ctx context.Context, a *policy.Actor, ch *policy.Challenge) (*vocab.Doc, error) {
	var ids []string
	switch a.Kind {
	case policy.KindChallenge:
		ids = append(ids, f.base.Opening(ch.Number))
	case policy.KindOrganisation:
		list, err := f.db.Challenges(ctx, policy.Public, store.Page{Limit: 5}, policy.ChallengeOpen)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			ids = append(ids, f.base.Opening(c.Number))
		}
	}
	return listed(a.IRI+"/featured", a.IRI, ids), nil
}
