package federation

import (
	"context"
	"crypto"
	"errors"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"github.com/folkmoot/folkmoot/federation/signature"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

const (
	actorsInMemory = 32 << 20         // bytes of documents
	actorFresh     = 24 * time.Hour   // then it is fetched again, if its host answers
	actorFailed    = 5 * time.Minute  // for so long a failed fetch is not tried again,
	actorAway      = 30 * time.Second // and for so long if the host did not answer
	actorRefresh   = 10 * time.Second // between two refreshes that failed signatures cause
)

// Actor returns the document of a remote actor: from memory, from the cache of the program, or
// fetched from exactly id. Errors are those of [Federation.Fetch]; a failure is remembered for a
// while and not tried again.
func (f *Federation) Actor(ctx context.Context, id string) (_ *vocab.Object, err error) {
	defer wrap(&err, "federation.Actor(%s)", id)
	if f.ours(id) {
		return f.own(ctx, id)
	}
	return f.book.actor(ctx, id)
}

// RefreshActor fetches the document of a remote actor afresh, whatever is remembered.
func (f *Federation) RefreshActor(ctx context.Context, id string) (_ *vocab.Object, err error) {
	defer wrap(&err, "federation.RefreshActor(%s)", id)
	return f.book.fetch(ctx, id)
}

// ForgetActor drops what is remembered of a remote actor.
func (f *Federation) ForgetActor(ctx context.Context, id string) (err error) {
	defer wrap(&err, "federation.ForgetActor(%s)", id)
	f.book.memory.Invalidate(id)
	return f.book.c.Cache.Forget(ctx, id)
}

// book remembers remote actors: in front of the program's [ActorCache] it keeps the ones that are
// busy in memory, and what could not be fetched.
type book struct {
	c       Config
	reader  reader
	memory  *otter.Cache[string, entry]
	flights singleflight.Group

	refreshed *otter.Cache[string, time.Time]
}

// entry is what is known of an actor: a document, or why there is none.
type entry struct {
	doc *vocab.Object
	err error
	at  time.Time
}

func newBook(c Config) *book {
	inline := func(task func()) { task() } // no goroutines of its own
	return &book{
		c:      c,
		reader: reader{c},
		memory: otter.Must(&otter.Options[string, entry]{
			MaximumWeight: actorsInMemory,
			Weigher: func(id string, e entry) uint32 {
				n := len(id) + 512
				if e.doc != nil {
					n += 2 * len(e.doc.Raw)
				}
				return uint32(n) //nolint:gosec // bounded by the size of a document
			},
			Executor: inline,
		}),
		refreshed: otter.Must(&otter.Options[string, time.Time]{MaximumSize: 10_000, Executor: inline}),
	}
}

// scaled divides an interval for tests.
func (b *book) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / b.c.Scale)
}

// actor returns the document of an actor.
func (b *book) actor(ctx context.Context, id string) (*vocab.Object, error) {
	now := b.c.Now()
	e, ok := b.memory.GetIfPresent(id)
	if ok && e.err != nil && now.Sub(e.at) < b.scaled(patience(e.err)) {
		return nil, e.err
	}
	if !ok || e.err != nil {
		doc, at, err := b.load(ctx, id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		e = entry{doc: doc, at: at}
		if doc != nil {
			b.memory.Set(id, e)
		}
	}
	if e.doc != nil && now.Sub(e.at) < b.scaled(actorFresh) {
		return e.doc, nil
	}
	doc, err := b.fetch(ctx, id)
	if err != nil && e.doc != nil && errors.Is(err, ErrUnreachable) {
		b.memory.Set(id, entry{doc: e.doc, at: now.Add(b.scaled(actorAway - actorFresh))})
		return e.doc, nil // old, but better than nothing while its host is away
	}
	return doc, err
}

// known reports whether an actor was ever fetched, without fetching it.
func (b *book) known(ctx context.Context, id string) (bool, error) {
	if e, ok := b.memory.GetIfPresent(id); ok && e.doc != nil {
		return true, nil
	}
	_, _, err := b.c.Cache.Load(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// load reads an actor from the program's cache.
func (b *book) load(ctx context.Context, id string) (*vocab.Object, time.Time, error) {
	body, at, err := b.c.Cache.Load(ctx, id)
	if err != nil {
		return nil, time.Time{}, err
	}
	doc, err := vocab.Decode(body)
	if err != nil || doc.ID != id {
		return nil, time.Time{}, ErrNotFound
	}
	return doc, at, nil
}

// fetch fetches an actor, once for all who ask at the same time, and remembers what came of it.
// It goes on when the one who asked first has gone away.
func (b *book) fetch(ctx context.Context, id string) (*vocab.Object, error) {
	v, err, _ := b.flights.Do(id, func() (any, error) {
		ctx := context.WithoutCancel(ctx)
		doc, err := b.reader.document(ctx, id, false)
		if err == nil && doc.Inbox == "" && len(doc.PublicKeys) == 0 {
			err = untrue("not_actor")
		}
		switch {
		case errors.Is(err, ErrBudget):
			return nil, err
		case errors.Is(err, ErrGone):
			if err := b.c.Cache.Forget(ctx, id); err != nil {
				return nil, err
			}
		case err == nil:
			if err := b.c.Cache.Save(ctx, id, doc.Raw, b.c.Now()); err != nil {
				return nil, err
			}
		}
		b.memory.Set(id, entry{doc: doc, err: err, at: b.c.Now()})
		return doc, err
	})
	if err != nil {
		return nil, err
	}
	return v.(*vocab.Object), nil
}

// key returns the key that an actor lists under keyID. afresh looks at the actor again, if that
// was not done a moment ago (actorRefresh); then ok tells whether it was. An actor that lists no
// such key is ErrUntrue.
func (b *book) key(ctx context.Context, actor, keyID string, afresh bool) (_ crypto.PublicKey, ok bool, err error) {
	var doc *vocab.Object
	switch {
	case !afresh:
		doc, err = b.actor(ctx, actor)
	case b.mayRefresh(actor):
		doc, err = b.fetch(ctx, actor)
	default:
		return nil, false, nil
	}
	if err != nil {
		return nil, true, err
	}
	key, err := listed(doc, keyID)
	return key, true, err
}

// mayRefresh reports whether a failed signature may make us fetch an actor again, and takes note.
func (b *book) mayRefresh(actor string) bool {
	now, may := b.c.Now(), false
	b.refreshed.Compute(actor, func(last time.Time, found bool) (time.Time, otter.ComputeOp) {
		if may = !found || now.Sub(last) >= b.scaled(actorRefresh); may {
			return now, otter.WriteOp
		}
		return last, otter.CancelOp
	})
	return may
}

// listed returns the key with that id in an actor's document. A key that names another owner, or
// lies on another host, is not the actor's.
func listed(doc *vocab.Object, keyID string) (crypto.PublicKey, error) {
	for _, k := range doc.PublicKeys {
		if k.ID != keyID || (k.Owner != "" && k.Owner != doc.ID) || !vocab.SameOrigin(k.ID, doc.ID) {
			continue
		}
		parse, text := signature.ParsePublicPEM, k.PEM
		if text == "" {
			parse, text = signature.ParseMultibase, k.Multibase
		}
		key, err := parse(text)
		if err != nil {
			return nil, untrue("key_form")
		}
		return key, nil
	}
	return nil, untrue("key_owner")
}

// patience is how long a failure is remembered.
func patience(err error) time.Duration {
	if errors.Is(err, ErrUnreachable) {
		return actorAway
	}
	return actorFailed
}
