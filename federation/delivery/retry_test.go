package delivery

import (
	"net/http"
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	tests := []struct {
		n    int
		want time.Duration
	}{
		{0, 10 * time.Second}, {1, 10 * time.Second}, {2, 30 * time.Second}, {3, 2 * time.Minute},
		{4, 5 * time.Minute}, {5, 15 * time.Minute}, {6, 30 * time.Minute}, {7, time.Hour},
		{8, 2 * time.Hour}, {9, 4 * time.Hour}, {10, 6 * time.Hour}, {11, 12 * time.Hour}, {500, 12 * time.Hour},
	}
	for _, tt := range tests {
		if got := Backoff(tt.n, 0.5); got != tt.want {
			t.Errorf("Backoff(%d, 0.5) = %s, want %s", tt.n, got, tt.want)
		}
		for _, r := range []float64{0, 0.25, 0.999} {
			got := Backoff(tt.n, r)
			if low, high := tt.want*8/10, tt.want*12/10; got < low || got > high {
				t.Errorf("Backoff(%d, %v) = %s, want from %s to %s", tt.n, r, got, low, high)
			}
		}
	}
}

// TestTriesOfADeadHost: 14 days are about 37 tries, and never more than 40.
func TestTriesOfADeadHost(t *testing.T) {
	for _, r := range []float64{0, 0.5, 0.999} {
		now, l := time.Unix(0, 0), Lane{Host: "h"}
		start, tries := now, 0
		for !l.Dead {
			rd := conclude(l, []answer{{status: 502}}, now, 1, r)
			l, now = rd.lane, rd.next
			if tries++; tries > 60 {
				break
			}
		}
		if tries < 30 || tries > 45 || r == 0.5 && (tries > 40 || l.Since != start) {
			t.Errorf("spread %v: %d tries until dead", r, tries)
		}
	}
}

func TestRefusedWait(t *testing.T) {
	want := []time.Duration{time.Minute, 10 * time.Minute, time.Hour}
	for i, w := range want {
		if got, ok := RefusedWait(i + 1); got != w || !ok {
			t.Errorf("RefusedWait(%d) = %s, %v, want %s, true", i+1, got, ok, w)
		}
	}
	if _, ok := RefusedWait(4); ok {
		t.Error("RefusedWait(4) = true, want false")
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"", 0, false}, {"soon", 0, false}, {"1.5", 0, false},
		{"120", 2 * time.Minute, true}, {" 120 ", 2 * time.Minute, true},
		{"0", time.Second, true}, {"-5", time.Second, true},
		{"999999999999", 6 * time.Hour, true}, {"86400", 6 * time.Hour, true},
		{now.Add(time.Minute).Format(http.TimeFormat), time.Minute, true},
		{now.Add(-time.Minute).Format(http.TimeFormat), time.Second, true},
		{now.Add(48 * time.Hour).Format(http.TimeFormat), 6 * time.Hour, true},
	}
	for _, tt := range tests {
		h := http.Header{}
		if tt.value != "" {
			h.Set("Retry-After", tt.value)
		}
		if got, ok := RetryAfter(h, now); got != tt.want || ok != tt.ok {
			t.Errorf("RetryAfter(%q) = %s, %v, want %s, %v", tt.value, got, ok, tt.want, tt.ok)
		}
	}
}

func TestJudge(t *testing.T) {
	want := map[Verdict][]int{
		Delivered: {200, 201, 202, 204, 299},
		Moved:     {300, 301, 302, 303, 307, 308},
		Gone:      {404, 410},
		Refused:   {401, 403},
		Dropped:   {400, 405, 406, 409, 411, 413, 415, 418, 421, 422, 451, 501},
		Failed:    {0, 408, 425, 429, 500, 502, 503, 504, 520, 599},
	}
	for verdict, statuses := range want {
		for _, status := range statuses {
			if got := Judge(status); got != verdict {
				t.Errorf("Judge(%d) = %d, want %d", status, got, verdict)
			}
		}
	}
}
