package web

import (
	"regexp"
	"strings"

	"github.com/folkmoot/folkmoot/internal/locale"
)

// mediaKind returns the word for a kind of file: the id of its sentence is "media.<word>".
func mediaKind(mediaType string) string {
	switch kind, _, _ := strings.Cut(mediaType, "/"); kind {
	case "image", "video", "audio":
		return kind
	}
	return "file"
}

// copyField is a value to be copied, as the part "copy" shows it.
type copyField struct {
	ID, Label, Value string
	Small            bool
}

// logged returns what an entry of the log was done to, as everybody may know it. Answers that
// have no number are not public: their receipt codes stay between author and desk.
func logged(p *locale.Printer, object string) string {
	if receiptCode.MatchString(object) {
		return p.T("log.unnumbered")
	}
	return object
}

var receiptCode = regexp.MustCompile(`^[0-9]+/[0-9]*[A-Z][0-9A-Z]*$`)

// reason returns why something was held or hidden: what a person wrote, or the sentence of a rule.
func reason(p *locale.Printer, why string) string {
	if locale.Has(why) {
		return p.T(why)
	}
	return why
}
