package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed messages/*.json
var messages embed.FS

// catalogue is the table of all sentences; it is read once and never changes.
type catalogue struct {
	ids      map[string]bool // of English
	printers []*Printer      // English first; the order of matcher
	matcher  language.Matcher
}

var catalogues = sync.OnceValue(load)

// load reads the embedded files. A file that cannot be read is a mistake of the programmer.
func load() *catalogue {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	files, err := messages.ReadDir("messages")
	if err != nil {
		panic(err)
	}
	c := &catalogue{ids: map[string]bool{}}
	for _, f := range files {
		read, err := bundle.LoadMessageFileFS(messages, "messages/"+f.Name())
		if err != nil {
			panic(fmt.Sprintf("locale: %s: %v", f.Name(), err))
		}
		if read.Tag != language.English {
			continue
		}
		for _, m := range read.Messages {
			c.ids[m.ID] = true
		}
	}
	tags := bundle.LanguageTags()
	for _, tag := range tags {
		c.printers = append(c.printers, &Printer{
			tag:     tag,
			text:    i18n.NewLocalizer(bundle, tag.String()),
			numbers: message.NewPrinter(tag),
		})
	}
	c.matcher = language.NewMatcher(tags)
	return c
}
