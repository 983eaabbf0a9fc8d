package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/folkmoot/folkmoot/federation/fetch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// network stands for all other servers: it answers as they would, on the test's clock.
type network struct {
	answer func(ctx context.Context, host, body string) (status int, err error)

	mu      sync.Mutex
	log     []string // "host body", in the order in which answers were given
	flying  map[string]int
	most    map[string]int // at once, by host
	objects map[string]bool
	twice   bool // two items about one object were under way to one host
}

func newNetwork(answer func(ctx context.Context, host, body string) (int, error)) *network {
	return &network{answer: answer, flying: map[string]int{}, most: map[string]int{}, objects: map[string]bool{}}
}

// Post implements Poster.
func (n *network) Post(ctx context.Context, r *http.Request) (*fetch.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	host, body := r.URL.Host, string(b)
	object := host + " " + strings.TrimRight(body, "0123456789")
	n.mu.Lock()
	n.flying[host]++
	n.most[host] = max(n.most[host], n.flying[host])
	n.twice = n.twice || n.objects[object]
	n.objects[object] = true
	n.mu.Unlock()
	status, err := n.answer(ctx, host, body)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.flying[host]--
	delete(n.objects, object)
	n.log = append(n.log, host+" "+body)
	if err != nil {
		return nil, err
	}
	return &fetch.Response{Status: status, Header: http.Header{}}, nil
}

// got returns what a host was sent, answered or not.
func (n *network) got(host string) (bodies []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, line := range n.log {
		if h, body, _ := strings.Cut(line, " "); h == host {
			bodies = append(bodies, body)
		}
	}
	return bodies
}

func unsigned(context.Context, string, *http.Request, []byte) error { return nil }

// start runs a sender until the test, or stop, ends it.
func start(t *testing.T, c Config) (s *Sender, stop func()) {
	t.Helper()
	if c.Sign == nil {
		c.Sign = unsigned
	}
	s = New(c)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	t.Cleanup(stop)
	return s, stop
}

// drained waits until the queue is empty, or for as long as is given.
func drained(m *memory, limit time.Duration) time.Duration {
	begin := time.Now()
	for m.left() > 0 && time.Since(begin) < limit {
		time.Sleep(max(time.Millisecond, limit/20_000))
	}
	return time.Since(begin)
}

// bubble runs a test on a clock that jumps ahead when everybody waits.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// TestOrder: items of one object in order and one at a time, up to four objects at once.
func TestOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		for i := range 60 {
			for h := range 3 {
				q.add(fmt.Sprintf("h%d", h), fmt.Sprintf("%c", 'A'+i%6))
			}
		}
		for _, l := range q.hosts { // the body tells the place in the order
			for i := range l.items {
				l.items[i].Body = fmt.Appendf(nil, "%s%03d", l.items[i].Object, i)
			}
		}
		n := newNetwork(func(_ context.Context, host, body string) (int, error) {
			time.Sleep(time.Duration(len(host)+int(body[0]-'A')*7) * time.Millisecond)
			return 202, nil
		})
		start(t, Config{Queue: q, Client: n})
		drained(q, time.Minute)
		for h := range 3 {
			host := fmt.Sprintf("h%d", h)
			got := n.got(host)
			if len(got) != 60 {
				t.Fatalf("%s got %d items, want 60", host, len(got))
			}
			byObject := slices.Clone(got)
			slices.SortStableFunc(byObject, func(a, b string) int { return strings.Compare(a[:1], b[:1]) })
			if !slices.IsSorted(byObject) {
				t.Errorf("%s got objects out of order: %v", host, got)
			}
			if n.most[host] != inFlight {
				t.Errorf("%s had %d in flight, want %d", host, n.most[host], inFlight)
			}
		}
		if n.twice {
			t.Error("two items about one object were under way at once")
		}
	})
}

// TestManyHosts: 200 hosts that each answer after 100 ms take 100 ms.
func TestManyHosts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		for i := range 200 {
			q.add(fmt.Sprintf("h%d.example", i), "A", "B")
		}
		n := newNetwork(func(context.Context, string, string) (int, error) {
			time.Sleep(100 * time.Millisecond)
			return 202, nil
		})
		start(t, Config{Queue: q, Client: n})
		if took := drained(q, time.Minute); took > 300*time.Millisecond {
			t.Errorf("took %s, want some 100ms", took)
		}
	})
}

// TestDeadHostsDoNotDelay: hosts that are known to fail get half of the slots, and no more.
func TestDeadHostsDoNotDelay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		for i := range 40 {
			host := fmt.Sprintf("dead%d.example", i)
			q.add(host, "A")
			q.hosts[host].Failures, q.hosts[host].Since = 3, time.Now()
		}
		n := newNetwork(func(ctx context.Context, host, _ string) (int, error) {
			if strings.HasPrefix(host, "dead") {
				<-ctx.Done()
				return 0, ctx.Err()
			}
			return 202, nil
		})
		s, _ := start(t, Config{Queue: q, Client: n, Hosts: 8})
		time.Sleep(time.Second)
		begin := time.Now()
		for i := range 20 {
			q.add(fmt.Sprintf("live%d.example", i), "A", "B", "C")
		}
		s.Wake()
		for q.left() > 40 {
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(begin); took > 100*time.Millisecond {
			t.Errorf("the living waited %s for the dead", took)
		}
	})
}

// TestWeekAway: a host that is away for seven days gets everything, in order, when it returns.
func TestWeekAway(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		back := time.Now().Add(7 * 24 * time.Hour)
		var tries atomic.Int64
		n := newNetwork(func(context.Context, string, string) (int, error) {
			if time.Now().Before(back) {
				tries.Add(1)
				return 0, errors.New("refused")
			}
			return 202, nil
		})
		for range 200 {
			q.add("away.example", "A")
		}
		for i := range q.hosts["away.example"].items {
			q.hosts["away.example"].items[i].Body = fmt.Appendf(nil, "%03d", i)
		}
		start(t, Config{Queue: q, Client: n, Poll: time.Hour})
		time.Sleep(time.Until(back))
		if q.host("away.example").Failures == 0 || q.left() != 200 {
			t.Fatalf("after a week: %+v, %d items left", q.host("away.example"), q.left())
		}
		if took := drained(q, 24*time.Hour); took > 15*time.Hour {
			t.Errorf("delivered %s after its return", took)
		}
		got := n.got("away.example")[tries.Load():]
		if len(got) != 200 || !slices.IsSorted(got) {
			t.Errorf("got %d items, in order: %v", len(got), slices.IsSorted(got))
		}
		if tries.Load() > 40 {
			t.Errorf("tried %d times in a week, want at most 40", tries.Load())
		}
		if l := q.host("away.example"); l.Failures != 0 || !l.Since.IsZero() || l.Error != "" {
			t.Errorf("after its return: %+v", l)
		}
	})
}

// TestFortnightAway: then it is dead, and nothing is kept for it.
func TestFortnightAway(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		n := newNetwork(func(context.Context, string, string) (int, error) { return 503, nil })
		q.add("dead.example", "A", "B")
		start(t, Config{Queue: q, Client: n, Poll: time.Hour})
		took := drained(q, 30*24*time.Hour)
		if l := q.host("dead.example"); !l.Dead || l.Error != "status 503" || took < giveUp || took > giveUp+13*time.Hour {
			t.Errorf("after %s: %+v", took, l)
		}
	})
}

// TestPoison: one item that a host always fails on delays nothing else.
func TestPoison(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		n := newNetwork(func(_ context.Context, _, body string) (int, error) {
			if body == "poison" {
				return 500, nil
			}
			return 202, nil
		})
		q.add("h.example", "poison")
		for i := range 20 {
			q.add("h.example", fmt.Sprintf("O%c", 'a'+i))
		}
		start(t, Config{Queue: q, Client: n})
		time.Sleep(5 * time.Second)
		if q.left() != 1 {
			t.Errorf("%d items left after 5 s, want the poison alone", q.left())
		}
	})
}

// TestRefused: 403 is tried again after 1 min, 10 min and 1 h, then dropped, and others pass.
func TestRefused(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		begin := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		n := newNetwork(func(_ context.Context, _, body string) (int, error) {
			if body == "A" {
				mu.Lock()
				defer mu.Unlock()
				at = append(at, time.Since(begin).Round(time.Minute))
				return 403, nil
			}
			return 202, nil
		})
		q.add("h.example", "A", "B", "C", "D", "E")
		var refused atomic.Int64
		start(t, Config{Queue: q, Client: n, OnRefused: func(_ context.Context, it Item, status int) {
			if it.Object == "A" && status == 403 {
				refused.Add(1)
			}
		}})
		time.Sleep(10 * time.Second)
		if q.left() != 1 {
			t.Errorf("%d items left, want the refused one alone", q.left())
		}
		drained(q, 3*time.Hour)
		want := []time.Duration{0, time.Minute, 11 * time.Minute, 71 * time.Minute}
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if !slices.Equal(at, want) || refused.Load() != 4 {
			t.Errorf("tried at %v, refused %d times; want %v, 4", at, refused.Load(), want)
		}
	})
}

// TestCallbacks: 404, 410 and redirections make the program look at the owner again.
func TestCallbacks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		status := map[string]int{"A": 404, "B": 410, "C": 301, "D": 202, "E": 422}
		n := newNetwork(func(_ context.Context, _, body string) (int, error) { return status[body], nil })
		q.add("h.example", "A", "B", "C", "D", "E")
		var mu sync.Mutex
		gone := map[string]int{}
		start(t, Config{Queue: q, Client: n, OnGone: func(_ context.Context, it Item, status int) {
			mu.Lock()
			defer mu.Unlock()
			gone[it.Object] = status
		}})
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if fmt.Sprint(gone) != fmt.Sprint(map[string]int{"A": 404, "B": 410, "C": 301}) || q.left() != 1 {
			t.Errorf("called back for %v, %d left; want A, B, C and C left", gone, q.left())
		}
	})
}

// TestSignFails: a sender that is gone loses its item; any other trouble of ours blames nobody.
func TestSignFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		n := newNetwork(func(context.Context, string, string) (int, error) { return 202, nil })
		q.add("h.example", "A")
		q.add("i.example", "B")
		var back atomic.Bool
		start(t, Config{Queue: q, Client: n, Sign: func(_ context.Context, _ string, r *http.Request, _ []byte) error {
			switch {
			case r.URL.Host == "h.example":
				return fmt.Errorf("x: %w", ErrNoSender)
			case !back.Load():
				return errors.New("database away")
			}
			return nil
		}})
		time.Sleep(time.Second)
		if l := q.host("i.example"); q.left() != 1 || l.Failures != 0 || len(n.got("h.example")) != 0 {
			t.Errorf("%d left, host %+v", q.left(), l)
		}
		back.Store(true)
		if took := drained(q, time.Minute); took > 15*time.Second {
			t.Errorf("sent %s after the database came back", took)
		}
	})
}

// TestKill: after a kill at any moment nothing is lost, and at most four items a host come twice.
func TestKill(t *testing.T) {
	for _, at := range []time.Duration{5, 55, 105, 155, 405} {
		bubble(t, func(t *testing.T) {
			q := newMemory()
			for i := range 40 {
				q.add("h.example", fmt.Sprintf("%c", 'A'+i%8))
			}
			for i := range q.hosts["h.example"].items {
				q.hosts["h.example"].items[i].Body = fmt.Appendf(nil, "%03d", i)
			}
			n := newNetwork(func(context.Context, string, string) (int, error) {
				time.Sleep(50 * time.Millisecond)
				return 202, nil
			})
			_, stop := start(t, Config{Queue: q, Client: n})
			time.Sleep(at * time.Millisecond)
			q.kill()
			stop()
			q.revive()
			start(t, Config{Queue: q, Client: n})
			if took := drained(q, time.Minute); took > lease+time.Second {
				t.Errorf("killed at %d ms: idle after %s", at, took)
			}
			count := map[string]int{}
			for _, body := range n.got("h.example") {
				count[body]++
			}
			twice := 0
			for _, c := range count {
				twice += c - 1
			}
			if len(count) != 40 || twice > inFlight {
				t.Errorf("killed at %d ms: %d of 40 items came, %d again", at, len(count), twice)
			}
		})
	}
}

// TestFencing: a worker that slept over its lease changes nothing when it wakes up.
func TestFencing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		q.add("h.example", "A")
		var calls, gone atomic.Int64
		n := newNetwork(func(context.Context, string, string) (int, error) {
			if calls.Add(1) == 1 {
				time.Sleep(30 * time.Second) // beyond every limit
				return 410, nil
			}
			return 403, nil
		})
		start(t, Config{Queue: q, Client: n, OnGone: func(context.Context, Item, int) { gone.Add(1) }})
		time.Sleep(31 * time.Second)
		if q.left() != 1 || gone.Load() != 0 {
			t.Errorf("the old lease had an effect: %d left, called back %d times", q.left(), gone.Load())
		}
		q.mu.Lock()
		defer q.mu.Unlock()
		if it := q.hosts["h.example"].items[0]; it.Attempts != 1 {
			t.Errorf("attempts %d, want 1", it.Attempts)
		}
	})
}

// TestStop: what is in hand is finished and stored before Run returns.
func TestStop(t *testing.T) {
	bubble(t, func(t *testing.T) {
		q := newMemory()
		q.add("h.example", "A", "B", "C", "D", "E")
		n := newNetwork(func(context.Context, string, string) (int, error) {
			time.Sleep(3 * time.Second)
			return 202, nil
		})
		_, stop := start(t, Config{Queue: q, Client: n})
		time.Sleep(time.Second)
		begin := time.Now()
		stop()
		if took := time.Since(begin); q.left() != 1 || took != 2*time.Second {
			t.Errorf("%d left after %s, want 1 after 2s", q.left(), took)
		}
	})
}
