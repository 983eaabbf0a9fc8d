package policy_test

import (
	"errors"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

func TestParseDay(t *testing.T) {
	got, err := policy.ParseDay(" 2027-02-28 ")
	if want := time.Date(2027, 2, 28, 23, 59, 59, 0, time.UTC); err != nil || !got.Equal(want) {
		t.Errorf("ParseDay = %v, %v, want %v", got, err, want)
	}
	if got, err := policy.ParseDay(""); err != nil || !got.IsZero() {
		t.Errorf("ParseDay of nothing = %v, %v, want the zero time", got, err)
	}
	for _, s := range []string{"2027-02-30", "28.2.2027", "tomorrow", "2027-2-8", "2027-02-28T10:00:00Z"} {
		if _, err := policy.ParseDay(s); !errors.Is(err, errs.Invalid) || errs.Sentence(err) == "" {
			t.Errorf("ParseDay(%q) = %v, want a sentence of kind Invalid", s, err)
		}
	}
}

func TestReadBy(t *testing.T) {
	for _, tt := range []struct {
		received string
		days     int
		want     string
	}{
		{"2026-11-24T09:00:00Z", 5, "2026-12-01"}, // Tuesday to Tuesday
		{"2026-11-27T23:59:00Z", 1, "2026-11-30"}, // Friday to Monday
		{"2026-11-28T10:00:00Z", 1, "2026-11-30"}, // Saturday
		{"2026-11-29T10:00:00Z", 5, "2026-12-04"}, // Sunday
		{"2026-11-24T23:30:00-05:00", 1, "2026-11-26"},
		{"2026-12-30T10:00:00Z", 3, "2027-01-04"},
	} {
		at, err := time.Parse(time.RFC3339, tt.received)
		if err != nil {
			t.Fatal(err)
		}
		want, err := policy.ParseDay(tt.want)
		if err != nil {
			t.Fatal(err)
		}
		if got := policy.ReadBy(at, tt.days); !got.Equal(want) {
			t.Errorf("ReadBy(%s, %d) = %s, want %s", tt.received, tt.days, got, want)
		}
	}
}
