package locale

import (
	"testing"
	"time"
)

func TestFor(t *testing.T) {
	for _, prefs := range [][]string{nil, {""}, {"en-GB,cy;q=0.5"}, {"xx"}, {";;;not a header"}} {
		if p := For(prefs...); p.Lang() != "en" || p.Dir() != "ltr" {
			t.Errorf("For(%q) writes %s %s, want en ltr", prefs, p.Lang(), p.Dir())
		}
	}
}

func TestDirection(t *testing.T) {
	for lang, want := range map[string]string{
		"ar": "rtl", "fa-IR": "rtl", "he": "rtl", "az-Arab": "rtl", "cy": "ltr", "en": "ltr",
		"": "auto", "not a tag": "auto", "und": "auto",
	} {
		if got := Direction(lang); got != want {
			t.Errorf("Direction(%q) = %q, want %q", lang, got, want)
		}
	}
}

func TestT(t *testing.T) {
	p := For("en")
	if got, want := p.T("no.such.id"), "⟨no.such.id⟩"; got != want {
		t.Errorf("T of a missing id = %q, want %q", got, want)
	}
	if got, want := p.T("date.day", "Day", 2, "Month", "May"), "2 May"; got != want {
		t.Errorf("T = %q, want %q", got, want)
	}
	for n, want := range map[int64]string{0: "0 answers", 1: "1 answer", 200: "200 answers", 1386: "1,386 answers"} {
		if got := p.T("count.answers", "Count", n); got != want {
			t.Errorf("T(count.answers, %d) = %q, want %q", n, got, want)
		}
	}
}

func TestDate(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for in, want := range map[time.Time]string{
		time.Date(2026, 10, 15, 0, 0, 0, 0, time.UTC):                           "15 October",
		time.Date(2027, 10, 15, 0, 0, 0, 0, time.UTC):                           "15 October 2027",
		time.Date(2027, 1, 1, 0, 30, 0, 0, time.FixedZone("east", 2*60*60)):     "31 December",
		time.Date(2025, 12, 31, 23, 30, 0, 0, time.FixedZone("west", -2*60*60)): "1 January",
	} {
		if got := For("en").Date(in, now); got != want {
			t.Errorf("Date(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestHas(t *testing.T) {
	if !Has("date.month.1") || Has("date.month.13") {
		t.Error("Has does not tell what is there from what is not")
	}
}
