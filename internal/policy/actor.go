package policy

import (
	"net/mail"
	"slices"
	"time"
	"unicode/utf8"
)

// ActorKind says what stands behind an actor.
type ActorKind string

// The kinds of actor.
const (
	KindPerson       ActorKind = "person"
	KindOrganisation ActorKind = "organisation"
	KindChallenge    ActorKind = "challenge"   // the Group that people follow
	KindApplication  ActorKind = "application" // the instance itself, or a remote bot or relay
)

// ActorState says what an actor may still do here.
type ActorState string

// The states of an actor.
const (
	ActorActive  ActorState = "active"
	ActorLimited ActorState = "limited" // everything of theirs is held
	ActorBlocked ActorState = "blocked"
	ActorGone    ActorState = "gone" // deleted at its origin; its words are erased
)

// Actor is anybody who can act, here or elsewhere. IRI is the identity.
type Actor struct {
	ID          ID
	IRI         string // ActivityPub id
	Kind        ActorKind
	Local       bool
	Host        string // lower case, with the port if there is one; of IRI
	Handle      string // preferredUsername, without @ and host
	Name        string // plain text; may be empty
	Summary     string // plain text
	URL         string // page for people; empty if it is unknown or not on Host
	Inbox       string
	SharedInbox string // empty if there is none
	Followers   string // address of the followers collection; recognises followers-only posts
	Indexable   bool
	State       ActorState
	FirstSeen   time.Time
}

// At returns the handle in the form people write, "@handle@host".
func (a *Actor) At() string { return "@" + a.Handle + "@" + a.Host }

// DisplayName returns Name, or the handle where the name is empty.
func (a *Actor) DisplayName() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Handle
}

// Role is an office in the organisation, held for a time.
type Role string

// The roles. A steward may do everything that staff may do.
const (
	RoleSteward   Role = "steward"
	RoleEditor    Role = "editor"
	RoleResponder Role = "responder"
	RoleModerator Role = "moderator"
)

// Account is a local person who signs in.
type Account struct {
	Actor        ID
	Email        string // lower case; never shown, never federated
	PasswordHash string // argon2id in PHC form; empty means that no password works
	Role         Role
	Disabled     bool
	Created      time.Time
}

// ReceiptMode says how the organisation thanks people for an answer.
type ReceiptMode string

// The receipt modes. ReceiptReply is the default: quiet public to public and quiet-public
// answers, direct to others.
const (
	ReceiptReply   ReceiptMode = "reply"
	ReceiptPrivate ReceiptMode = "private"
	ReceiptNone    ReceiptMode = "none"
)

// Organisation is who runs the instance. There is exactly one; before set-up there is none.
type Organisation struct {
	Actor    Actor
	BaseURL  string // public address without a slash at the end; can never change
	Strap    string // a few words under the name, such as "for people who rent"
	Receipts ReceiptMode
	Created  time.Time
}

// The limits of names, and of what a first steward fills in.
const (
	MaxName     = 100
	MaxStrap    = 160
	MinPassword = 10   // characters
	MaxPassword = 1024 // bytes, so that hashing one stays cheap
)

// CheckPassword returns what is wrong with a password that somebody wants.
func CheckPassword(password string) FieldErrors {
	var e FieldErrors
	if n := utf8.RuneCountInString(password); n < MinPassword {
		e.add("password", "short", "Min", MinPassword, "Length", n)
	}
	if len(password) > MaxPassword {
		e.add("password", "long", "Max", MaxPassword)
	}
	return e
}

// CheckSetUp returns what is wrong with what was filled in on first run: o's actor and receipts,
// the steward's actor and the steward's email.
func CheckSetUp(o *Organisation, steward *Actor, email string) FieldErrors {
	var e FieldErrors
	e.require("name", o.Actor.Name)
	e.limit("name", o.Actor.Name, MaxName)
	e = append(e, CheckHandle("handle", o.Actor.Handle)...)
	e.limit("strap", o.Strap, MaxStrap)
	e.require("email", email)
	if a, err := mail.ParseAddress(email); email != "" && (err != nil || a.Address != email) {
		e.add("email", "shape", "Given", email)
	}
	e.require("steward", steward.Name)
	e.limit("steward", steward.Name, MaxName)
	e = append(e, CheckHandle("steward-handle", steward.Handle)...)
	if steward.Handle != "" && steward.Handle == o.Actor.Handle {
		e.add("steward-handle", "same")
	}
	if !slices.Contains([]ReceiptMode{ReceiptReply, ReceiptPrivate, ReceiptNone}, o.Receipts) {
		e.add("receipts", "unknown", "Given", string(o.Receipts))
	}
	return e
}
