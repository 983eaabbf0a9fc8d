package delivery

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// items makes items from words: "A" is about object A, "A+" one that waits, "-" about nothing.
func items(words string) (list []Item) {
	for i, w := range strings.Fields(words) {
		it := Item{ID: int64(i + 1), Object: strings.TrimSuffix(w, "+")}
		if strings.HasSuffix(w, "+") {
			it.Next = noon.Add(time.Minute)
		}
		if w == "-" {
			it.Object = ""
		}
		list = append(list, it)
	}
	return list
}

func TestPick(t *testing.T) {
	tests := []struct {
		name     string
		items    string
		failures int
		want     []int64
	}{
		{"nothing", "", 0, nil},
		{"four objects fly together", "A B C D E", 0, []int64{1, 2, 3, 4}},
		{"one object keeps its order", "A A A", 0, []int64{1}},
		{"others pass it", "A A B A C D E", 0, []int64{1, 3, 5, 6}},
		{"what waits keeps its successors", "A+ A B", 0, []int64{3}},
		{"all wait", "A+ B+", 0, nil},
		{"no object, no order", "- - -", 0, []int64{1, 2, 3}},
		{"a host that failed gets one", "A B C", 1, []int64{1}},
		{"then another", "A B C", 2, []int64{2}},
		{"and round again", "A B C", 4, []int64{1}},
		{"even if there is only one", "A A", 7, []int64{1}},
	}
	for _, tt := range tests {
		batch, rest := pick(items(tt.items), tt.failures, noon)
		var got []int64
		for _, it := range batch {
			got = append(got, it.ID)
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: picked %v, want %v", tt.name, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: picked %v, want %v", tt.name, got, tt.want)
			}
		}
		if len(batch)+len(rest) != len(strings.Fields(tt.items)) {
			t.Errorf("%s: %d items of %d are left", tt.name, len(batch)+len(rest), len(strings.Fields(tt.items)))
		}
	}
}

func TestConclude(t *testing.T) {
	ok, poison := answer{status: 202}, answer{status: 500}
	tests := []struct {
		name     string
		lane     Lane
		answers  []answer
		failures int
		next     time.Duration // of the host; 0 for none
		done     string        // one letter an item: d done, k kept, w kept and waits by itself
		dead     bool
	}{
		{"all well", Lane{}, []answer{ok, ok}, 0, 0, "dd", false},
		{"well again", Lane{Failures: 5, Since: noon.Add(-time.Hour), Error: "x"}, []answer{ok}, 0, 0, "d", false},
		{"host fails", Lane{}, []answer{poison, {err: errors.New("refused")}}, 1, 10 * time.Second, "kk", false},
		{"fails again", Lane{Failures: 3, Since: noon.Add(-time.Hour)}, []answer{poison}, 4, 5 * time.Minute, "k", false},
		{"one item fails on a host that is well", Lane{}, []answer{ok, poison}, 0, 0, "dw", false},
		{"in the end it is dropped", Lane{}, []answer{ok, {item: Item{Attempts: 36}, status: 500}}, 0, 0, "dd", false},
		{"rejected, so the host is well", Lane{}, []answer{{status: 422}, poison}, 0, 0, "dw", false},
		{"rejected", Lane{Failures: 2}, []answer{{status: 400}}, 0, 0, "d", false},
		{"gone", Lane{}, []answer{{status: 410}, {status: 404}}, 0, 0, "dd", false},
		{"refused", Lane{}, []answer{{status: 401}, {status: 403}}, 0, 0, "ww", false},
		{"refused too often", Lane{}, []answer{{status: 403, item: Item{Attempts: 3}}}, 0, 0, "d", false},
		{"told to wait", Lane{}, []answer{{status: 429, after: 90 * time.Second}}, 1, 90 * time.Second, "k", false},
		{"told to wait, beside others that are well", Lane{}, []answer{ok, {status: 503, after: 90 * time.Second}}, 1, 90 * time.Second, "dk", false},
		{"told nothing but that it is too much", Lane{}, []answer{{status: 429}}, 1, 10 * time.Second, "k", false},
		{"redirected", Lane{}, []answer{{status: 301}}, 1, 10 * time.Second, "k", false},
		{"redirected, beside others", Lane{}, []answer{ok, {status: 308}}, 0, 0, "dw", false},
		{"address not allowed", Lane{Failures: 2}, []answer{{drop: "addr"}}, 2, 0, "d", false},
		{"no key of ours", Lane{}, []answer{{ours: errors.New("database")}}, 0, 10 * time.Second, "k", false},
		{"14 days", Lane{Failures: 36, Since: noon.Add(-giveUp)}, []answer{poison}, 37, 0, "k", true},
		{"not yet 14 days", Lane{Failures: 36, Since: noon.Add(time.Hour - giveUp)}, []answer{poison}, 37, 12 * time.Hour, "k", false},
	}
	for _, tt := range tests {
		rd := conclude(tt.lane, tt.answers, noon, 1, 0.5)
		var got strings.Builder
		for _, o := range rd.out {
			switch {
			case o.Done:
				got.WriteByte('d')
			case !o.Next.IsZero():
				got.WriteByte('w')
			default:
				got.WriteByte('k')
			}
		}
		next := time.Duration(0)
		if !rd.next.IsZero() {
			next = rd.next.Sub(noon)
		}
		if rd.lane.Failures != tt.failures || next != tt.next || got.String() != tt.done || rd.lane.Dead != tt.dead {
			t.Errorf("%s: failures %d, next %s, items %s, dead %v; want %d, %s, %s, %v",
				tt.name, rd.lane.Failures, next, &got, rd.lane.Dead, tt.failures, tt.next, tt.done, tt.dead)
		}
		if well := rd.lane.Failures == 0; well != (rd.lane.Since.IsZero() && rd.lane.Error == "") && tt.name != "no key of ours" && tt.lane.Failures == 0 {
			t.Errorf("%s: failures %d since %s because of %q", tt.name, rd.lane.Failures, rd.lane.Since, rd.lane.Error)
		}
	}
}

// TestScaleDividesEverything: with a scale of 1000 a second stands for a quarter of an hour.
func TestScaleDividesEverything(t *testing.T) {
	for name, tt := range map[string]struct {
		lane   Lane
		answer answer
		want   time.Duration
	}{
		"backoff":     {Lane{}, answer{status: 500}, 10 * time.Millisecond},
		"retry after": {Lane{}, answer{status: 429, after: time.Minute}, 60 * time.Millisecond},
	} {
		if got := conclude(tt.lane, []answer{tt.answer}, noon, 1000, 0.5).next.Sub(noon); got != tt.want {
			t.Errorf("%s: next in %s, want %s", name, got, tt.want)
		}
	}
	rd := conclude(Lane{}, []answer{{status: 403}}, noon, 1000, 0.5)
	if got := rd.out[0].Next.Sub(noon); got != 60*time.Millisecond {
		t.Errorf("refused: next in %s, want 60ms", got)
	}
	if rd := conclude(Lane{Failures: 9, Since: noon.Add(-giveUp / 1000)}, []answer{{status: 500}}, noon, 1000, 0.5); !rd.lane.Dead {
		t.Error("14 scaled days: not dead")
	}
}

func TestSooner(t *testing.T) {
	minute := noon.Add(time.Minute)
	tests := []struct {
		name string
		rest string
		out  []Outcome
		want time.Time
	}{
		{"nothing is left", "", []Outcome{{Done: true}}, time.Time{}},
		{"something can go now", "A+ B", nil, time.Time{}},
		{"all wait", "A+ B+", nil, minute},
		{"a successor waits with its predecessor", "A", []Outcome{{Item: Item{Object: "A"}, Next: minute}}, minute},
		{"another object does not", "B", []Outcome{{Item: Item{Object: "A"}, Next: minute}}, time.Time{}},
	}
	for _, tt := range tests {
		if got := sooner(time.Time{}, items(tt.rest), tt.out); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := sooner(minute, items("A"), nil); !got.Equal(minute) {
		t.Errorf("a host that waits: %v, want %v", got, minute)
	}
}
