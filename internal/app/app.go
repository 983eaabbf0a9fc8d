// Package app holds the verbs: what can be done, by people through pages and commands and by
// servers through the fediverse alike.
//
// A verb reads what it needs, asks the rules of internal/policy, and writes in one transaction:
// its rows, the log entry if it is a use of power, and the event from which everything else
// follows. Every verb can be repeated without a second effect. What it refuses is a kind of
// internal/errs with a sentence (errs.Sentence), or a policy.FieldErrors.
package app

import (
	"context"
	"encoding/json"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// App carries out verbs on a database.
type App struct {
	db   *store.DB
	base policy.Base
	keys func() (store.ActorKeys, error) // makes those of a new local actor
}

// New returns an App for the instance with the given public address, without a slash at the end.
func New(db *store.DB, url string) *App {
	return &App{db: db, base: policy.Base(url), keys: newKeys}
}

// By is who carries out a verb. The zero value is the instance's own rules.
type By struct {
	Actor policy.ID
	Name  string // as it is written in the log
}

// log stores the entry of a use of power.
func (by By) log(ctx context.Context, tx *store.Tx, e policy.LogEntry) error {
	e.Actor, e.ActorName, e.At = by.Actor, by.Name, tx.At
	return tx.AddLog(ctx, &e)
}

// everything is the viewer through which verbs read: they see all, and decide what others see.
var everything = policy.Viewer{Staff: true}

// data encodes what an event carries.
func data(v any) ([]byte, error) { return json.Marshal(v) }
