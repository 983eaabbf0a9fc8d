package policy

import (
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// ParseDay reads a day as forms and commands give it, "2027-02-12", and returns its end: the last
// second of that day, UTC. A promise for a day is kept until that day is over. Nothing is the zero
// time; what is no day is errs.Invalid.
func ParseDay(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, errs.Refuse(errs.Invalid, "%q is not a day: write year, month and day, as in 2027-02-12.", s)
	}
	return t.AddDate(0, 0, 1).Add(-time.Second), nil
}

// BadDay is what is wrong with a field whose value [ParseDay] cannot read.
func BadDay(field, given string) FieldErrors {
	return FieldErrors{{Field: field, Code: "error.day.shape", Args: []any{"Given", given}}}
}

// ReadBy returns the end of the day by which a person reads an answer that was received at t:
// days working days (Monday to Friday, UTC) after the day it came.
//
// Source: DESIGN.md §6, "We read every reply within 5 working days".
func ReadBy(t time.Time, days int) time.Time {
	day := t.UTC().Truncate(24 * time.Hour)
	for days > 0 {
		day = day.AddDate(0, 0, 1)
		if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday {
			days--
		}
	}
	return day.AddDate(0, 0, 1).Add(-time.Second)
}
