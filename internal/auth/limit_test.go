package auth

import (
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.77:1234":             "192.0.2.0/24",
		"[2001:db8:1:2:3:4:5:6]:1234": "2001:db8:1:2::/64",
		"[::ffff:192.0.2.77]:1":       "192.0.2.0/24",
		"[fe80::1%eth0]:1":            "fe80::/64",
		"127.0.0.1:0":                 "127.0.0.0/24",
		"odd":                         "odd",
	} {
		r := httptest.NewRequest("POST", "/sign-in", nil)
		r.RemoteAddr = in
		if got := network(r); got != want {
			t.Errorf("network(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l := limiter{entries: make(map[string]tries)}
	now := time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC)
	for i := range maxEntries {
		l.take(now.Add(time.Duration(i)*time.Microsecond), strconv.Itoa(i))
	}
	l.take(now.Add(time.Minute), "one more")
	if len(l.entries) > maxEntries {
		t.Errorf("%d entries, want at most %d", len(l.entries), maxEntries)
	}
	if _, ok := l.entries["0"]; ok {
		t.Error("the entry that runs out first is still there")
	}
	if _, ok := l.entries["one more"]; !ok {
		t.Error("the new entry is not there")
	}
	l.take(now.Add(2*triesIn), "much later")
	if len(l.entries) != 1 {
		t.Errorf("%d entries after all others ran out, want 1", len(l.entries))
	}
}

func TestLimiterRefusesWithoutCounting(t *testing.T) {
	l := limiter{entries: make(map[string]tries)}
	now := time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC)
	for i := range maxTries {
		if !l.take(now, "account", "network") {
			t.Fatalf("try %d refused", i+1)
		}
	}
	if l.take(now, "other account", "network") || l.entries["other account"].n != 0 {
		t.Error("a refused try was let through, or counted against the other account")
	}
	l.giveBack("network")
	if !l.take(now, "other account", "network") {
		t.Error("a try that was given back is not there")
	}
}
