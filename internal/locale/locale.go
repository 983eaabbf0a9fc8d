// Package locale holds every string that people read, on pages and in messages, by language.
//
// The sentences lie in messages/<room>.<language>.json, in the format of go-i18n: an id leads to
// a sentence, or to its plural forms. Placeholders are written {{.Name}}. Another language is
// another set of files; what it lacks is said in English.
package locale

import (
	"fmt"
	"strconv"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Printer writes in one language. It is safe for concurrent use.
type Printer struct {
	tag     language.Tag
	text    *i18n.Localizer
	numbers *message.Printer
}

// For returns the printer of the best match for the given preferences: language tags, or an
// Accept-Language header. Nothing that matches means English.
func For(preferences ...string) *Printer {
	c := catalogues()
	var tags []language.Tag
	for _, p := range preferences {
		parsed, _, err := language.ParseAcceptLanguage(p)
		if err != nil {
			continue // what cannot be read states no preference
		}
		tags = append(tags, parsed...)
	}
	_, i, _ := c.matcher.Match(tags...)
	return c.printers[i]
}

// Lang returns the language tag that p writes in, such as "en".
func (p *Printer) Lang() string { return p.tag.String() }

// Dir returns the direction of its script, "ltr" or "rtl".
func (p *Printer) Dir() string { return Direction(p.tag.String()) }

// Direction returns the direction in which a language is written, "ltr" or "rtl"; "auto" for a
// tag that is empty or none, so that a browser looks at the words themselves.
func Direction(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil || tag == language.Und {
		return "auto"
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Samr", "Mand":
		return "rtl"
	}
	return "ltr"
}

// T returns the sentence with the given id. args are name, value pairs for its placeholders; a
// value named "Count" also selects the plural form, and is written with the separators of the
// language. An id that is not there comes back as it is, in ⟨brackets⟩, and a test makes sure
// that none does.
func (p *Printer) T(id string, args ...any) string {
	cfg := i18n.LocalizeConfig{MessageID: id}
	if len(args) > 0 {
		cfg.TemplateData, cfg.PluralCount = p.values(args)
	}
	s, err := p.text.Localize(&cfg)
	if err != nil && s == "" {
		return "⟨" + id + "⟩"
	}
	return s
}

// values turns name, value pairs into what the placeholders of a sentence are filled with.
func (p *Printer) values(args []any) (data map[string]any, count any) {
	data = make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		name := fmt.Sprint(args[i])
		data[name] = args[i+1]
		if name != "Count" {
			continue
		}
		switch n := args[i+1].(type) {
		case int:
			count, data[name] = n, p.Number(int64(n))
		case int64:
			count, data[name] = n, p.Number(n)
		}
	}
	return data, count
}

// Date writes a day, "15 October" or with the year when it is not now's, "15 October 2027". Days
// are those of UTC.
func (p *Printer) Date(t, now time.Time) string {
	t = t.UTC()
	month := p.T("date.month." + strconv.Itoa(int(t.Month())))
	if t.Year() == now.UTC().Year() {
		return p.T("date.day", "Day", t.Day(), "Month", month)
	}
	return p.T("date.year", "Day", t.Day(), "Month", month, "Year", t.Year())
}

// Number writes n with the separators of the language.
func (p *Printer) Number(n int64) string { return p.numbers.Sprintf("%d", n) }

// Has reports whether id exists in English.
func Has(id string) bool { return catalogues().ids[id] }

// All returns a printer for each language that there is, English first.
func All() []*Printer { return catalogues().printers }
