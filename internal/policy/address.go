package policy

import "strconv"

// Base is the public address of an instance without a slash at the end, such as
// "https://moot.example". Its methods are the only place where addresses are spelled.
type Base string

// Instance is the actor that signs fetches.
func (b Base) Instance() string { return string(b) + "/actor" }

// Organisation is the actor of the organisation.
func (b Base) Organisation() string { return string(b) + "/org" }

// Person is a local person's actor.
func (b Base) Person(handle string) string { return string(b) + "/@" + handle }

// Challenge is the Group of a challenge, and its page.
func (b Base) Challenge(n int64) string { return string(b) + "/c/" + strconv.FormatInt(n, 10) }

// Opening is the opening post of a challenge.
func (b Base) Opening(n int64) string { return b.Challenge(n) + "/opening" }

// Contribution is the page of an answer, and the id of one that was written here.
func (b Base) Contribution(n, k int64) string {
	return b.Challenge(n) + "/" + strconv.FormatInt(k, 10)
}

// Receipt is the receipt with the given ULID.
func (b Base) Receipt(n int64, ulid string) string { return b.Challenge(n) + "/receipts/" + ulid }

// Proposal is a proposal, and its page.
func (b Base) Proposal(n int64) string { return string(b) + "/p/" + strconv.FormatInt(n, 10) }

// Version is one version of a proposal.
func (b Base) Version(n int64, v int) string { return b.Proposal(n) + "/v/" + strconv.Itoa(v) }

// Activity is the activity with the given ULID.
func (b Base) Activity(ulid string) string { return string(b) + "/a/" + ulid }

// Quote is the permission to quote with the given ULID.
func (b Base) Quote(ulid string) string { return string(b) + "/quotes/" + ulid }

// SharedInbox is the inbox of everybody here.
func (b Base) SharedInbox() string { return string(b) + "/inbox" }

// Inbox is the inbox of a local actor.
func Inbox(actor string) string { return actor + "/inbox" }

// Followers is the followers collection of a local actor.
func Followers(actor string) string { return actor + "/followers" }

// OpeningPreview is the opening post of a challenge as Mastodon shows it.
type OpeningPreview struct {
	Name       string // of the organisation
	Handle     string // "@handle@host"
	Title      string
	Summary    string // safe HTML
	Link       string
	Characters int // of what is shown, as Mastodon counts
}
