package fediverse

import (
	"context"
	"errors"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/store"
)

// handler says what an activity means here: its type, the type of its object ("" is any), what to do.
type handler struct {
	activity, object string
	do               federation.Handler
}

// handlers is the one list of what other servers can cause. Whatever is not in it has no effect.
func (f *Fediverse) handlers() []handler {
	return []handler{
		{"Create", "", f.create},
		{"Update", "", f.update},
		{"Delete", "", f.remove},
		{"Like", "", f.like},
		{"Announce", "", f.announce},
		{"Follow", "", f.follow},
		{"Block", "", f.block},
		{"Flag", "", f.flag},
		{"Move", "", f.move},
		{"QuoteRequest", "", f.quoteRequest},
		{"Undo", "", f.undo},
	}
}

// The reasons why an activity has no effect. They are stored with it and named in the log.
const (
	reasonNoObject   = "no_object"    // nothing that it is about
	reasonType       = "type"         // not a kind of post that says something
	reasonID         = "id_shape"     // an id that is none
	reasonOrigin     = "id_origin"    // the object is of another server than the actor
	reasonOwner      = "not_owner"    // the object is somebody else's
	reasonVote       = "no_poll"      // a vote; there is no poll
	reasonEmpty      = "empty"        // no words, no media
	reasonElsewhere  = "not_ours"     // about nothing of ours
	reasonDeleted    = "deleted"      // its author deleted it before it came
	reasonUnknown    = "unknown"      // undoes or changes what is not known
	reasonNoAlias    = "no_alias"     // moves to an account that does not say it is the same
	reasonLocalActor = "local_actor"  // speaks as an actor of ours
	reasonReverted   = "undo_delete"  // what was deleted stays deleted
	reasonNoMeaning  = "no_meaning"   // a type that means nothing here
	reasonWrapped    = "wrapped"      // an activity of somebody else inside: a hint at best
	reasonNotFetched = "not_fetched"  // only its origin could vouch for it, and did not
	reasonNoActor    = "actor_absent" // the actor could not be looked up, and never will be
)

// drop refuses an activity for good.
func drop(reason string) error { return federation.Drop(reason) }

// settle turns the kinds of failure that trying again does not mend into reasons.
func settle(err error) error {
	switch {
	case err == nil, errors.Is(err, federation.ErrDrop):
		return err
	case errors.Is(err, errs.Forbidden):
		return drop(reasonOwner)
	case errors.Is(err, errs.Conflict):
		return drop(reasonDeleted)
	case errors.Is(err, errs.NotFound):
		return drop(reasonUnknown)
	case errors.Is(err, errs.Invalid):
		return drop(reasonEmpty)
	}
	return err
}

// Process handles an activity that waits in the store: the Inbound of queue.Config. It revives
// the host that signed it, and reports why the activity had no effect, if it had none.
func (f *Fediverse) Process(ctx context.Context, in store.Inbound) (reason string, err error) {
	defer errs.Wrap(&err, "fediverse.Process(%s)", in.Activity)
	if host := vocab.Host(in.Actor); host != "" {
		err = f.db.Write(ctx, func(tx *store.Tx) error { return tx.ReviveHost(ctx, host) })
		if err != nil {
			return "", err
		}
	}
	err = f.fed.Process(ctx, in.Body, in.Actor)
	if errors.Is(err, federation.ErrDrop) {
		reason = federation.Reason(err)
		zerolog.Ctx(ctx).Info().Str("actor", in.Actor).Str("activity", in.Activity).Str("type", in.Type).
			Str("reason", reason).Msg("inbox.ignore")
		return reason, nil
	}
	return "", err
}
