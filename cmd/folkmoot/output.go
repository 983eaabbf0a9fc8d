package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// jsonFlag is the --json of most commands.
type jsonFlag struct {
	JSON bool `name:"json" help:"Print JSON instead of text."`
}

// print writes v as JSON, or else what text writes, with columns at tabs lined up.
func (j jsonFlag) print(sh *shell, v any, text func(*tabwriter.Writer)) error {
	if j.JSON {
		enc := json.NewEncoder(sh.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
	w := tabwriter.NewWriter(sh.out, 0, 0, 2, ' ', 0)
	text(w)
	return w.Flush()
}

// line writes cells as one line of a table.
func line(w *tabwriter.Writer, cells ...any) {
	var parts []string
	for _, c := range cells {
		if t, ok := c.(time.Time); ok {
			c = when(t)
		}
		parts = append(parts, strings.ReplaceAll(fmt.Sprint(c), "\t", " "))
	}
	fmt.Fprintln(w, strings.Join(parts, "\t"))
}

// when writes a time for people; nothing for the zero time.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// short cuts a text to n runes on one line.
func short(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return string(r)
}
