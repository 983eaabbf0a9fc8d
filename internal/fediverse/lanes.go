package fediverse

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/delivery"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// lanes keeps deliveries in the store: the port delivery.Queue.
type lanes struct{ db *store.DB }

// Lease implements delivery.Queue.
func (q lanes) Lease(ctx context.Context, n int, _, until time.Time) (list []delivery.Lane, err error) {
	err = q.db.Write(ctx, func(tx *store.Tx) error {
		list = nil
		hosts, err := tx.LeaseHosts(ctx, n, until)
		for _, h := range hosts {
			list = append(list, delivery.Lane{Host: h.Name, Token: h.Token, Failures: h.Failures, Since: h.Failing})
		}
		return err
	})
	return list, err
}

// Items implements delivery.Queue.
func (q lanes) Items(ctx context.Context, l delivery.Lane, n int) ([]delivery.Item, error) {
	list, err := q.db.Deliveries(ctx, l.Host, n)
	if err != nil {
		return nil, err
	}
	items := make([]delivery.Item, len(list))
	for i, d := range list {
		items[i] = delivery.Item{
			ID: int64(d.ID), Host: d.Host, Inbox: d.Inbox, Sender: d.Sender, Object: d.Object,
			Activity: d.Activity, Body: d.Body, Attempts: d.Attempts, Next: d.Next,
		}
	}
	return items, nil
}

// Settle implements delivery.Queue.
func (q lanes) Settle(ctx context.Context, l delivery.Lane, out []delivery.Outcome, next time.Time) (ok bool, err error) {
	s := store.Settlement{Next: next, Failures: l.Failures, Failing: l.Since, Dead: l.Dead, Reason: l.Error}
	for _, o := range out {
		id := policy.ID(o.Item.ID)
		if o.Done {
			s.Done = append(s.Done, id)
		} else {
			s.Later = append(s.Later, store.Later{ID: id, Attempts: o.Item.Attempts, Next: o.Next})
		}
	}
	err = q.db.Write(ctx, func(tx *store.Tx) error {
		ok, err = tx.SettleHost(ctx, store.LeasedHost{Name: l.Host, Token: l.Token}, s)
		return err
	})
	return ok, err
}

// goneAfter is how long an actor must be gone before it follows no more: twice gone, a day apart.
const goneAfter = 24 * time.Hour

// onGone looks again at those who get their post at an inbox that is not there: it may have
// moved, or they may be gone.
func (f *Fediverse) onGone(ctx context.Context, it delivery.Item, _ int) {
	owners, err := f.db.ActorsAt(ctx, it.Inbox)
	for _, a := range owners {
		if err == nil {
			err = f.seek(ctx, a.IRI)
		}
	}
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Str("inbox", it.Inbox).Msg("owner of an inbox not looked up")
	}
}

// seek refreshes an actor. One that is gone, and was a day ago, follows nobody any longer.
func (f *Fediverse) seek(ctx context.Context, iri string) error {
	doc, err := f.fed.RefreshActor(ctx, iri)
	gone := errors.Is(err, federation.ErrGone) || errors.Is(err, federation.ErrNotFound)
	if err != nil && !gone {
		return err
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		if !gone {
			a := person(doc)
			if err := tx.AddActor(ctx, a); err != nil {
				return err
			}
			return tx.Found(ctx, a.ID)
		}
		a, err := tx.ActorByIRI(ctx, iri)
		if err != nil {
			return unknown(err)
		}
		since, err := tx.Missed(ctx, a.ID)
		if err != nil || tx.At.Sub(since) < goneAfter {
			return err
		}
		list, err := tx.Following(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, fo := range list {
			if err := tx.RemoveFollower(ctx, fo.Actor, fo.Who); err != nil {
				return err
			}
		}
		return nil
	})
}

// onRefused ends messages to those whose server answers 403: it will have nothing from us.
func (f *Fediverse) onRefused(ctx context.Context, it delivery.Item, status int) {
	if status != http.StatusForbidden {
		return
	}
	for _, iri := range addressees(it.Body) {
		a, err := f.db.ActorByIRI(ctx, iri)
		if err == nil && !a.Local {
			err = f.app.Stop(ctx, *a, 0, "refused")
		}
		if unknown(err) != nil {
			zerolog.Ctx(ctx).Error().Err(err).Str("actor", iri).Msg("messages not stopped")
		}
	}
}

// addressees are the ids that an activity of ours is addressed to.
func addressees(body []byte) []string {
	o, err := vocab.Decode(json.RawMessage(body))
	if err != nil {
		return nil
	}
	return append(o.To, o.Cc...)
}
