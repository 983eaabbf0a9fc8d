package policy

import (
	"net/url"
	"strconv"
	"strings"
)

// Base is the public address of an instance without a slash at the end, such as
// "https://moot.example". Its methods are the only place where addresses are spelled.
type Base string

// Host is the host of every address here, lower case, with the port if there is one.
func (b Base) Host() string { return HostOf(string(b)) }

// HostOf returns the host of an address, lower case, with the port if there is one; empty if it
// has none.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

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

// OpeningNumber returns the number of the challenge whose opening iri is; false if it is none.
func (b Base) OpeningNumber(iri string) (int64, bool) {
	s, ok := strings.CutSuffix(iri, "/opening")
	n, isNumber := numberAfter(s, string(b)+"/c/")
	return n, ok && isNumber
}

// ProposalNumber returns the number of the proposal that iri is; false if it is none.
func (b Base) ProposalNumber(iri string) (int64, bool) {
	return numberAfter(iri, string(b)+"/p/")
}

// numberAfter reads a number as addresses spell it, after prefix.
func numberAfter(s, prefix string) (int64, bool) {
	digits, ok := strings.CutPrefix(s, prefix)
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, ok && err == nil && n > 0 && strconv.FormatInt(n, 10) == digits
}

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
