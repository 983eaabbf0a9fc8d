package auth

import (
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// How often somebody may try, and how many accounts and networks are remembered.
const (
	maxTries   = 10
	triesIn    = 15 * time.Minute
	maxEntries = 20_000
)

// limiter counts failed tries per key in windows that begin with the first try.
type limiter struct {
	mu      sync.Mutex
	entries map[string]tries
}

type tries struct {
	n     int
	until time.Time
}

// take counts a try for every key, or none and reports false if one of them has none left.
func (l *limiter) take(now time.Time, keys ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		if e := l.entries[k]; e.n >= maxTries && now.Before(e.until) {
			return false
		}
	}
	for _, k := range keys {
		e := l.entries[k]
		if !now.Before(e.until) {
			l.makeRoom(now, k)
			e = tries{until: now.Add(triesIn)}
		}
		e.n++
		l.entries[k] = e
	}
	return true
}

// giveBack takes back a try that was a success, so that only failures count.
func (l *limiter) giveBack(keys ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		if e, ok := l.entries[k]; ok && e.n > 0 {
			e.n--
			l.entries[k] = e
		}
	}
}

// makeRoom keeps the table bounded: when it is full it drops what has run out, and if nothing
// has, the entry that would run out first.
func (l *limiter) makeRoom(now time.Time, k string) {
	if _, known := l.entries[k]; known || len(l.entries) < maxEntries {
		return
	}
	first := ""
	for k, e := range l.entries {
		if !now.Before(e.until) {
			delete(l.entries, k)
		} else if first == "" || e.until.Before(l.entries[first].until) {
			first = k
		}
	}
	if len(l.entries) >= maxEntries {
		delete(l.entries, first)
	}
}

// network returns the /24 or /64 that a request comes from. Whoever calls has put the client's
// address into RemoteAddr, where a proxy is believed about it.
func network(r *http.Request) string {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := ap.Addr().Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = 24
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return addr.String()
	}
	return prefix.String()
}
