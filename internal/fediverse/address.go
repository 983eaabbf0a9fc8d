package fediverse

import (
	"strconv"
	"strings"
)

// addressKind says what lies at an address of ours.
type addressKind int

// What has a document, or a place in a thread. The number is that of the challenge or proposal.
const (
	atInstance addressKind = iota + 1
	atOrganisation
	atPerson       // key: handle
	atChallenge    // number
	atOpening      // number
	atContribution // number, sub: of the answer
	atReceipt      // number, key: ULID
	atProposal     // number
	atVersion      // number, sub: of the version
	atActivity     // key: ULID
	atQuote        // key: ULID
)

// address is an address of ours, taken apart. collection names the collection of it that is
// meant, such as "replies"; it is empty for the thing itself.
type address struct {
	kind        addressKind
	number, sub int64
	key         string
	collection  string
}

// The collections that each kind of address has.
var (
	actorCollections  = []string{"outbox", "followers", "following", "featured", "liked"}
	threadCollections = []string{"context", "replies", "likes", "shares"}
	groupCollections  = append([]string{"moderators", "proposals"}, actorCollections...)
)

// ours reports whether an id is an address of this instance.
func (f *Fediverse) ours(iri string) bool {
	return iri == string(f.base) || strings.HasPrefix(iri, string(f.base)+"/")
}

// address takes an id of ours apart; false if it is not ours, or leads nowhere.
func (f *Fediverse) address(iri string) (address, bool) {
	path, ok := strings.CutPrefix(iri, string(f.base))
	if !ok {
		return address{}, false
	}
	at, ok := parsePath(path)
	return at, ok && at.collection == ""
}

// parsePath takes a path of ours apart.
func parsePath(path string) (at address, ok bool) {
	parts := strings.Split(path, "/")
	if len(parts) < 2 || parts[0] != "" {
		return address{}, false
	}
	parts = parts[1:]
	var rest []string
	var collections []string
	switch {
	case parts[0] == "actor":
		at, rest, collections = address{kind: atInstance}, parts[1:], actorCollections
	case parts[0] == "org":
		at, rest, collections = address{kind: atOrganisation}, parts[1:], actorCollections
	case len(parts[0]) > 1 && parts[0][0] == '@':
		at, rest, collections = address{kind: atPerson, key: parts[0][1:]}, parts[1:], actorCollections
	case parts[0] == "c" && len(parts) > 1:
		return parseChallengePath(parts[1:])
	case parts[0] == "p" && len(parts) > 1:
		return parseProposalPath(parts[1:])
	case len(parts) == 2 && parts[1] != "" && parts[0] == "a":
		return address{kind: atActivity, key: parts[1]}, true
	case len(parts) == 2 && parts[1] != "" && parts[0] == "quotes":
		return address{kind: atQuote, key: parts[1]}, true
	default:
		return address{}, false
	}
	return at.with(rest, collections)
}

// parseChallengePath reads what follows "/c/".
func parseChallengePath(parts []string) (address, bool) {
	n, ok := number(parts[0])
	if !ok {
		return address{}, false
	}
	rest := parts[1:]
	if len(rest) == 0 {
		return address{kind: atChallenge, number: n}, true
	}
	if rest[0] == "opening" {
		return address{kind: atOpening, number: n}.with(rest[1:], threadCollections)
	}
	if rest[0] == "receipts" && len(rest) == 2 && rest[1] != "" {
		return address{kind: atReceipt, number: n, key: rest[1]}, true
	}
	if k, ok := number(rest[0]); ok {
		return address{kind: atContribution, number: n, sub: k}, len(rest) == 1
	}
	return address{kind: atChallenge, number: n}.with(rest, groupCollections)
}

// parseProposalPath reads what follows "/p/".
func parseProposalPath(parts []string) (address, bool) {
	n, ok := number(parts[0])
	if !ok {
		return address{}, false
	}
	if len(parts) == 3 && parts[1] == "v" {
		v, ok := number(parts[2])
		return address{kind: atVersion, number: n, sub: v}, ok
	}
	return address{kind: atProposal, number: n}.with(parts[1:], threadCollections)
}

// with adds the collection that rest names, if the address has such a one.
func (at address) with(rest, collections []string) (address, bool) {
	if len(rest) == 0 {
		return at, true
	}
	if len(rest) > 1 {
		return address{}, false
	}
	for _, c := range collections {
		if rest[0] == c {
			at.collection = c
			return at, true
		}
	}
	return address{}, false
}

// number reads a number as it is written in addresses: from 1, without signs and leading zeros.
func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == s
}
