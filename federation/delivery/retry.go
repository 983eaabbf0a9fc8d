package delivery

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	giveUp   = 14 * 24 * time.Hour // of failures in a row until a host is dead
	maxTries = 37                  // of one item that fails while its host is well: 14 days by Backoff
)

// steps are the waits after the first, second … failure in a row; the last one repeats.
var steps = []time.Duration{
	10 * time.Second, 30 * time.Second,
	2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// refusedSteps are the waits of an item that was refused with 401 or 403: the keys that the peer
// has cached, or our clock, may be old. After the last one it is dropped.
var refusedSteps = []time.Duration{time.Minute, 10 * time.Minute, time.Hour}

// Backoff returns how long to leave a host alone after its nth failure in a row (n ≥ 1). r, from
// 0 up to 1, spreads it by a fifth to both sides, so that a host coming back is not hit by
// everyone at once.
func Backoff(n int, r float64) time.Duration {
	d := steps[min(max(n, 1), len(steps))-1]
	return time.Duration(float64(d) * (0.8 + 0.4*r))
}

// RefusedWait returns how long an item waits that was refused for the nth time (n ≥ 1). It
// reports false when it is to be dropped.
func RefusedWait(n int) (_ time.Duration, ok bool) {
	if n > len(refusedSteps) {
		return 0, false
	}
	return refusedSteps[max(n, 1)-1], true
}

// RetryAfter reads a Retry-After header (RFC 9110 §10.2.3), in seconds or as a date, and keeps it
// between one second and six hours. It reports false if there is none or it is not readable.
func RetryAfter(h http.Header, now time.Time) (_ time.Duration, ok bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0, false
	}
	var d time.Duration
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		d = time.Duration(min(max(s, 0), 1<<20)) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		d = at.Sub(now)
	} else {
		return 0, false
	}
	return min(max(d, time.Second), 6*time.Hour), true
}

// Verdict is what an answer means for an item and its host.
type Verdict int

// The verdicts.
const (
	Delivered Verdict = iota // done
	Dropped                  // the peer will never take it: on with the next
	Gone                     // dropped, and the owner of the inbox is to be looked at again
	Refused                  // tried again by itself a few times
	Moved                    // as Failed, and the owner of the inbox is to be looked at again
	Failed                   // the host waits
)

// Judge says what the status of an answer means; 0 stands for no answer.
func Judge(status int) Verdict {
	switch {
	case status >= 200 && status < 300:
		return Delivered
	case status >= 300 && status < 400:
		return Moved
	}
	switch status {
	case http.StatusNotFound, http.StatusGone:
		return Gone
	case http.StatusUnauthorized, http.StatusForbidden:
		return Refused
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return Failed
	case http.StatusNotImplemented:
		return Dropped
	}
	if status >= 400 && status < 500 {
		return Dropped
	}
	return Failed
}
