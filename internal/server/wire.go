package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/internal/auth"
	"github.com/folkmoot/folkmoot/internal/fediverse"
	"github.com/folkmoot/folkmoot/internal/queue"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/web"
)

// consequences are the kinds of task that every event causes. Each has a line in tasks.
var consequences = []string{"federate"}

// tasks says what carries out each kind of task.
func tasks(f *fediverse.Fediverse) map[string]func(context.Context, store.Task) error {
	return map[string]func(context.Context, store.Task) error{
		"federate": f.Federate,
	}
}

// worker is something that runs until its context ends.
type worker struct {
	name string
	run  func(context.Context) error
}

// wire makes the handler of all requests and the workers behind it.
func (i *Instance) wire(ctx context.Context, version string) (http.Handler, []worker, error) {
	f, err := fediverse.New(ctx, fediverse.Config{
		DB: i.DB, App: i.App, URL: i.Config.Base(), Gate: i.gate, Version: version,
		Test: len(i.gate.TestPeers) > 0, Scale: i.Config.TimeScale,
	})
	if err != nil {
		return nil, nil, err
	}
	fed := f.Federation()
	var peers []string
	for _, p := range i.gate.TestPeers {
		peers = append(peers, p.String())
	}
	pages := web.New(web.Config{
		DB: i.DB, App: i.App, Auth: auth.New(i.DB, i.Config.Base().Scheme == "https"), URL: i.Config.URL,
		Inbox: fed.ServeInbox(), WellKnown: fed.WellKnown(), Negotiate: fed.Negotiate,
		Interact: f.Interact, Preview: f.Preview, TestPeers: peers, Version: version,
	})
	work := queue.New(queue.Config{DB: i.DB, Tasks: tasks(f), Inbound: f.Process, Scale: i.Config.TimeScale})
	return logged(*zerolog.Ctx(ctx), closing(pages.Handler())), []worker{
		{"queue", work.Run},
		{"delivery", f.Deliver},
		{"log sealer", i.sealLog},
		{"pruning", i.prune},
	}, nil
}

// logged puts the logger where every request finds it.
func logged(log zerolog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(log.WithContext(r.Context())))
	})
}

// closing ends the connection after a request whose body is chunked. net/http hides whether such a
// request named a length as well, and what a proxy forwarded by that length must not be read as
// the next request (RFC 9112, 6.1).
func closing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// run starts the workers and returns what waits for them to stop.
func run(ctx context.Context, work []worker) func() error {
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		all  error
	)
	for _, w := range work {
		wait.Go(func() {
			if err := w.run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				zerolog.Ctx(ctx).Error().Err(err).Str("task", w.name).Msg("worker stopped")
				mu.Lock()
				all = errors.Join(all, err)
				mu.Unlock()
			}
		})
	}
	return func() error {
		wait.Wait()
		return all
	}
}

const (
	sealEvery  = 500 * time.Millisecond
	pruneEvery = time.Hour
)

// sealLog gives new log entries their place in the chain, within a second.
func (i *Instance) sealLog(ctx context.Context) error {
	return every(ctx, sealEvery, func() error {
		_, err := i.App.SealLog(ctx)
		return err
	})
}

// prune drops what need not be kept any longer.
func (i *Instance) prune(ctx context.Context) error {
	return every(ctx, pruneEvery, func() error { return i.DB.Prune(ctx, time.Now()) })
}

// every calls f now and then again after each pause, until ctx ends. An error is logged: the next
// call may do better.
func every(ctx context.Context, pause time.Duration, f func() error) error {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		if err := f(); err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Error().Err(err).Msg("upkeep failed")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}
