package fetch

import (
	"context"
	"sync"
)

// slots bounds how many fetches one host sees at once. A host is forgotten with its last fetch.
type slots struct {
	mu    sync.Mutex
	hosts map[string]*slot
}

type slot struct {
	free  chan struct{} // holds one value per fetch that is under way
	users int           // under way and waiting
}

// take waits for a place at host and returns what gives it back. It fails if too many wait
// already, or when ctx ends.
func (s *slots) take(ctx context.Context, host string) (release func(), err error) {
	h := s.join(host)
	if h == nil {
		return nil, fail(ReasonBusy, host, nil)
	}
	select {
	case h.free <- struct{}{}:
		return func() { <-h.free; s.leave(host, h) }, nil
	case <-ctx.Done():
		s.leave(host, h)
		return nil, classify(host, ctx.Err())
	}
}

// join counts a user of host in; nil if there are too many.
func (s *slots) join(host string) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hosts[host]
	if h == nil {
		h = &slot{free: make(chan struct{}, perHost)}
		s.hosts[host] = h
	}
	if h.users >= perHost+maxWaiting {
		return nil
	}
	h.users++
	return h
}

// leave counts a user out.
func (s *slots) leave(host string, h *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.users--; h.users == 0 {
		delete(s.hosts, host)
	}
}
