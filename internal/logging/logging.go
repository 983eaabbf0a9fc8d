// Package logging sets up the log.
//
// Messages are constants; everything variable is a field. The names of fields are: actor
// activity object host inbox task attempt dur status reason err. Bodies, tokens, keys, mail
// addresses are never logged, IP addresses at debug only.
package logging

import (
	"io"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// New returns a logger that writes to w as setting says: a level (debug, info, warn, error) and
// a form (json, console), in any order, such as "warn,json".
func New(w io.Writer, setting string) zerolog.Logger {
	level := zerolog.InfoLevel
	json := false
	for part := range strings.SplitSeq(setting, ",") {
		part = strings.TrimSpace(part)
		if part == "json" {
			json = true
		} else if l, err := zerolog.ParseLevel(part); err == nil {
			level = l
		}
	}
	if !json {
		w = zerolog.ConsoleWriter{Out: w, NoColor: true, TimeFormat: time.DateTime}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}
