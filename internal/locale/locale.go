// Package locale holds every string that people read, on pages and in messages, by language.
//
// The sentences lie in messages/<room>.<language>.json, in the format of go-i18n.
package locale

import "time"

// Printer writes in one language.
type Printer struct{}

// For returns the printer of the best match for the given preferences: language tags, or an
// Accept-Language header. Nothing that matches means English.
func For(preferences ...string) *Printer { panic("stub") }

// Lang returns the language tag that p writes in, such as "en".
func (p *Printer) Lang() string { panic("stub") }

// Dir returns the direction of its script, "ltr" or "rtl".
func (p *Printer) Dir() string { panic("stub") }

// T returns the sentence with the given id. args are name, value pairs for its placeholders; a
// value named "Count" also selects the plural form. An id that is not there comes back as it is,
// in ⟨brackets⟩, and a test makes sure that none does.
func (p *Printer) T(id string, args ...any) string { panic("stub") }

// Date writes a day, "15 October" or with the year when it is not now's, "15 October 2027".
func (p *Printer) Date(t, now time.Time) string { panic("stub") }

// Number writes n with the separators of the language.
func (p *Printer) Number(n int64) string { panic("stub") }

// Has reports whether id exists in English.
func Has(id string) bool { panic("stub") }
