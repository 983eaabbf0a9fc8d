// Package app holds the verbs: what can be done. One verb, one transaction, one event.
package app

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// App carries out verbs on a database.
type App struct {
	db  *store.DB
	url string
}

// New returns an App for the instance with the given public address, without a slash at the end.
func New(db *store.DB, url string) *App { return &App{db: db, url: url} }

// By is who carries out a verb. The zero value is the instance's own rules.
type By struct {
	Actor policy.ID
	Name  string // as it is written in the log
}

// SetUp is what the organisation says of itself on first run.
type SetUp struct {
	Name, Handle, Strap        string
	Email                      string             // of the first steward
	PasswordHash               string             // PHC, of a password that policy.CheckPassword passed; empty: no password works
	StewardName, StewardHandle string             // default "Steward", "steward"
	Receipts                   policy.ReceiptMode // empty means reply
}

// SetUp makes organisation, instance actor and first steward. A second time: errs.Conflict.
func (a *App) SetUp(ctx context.Context, s SetUp) (*policy.Organisation, error) { panic("stub") }

// OpenChallenge opens c, or stores it as a draft. What is missing gets its documented default;
// what cannot be defaulted is refused, by name, with a *policy.FieldErrors. c.Actor.Handle is the
// handle that is wanted.
func (a *App) OpenChallenge(ctx context.Context, by By, c *policy.Challenge, draft bool) error {
	panic("stub")
}

// OpenDraft opens a stored draft.
func (a *App) OpenDraft(ctx context.Context, by By, number int64) (*policy.Challenge, error) {
	panic("stub")
}

// SaveAddressee stores what was found out about an addressee.
func (a *App) SaveAddressee(ctx context.Context, challenge policy.ID, ad policy.Addressee) error {
	panic("stub")
}

// PublishProposal publishes p with version 1 in a challenge.
func (a *App) PublishProposal(ctx context.Context, by By, challenge int64, p *policy.Proposal) error {
	panic("stub")
}

// Contribute takes in an answer, from a form and from the fediverse alike: it is always taken,
// and the rules say whether it is shown, held or kept private. c.Author, if remote, is stored or
// refreshed with it. A repeated IRI by the same author is an edit. It reports whether it was new.
func (a *App) Contribute(ctx context.Context, c *policy.Contribution) (isNew bool, err error) {
	panic("stub")
}

// Edit replaces text, warning, media and so on of the contribution with c's IRI, if c.Author is
// its author and c.Edited is not older than what is stored. A changed visibility can only narrow
// what is shown. Unknown: errs.NotFound.
func (a *App) Edit(ctx context.Context, c *policy.Contribution) error { panic("stub") }

// Withdraw erases the contribution with that IRI, if author is its author, and remembers the IRI
// so that it is never taken in again, also if it was not known yet.
func (a *App) Withdraw(ctx context.Context, iri, author string) error { panic("stub") }

// EraseActor withdraws all that a remote actor said, and forgets name and follows.
func (a *App) EraseActor(ctx context.Context, iri string) error { panic("stub") }

// React counts or uncounts a like or share of one of our objects or of a known contribution.
func (a *App) React(ctx context.Context, kind store.Reaction, who policy.Actor, object, activity string, on bool) error {
	panic("stub")
}

// Follow makes a remote actor a follower of a local one. follow is the Follow as it came.
func (a *App) Follow(ctx context.Context, local policy.ID, who policy.Actor, followID string, follow []byte) error {
	panic("stub")
}

// Unfollow ends that.
func (a *App) Unfollow(ctx context.Context, local policy.ID, who string) error { panic("stub") }

// MoveFollower replaces a follower by the account that it moved to, wherever it follows.
func (a *App) MoveFollower(ctx context.Context, from string, to policy.Actor) error { panic("stub") }

// Stop ends messages to an actor from a challenge (zero: all); why is "stop", "block", "flag" or "refused".
func (a *App) Stop(ctx context.Context, who policy.Actor, challenge policy.ID, why string) error {
	panic("stub")
}

// Resume reverses a Stop with the same reason.
func (a *App) Resume(ctx context.Context, who policy.Actor, challenge policy.ID, why string) error {
	panic("stub")
}

// Report takes in a Flag.
func (a *App) Report(ctx context.Context, who policy.Actor, object, text string) error { panic("stub") }

// CloseReport closes a report.
func (a *App) CloseReport(ctx context.Context, by By, id policy.ID) error { panic("stub") }

// RequestQuote grants the wish of quoting to quote object (FEP-044f); request is its bytes.
func (a *App) RequestQuote(ctx context.Context, who policy.Actor, object, quoting string, request []byte) error {
	panic("stub")
}

// Read marks a contribution as read by a person.
func (a *App) Read(ctx context.Context, by By, id policy.ID) (*policy.Contribution, error) {
	panic("stub")
}

// Hold takes a shown contribution back until a person has looked at it; Hide removes it from
// sight; Show shows it (again). Hold and Hide need a reason.
func (a *App) Hold(ctx context.Context, by By, id policy.ID, reason string) (*policy.Contribution, error) {
	panic("stub")
}

// Hide is described at Hold. A held contribution becomes declined.
func (a *App) Hide(ctx context.Context, by By, id policy.ID, reason string) (*policy.Contribution, error) {
	panic("stub")
}

// Show is described at Hold. Private submissions are refused: errs.Forbidden.
func (a *App) Show(ctx context.Context, by By, id policy.ID, reason string) (*policy.Contribution, error) {
	panic("stub")
}

// Feature announces a public answer to the followers of the challenge: at most five in 24 hours,
// never one that is quiet public or private.
func (a *App) Feature(ctx context.Context, by By, id policy.ID) (*policy.Contribution, error) {
	panic("stub")
}

// BlockHost and UnblockHost decide about a server.
func (a *App) BlockHost(ctx context.Context, by By, host, reason string) error { panic("stub") }

// UnblockHost is described at BlockHost.
func (a *App) UnblockHost(ctx context.Context, by By, host, reason string) error { panic("stub") }

// SealLog chains the entries that have no place yet, and returns how many it sealed.
func (a *App) SealLog(ctx context.Context) (int, error) { panic("stub") }

var _ time.Time
