// Package migrations embeds the schema, one numbered file a step.
//
// The same file serves SQLite and PostgreSQL; the few words that differ are written {{LIKE}} this
// and spelled by internal/store. Steps are never edited after release and never undone: a mistake
// is mended by the next step.
package migrations

import "embed"

// FS holds the files; internal/store applies them in order of name.
//
//go:embed *.sql
var FS embed.FS
