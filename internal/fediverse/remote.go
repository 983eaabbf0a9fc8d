package fediverse

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Limits on what is kept of an actor.
const (
	maxHandle  = 100
	maxName    = 100
	maxProfile = 2000
)

// author returns what is known of a remote actor, by its document.
func (f *Fediverse) author(ctx context.Context, iri string) (*policy.Actor, error) {
	doc, err := f.fed.Actor(ctx, iri)
	if err != nil {
		return nil, remote(err)
	}
	return person(doc), nil
}

// fetched returns an object as its origin serves it.
func (f *Fediverse) fetched(ctx context.Context, iri string) (*vocab.Object, error) {
	if f.ours(iri) {
		return nil, drop(reasonElsewhere)
	}
	o, err := f.fed.Fetch(ctx, iri)
	return o, remote(err)
}

// remote turns failures of looking something up into our kinds: what may pass is tried again,
// everything else drops the activity.
func remote(err error) error {
	switch {
	case err == nil, errors.Is(err, federation.ErrDrop):
		return err
	case errors.Is(err, federation.ErrNotFound), errors.Is(err, federation.ErrGone),
		errors.Is(err, federation.ErrUntrue), errors.Is(err, federation.ErrBudget):
		return drop(reasonNotFetched)
	case errors.Is(err, federation.ErrUnreachable):
		return fmt.Errorf("%w: %w", errs.Unavailable, err)
	}
	return err
}

// person makes a policy.Actor of an actor's document.
func person(doc *vocab.Object) *policy.Actor {
	return &policy.Actor{
		IRI:         doc.ID,
		Kind:        actorKind(doc.Type),
		Host:        vocab.Host(doc.ID),
		Handle:      handle(doc.PreferredUsername),
		Name:        markup.Plain(doc.Name, maxName),
		Summary:     markup.Plain(markup.Text(doc.Summary), maxProfile),
		URL:         pageOn(doc.URL, doc.ID),
		Inbox:       webID(doc.Inbox),
		SharedInbox: webID(doc.SharedInbox),
		Followers:   doc.Followers,
		Indexable:   doc.Indexable,
		State:       policy.ActorActive,
	}
}

// handle returns the name of an account on its own server. What follows an "@" or a space in it
// would be read as the server, or as something else that the account is not.
func handle(username string) string {
	plain := strings.TrimLeft(markup.Plain(username, maxHandle), "@ ")
	if end := strings.IndexAny(plain, "@ "); end >= 0 {
		return plain[:end]
	}
	return plain
}

// webID returns an address in the one spelling that can be sent to, else nothing.
func webID(address string) string {
	if _, err := vocab.ParseID(address); err != nil {
		return ""
	}
	return address
}

// actorKind says what stands behind a type of actor.
func actorKind(typ string) policy.ActorKind {
	switch typ {
	case "Group":
		return policy.KindChallenge
	case "Organization":
		return policy.KindOrganisation
	case "Application", "Service":
		return policy.KindApplication
	}
	return policy.KindPerson
}

// isActor reports whether a type is one of somebody who acts.
func isActor(typ string) bool {
	switch typ {
	case "Person", "Group", "Organization", "Application", "Service":
		return true
	}
	return false
}
