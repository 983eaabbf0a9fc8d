package delivery

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

const (
	inFlight = 4                // items of one host at once
	look     = 100              // items of a lane looked at to find them
	lease    = 20 * time.Second // more than a round can take
	limit    = 15 * time.Second // on one POST, whatever the client allows
)

// ErrNoSender is what Config.Sign returns, wrapped, for a sender that has no keys here: the item
// is dropped. Any other error of Sign puts the lane off without blaming the host.
var ErrNoSender = errors.New("no such sender")

// Poster sends one request and never follows a redirection; a *fetch.Client is one.
type Poster interface {
	Post(ctx context.Context, req *http.Request) (*fetch.Response, error)
}

// Config makes a [Sender]. Queue, Client and Sign are required.
type Config struct {
	Queue  Queue
	Client Poster

	// Sign signs req, whose body is given, as a local actor.
	Sign func(ctx context.Context, sender string, req *http.Request, body []byte) error

	// OnGone is called when an inbox answered 404, 410 or with a redirection: its owner is to be
	// looked at again. OnRefused is called when it answered 401 or 403. Both are called after the
	// outcome is stored, from many goroutines, and may be nil.
	OnGone    func(ctx context.Context, it Item, status int)
	OnRefused func(ctx context.Context, it Item, status int)

	// Listen returns a channel that is signalled when items enter the queue, and what ends that. It
	// may be nil: then the sender relies on Poll and [Sender.Wake].
	Listen func() (woken <-chan struct{}, stop func())

	Hosts int              // served at once; 0 means 512
	Poll  time.Duration    // between looks at the queue when nobody wakes the sender; 0 means 1 s
	Scale float64          // divides every interval, for tests; 0 means 1
	Now   func() time.Time // nil means time.Now
}

// Sender works the lanes. Make one with [New].
type Sender struct {
	c        Config
	wake     chan struct{}
	doubtful chan struct{} // slots for hosts that failed last time: half of all

	mu   sync.Mutex
	soon time.Time // the earliest time at which a host settled by us is due; zero if none
}

// New returns a Sender.
func New(c Config) *Sender {
	if c.Hosts <= 0 {
		c.Hosts = 512
	}
	if c.Poll <= 0 {
		c.Poll = time.Second
	}
	if c.Scale <= 0 {
		c.Scale = 1
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	nothing := func(context.Context, Item, int) {}
	if c.OnGone == nil {
		c.OnGone = nothing
	}
	if c.OnRefused == nil {
		c.OnRefused = nothing
	}
	return &Sender{c: c, wake: make(chan struct{}, 1), doubtful: make(chan struct{}, (c.Hosts+1)/2)}
}

// Wake makes the sender look at the queue now. It never blocks.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends, then finishes what is in hand and returns nil.
func (s *Sender) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, s.c.Hosts)
	var woken <-chan struct{}
	if s.c.Listen != nil {
		var stop func()
		woken, stop = s.c.Listen()
		defer stop()
	}
	for ctx.Err() == nil {
		for _, l := range s.lease(ctx, cap(slots)-len(slots)) {
			slots <- struct{}{}
			wg.Go(func() {
				s.work(context.WithoutCancel(ctx), l)
				<-slots
				s.Wake()
			})
		}
		s.sleep(ctx, woken)
	}
	return nil
}

// lease takes up to n hosts that are due.
func (s *Sender) lease(ctx context.Context, n int) []Lane {
	if n == 0 {
		return nil
	}
	now := s.c.Now()
	lanes, err := s.c.Queue.Lease(ctx, n, now, now.Add(lease))
	if err != nil && ctx.Err() == nil {
		zerolog.Ctx(ctx).Error().Err(err).Msg("delivery queue not readable")
	}
	return lanes
}

// sleep waits until there may be something to do.
func (s *Sender) sleep(ctx context.Context, woken <-chan struct{}) {
	wait := s.c.Poll
	s.mu.Lock()
	if !s.soon.IsZero() {
		wait = min(wait, max(s.soon.Sub(s.c.Now()), time.Millisecond))
		s.soon = time.Time{}
	}
	s.mu.Unlock()
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-s.wake:
	case <-woken:
	case <-t.C:
	}
}

// work serves a leased host once. Hosts that failed last time get half of the slots, so that
// many dead ones never keep the living waiting; a host too many is put off a little.
func (s *Sender) work(ctx context.Context, l Lane) {
	if l.Failures > 0 {
		select {
		case s.doubtful <- struct{}{}:
			defer func() { <-s.doubtful }()
		default:
			s.settle(ctx, l, nil, s.c.Now().Add(s.scaled(steps[0])))
			return
		}
	}
	items, err := s.c.Queue.Items(ctx, l, look)
	if err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Str("host", l.Host).Msg("delivery lane not readable")
		return // the lease runs out
	}
	now := s.c.Now()
	batch, rest := pick(items, l.Failures, now)
	answers := s.send(ctx, batch)
	now = s.c.Now()
	round := conclude(l, answers, now, s.c.Scale, rand.Float64())
	if !s.settle(ctx, round.lane, round.out, sooner(round.next, rest, round.out)) {
		return
	}
	for _, a := range answers {
		s.tell(ctx, a)
	}
	for _, o := range round.out {
		logOutcome(ctx, o, round.lane)
	}
}

// settle stores the end of a round and reports whether the lease still held.
func (s *Sender) settle(ctx context.Context, l Lane, out []Outcome, next time.Time) bool {
	ok, err := s.c.Queue.Settle(ctx, l, out, next)
	if err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Str("host", l.Host).Msg("delivery not settled")
		return false
	}
	if !ok {
		zerolog.Ctx(ctx).Warn().Str("host", l.Host).Msg("delivery lease lost")
		return false
	}
	if !next.IsZero() {
		s.mu.Lock()
		if s.soon.IsZero() || next.Before(s.soon) {
			s.soon = next
		}
		s.mu.Unlock()
	}
	return true
}

// send sends a batch at once.
func (s *Sender) send(ctx context.Context, batch []Item) []answer {
	answers := make([]answer, len(batch))
	var wg sync.WaitGroup
	for i, it := range batch {
		wg.Go(func() { answers[i] = s.post(ctx, it) })
	}
	wg.Wait()
	return answers
}

// post signs and sends one item.
func (s *Sender) post(ctx context.Context, it Item) answer {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	a := answer{item: it}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, it.Inbox, bytes.NewReader(it.Body))
	if err != nil {
		a.drop = "address"
		return a
	}
	req.Header.Set("Content-Type", vocab.MediaType)
	if err := s.c.Sign(ctx, it.Sender, req, it.Body); err != nil {
		if a.ours = err; errors.Is(err, ErrNoSender) {
			a.ours, a.drop = nil, "no_sender"
		}
		return a
	}
	resp, err := s.c.Client.Post(ctx, req)
	if err != nil {
		a.err = err
		if denied(err) {
			a.drop = "addr"
		}
		return a
	}
	a.status = resp.Status
	a.after, _ = RetryAfter(resp.Header, s.c.Now())
	return a
}

// tell calls the program back.
func (s *Sender) tell(ctx context.Context, a answer) {
	if a.silent() {
		return
	}
	switch Judge(a.status) {
	case Gone, Moved:
		s.c.OnGone(ctx, a.item, a.status)
	case Refused:
		s.c.OnRefused(ctx, a.item, a.status)
	}
}

// scaled divides an interval for tests.
func (s *Sender) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / s.c.Scale)
}

func logOutcome(ctx context.Context, o Outcome, l Lane) {
	log := zerolog.Ctx(ctx)
	event, msg := log.Warn(), "deliver.retry"
	switch {
	case o.Done && o.Reason == "":
		event, msg = log.Info(), "deliver.ok"
	case o.Reason == "addr":
		msg = "deliver.deny"
	case o.Done:
		msg = "deliver.drop"
	}
	event.Str("host", o.Item.Host).Str("inbox", o.Item.Inbox).Str("activity", o.Item.Activity).
		Int("status", o.Status).Int("attempt", o.Item.Attempts).Int("failures", l.Failures)
	if o.Reason != "" {
		event.Str("reason", o.Reason)
	}
	event.Msg(msg)
}
