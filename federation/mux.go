package federation

import (
	"context"
	"fmt"

	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

// fetchesPerActivity bounds what one received activity may make us fetch.
const fetchesPerActivity = 20

// Handler gives an activity its meaning. It runs at least once per activity, so it must be able
// to run twice. Return an error wrapping [ErrDrop] to refuse it for good; any other error is
// retried. a.Actor has been verified; of everything else only that the actor says so is known.
type Handler func(ctx context.Context, a *vocab.Object) error

// key is what a handler is registered for. Empty means any.
type key struct{ activity, object string }

// On says what to do with activities of a type about objects of a type: On("Create", "Note", h).
// An empty string means any; the most specific handler wins, and the type of the activity counts
// before that of the object. An object that came only as an id has no type. Registering the
// same pair twice is a mistake of the programmer and panics.
func (f *Federation) On(activity, object string, h Handler) {
	k := key{activity, object}
	if _, twice := f.mux[k]; twice {
		panic(fmt.Sprintf("federation: On(%q, %q) twice", activity, object))
	}
	f.mux[k] = h
}

// handler returns the most specific handler for a; nil if there is none.
func (f *Federation) handler(a *vocab.Object) Handler {
	object := ""
	if a.Object != nil {
		object = a.Object.Type
	}
	for _, k := range []key{{a.Type, object}, {a.Type, ""}, {"", object}, {"", ""}} {
		if h := f.mux[k]; h != nil {
			return h
		}
	}
	return nil
}

// Process decodes an activity that [Inbox] kept and hands it to its handler. actor is its
// verified signer. While it runs, [Federation.Fetch] and [Federation.Actor] fetch at most twenty
// documents for it. An error wrapping [ErrDrop] means that it has no effect and never will
// ([Reason] says why); any other error may pass.
func (f *Federation) Process(ctx context.Context, body []byte, actor string) (err error) {
	defer wrap(&err, "federation.Process(%s)", actor)
	a, err := vocab.Decode(body)
	if err != nil {
		return Drop("json")
	}
	if a.Actor != actor {
		return Drop("actor_mismatch")
	}
	h := f.handler(a)
	if h == nil {
		return Drop("unknown_type")
	}
	return h(fetch.WithBudget(ctx, fetchesPerActivity), a)
}
