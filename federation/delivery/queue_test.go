package delivery

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// memory is a Queue in memory.
type memory struct {
	mu      sync.Mutex
	last    int64
	hosts   map[string]*lane
	order   []string // of hosts, by first use
	stopped bool     // as if the process was killed: nothing is stored any more
}

type lane struct {
	Lane
	items  []Item
	next   time.Time
	leased time.Time
}

var errStopped = errors.New("killed")

func newMemory() *memory {
	return &memory{hosts: map[string]*lane{}}
}

// add queues items of a host about objects, in order.
func (m *memory) add(host string, objects ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.hosts[host]
	if l == nil {
		l = &lane{Lane: Lane{Host: host}}
		m.hosts[host] = l
		m.order = append(m.order, host)
	}
	for _, object := range objects {
		m.last++
		l.items = append(l.items, Item{
			ID: m.last, Host: host, Inbox: "https://" + host + "/inbox", Sender: "https://us.example/c/12",
			Object: object, Activity: "https://us.example/a/1", Body: []byte(object),
		})
	}
}

// Lease implements Queue.
func (m *memory) Lease(_ context.Context, n int, now, until time.Time) (lanes []Lane, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stopped {
		return nil, errStopped
	}
	for _, host := range m.order {
		l := m.hosts[host]
		if len(l.items) == 0 || l.next.After(now) || l.leased.After(now) || len(lanes) == n {
			continue
		}
		l.leased = until
		l.Token++
		lanes = append(lanes, l.Lane)
	}
	return lanes, nil
}

// Items implements Queue.
func (m *memory) Items(_ context.Context, l Lane, n int) ([]Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	items := m.hosts[l.Host].items
	return slices.Clone(items[:min(n, len(items))]), nil
}

// Settle implements Queue.
func (m *memory) Settle(_ context.Context, l Lane, out []Outcome, next time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.hosts[l.Host]
	switch {
	case m.stopped:
		return false, errStopped
	case h.Token != l.Token:
		return false, nil
	}
	for _, o := range out {
		i := slices.IndexFunc(h.items, func(it Item) bool { return it.ID == o.Item.ID })
		if o.Done {
			h.items = slices.Delete(h.items, i, i+1)
			continue
		}
		h.items[i].Attempts, h.items[i].Next = o.Item.Attempts, o.Next
	}
	h.Lane, h.next, h.leased = l, next, time.Time{}
	if l.Dead {
		h.items = nil
	}
	return true, nil
}

// left counts the items that are still queued.
func (m *memory) left() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.hosts {
		n += len(l.items)
	}
	return n
}

// host returns what is stored of a host.
func (m *memory) host(name string) Lane {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hosts[name].Lane
}

// kill makes the queue forget whoever works on it, as the end of a process would.
func (m *memory) kill() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = true
}

// revive lets others work on it.
func (m *memory) revive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = false
}
