// Package vocab reads and writes ActivityStreams documents.
//
// Reading is tolerant: [Decode] turns any document that the fediverse sends into an [Object] and
// keeps the bytes, because the bytes received are the record and are never re-encoded. Writing is
// strict: [Encode] builds the document with the vocabulary library of go-fed, adds our extension
// terms and puts one fixed @context in front.
package vocab

import (
	"encoding/json"
	"time"
)

// Object is anything: an activity, an object, an actor, a collection, or just a reference to one
// (only ID is set). Fields that were absent are zero. What came as one value or as a list, as a
// string or as an object, looks the same here.
type Object struct {
	ID    string   // exactly as it came; empty if there is none
	Type  string   // the first type that this package knows, else the first
	Types []string // all of them

	// Activities.
	Actor      string    // id of the actor; of an embedded actor only the id is believed; empty if there are several
	Object     *Object   // the first object
	Objects    []*Object // all of them (Flag names several)
	Target     string
	Instrument *Object
	Result     *Object

	// Objects.
	AttributedTo []string
	InReplyTo    string
	Name         string
	Summary      string
	Content      string // HTML unless MediaType says otherwise
	HasContent   bool   // content was there, even if empty; votes have none
	Language     string // first key of contentMap, else of nameMap, else of summaryMap, else @language
	MediaType    string
	To, Cc       []string // with the three spellings of Public unified to [Public]
	Audience     []string
	Published    time.Time
	Updated      time.Time
	URL          string // the link for people: the first text/html link, else the first
	Sensitive    bool
	Tag          []Tag
	Attachment   []Attachment
	Context      string
	Replies      string // id of the collection
	Quote        string
	Kind         string   // our "kind", in any of its three spellings
	Options      []string // names of oneOf or anyOf
	EndTime      time.Time

	// Actors.
	PreferredUsername string
	Inbox             string
	Outbox            string
	Followers         string
	SharedInbox       string
	PublicKeys        []Key // publicKey and assertionMethod, RSA and Ed25519
	AlsoKnownAs       []string
	MovedTo           string
	Indexable         bool
	Implements        []string // FEP-844e, of generator or of the application itself

	// Collections.
	TotalItems int64
	Items      []*Object // items or orderedItems
	First      string
	FirstPage  *Object // the first page, where it is embedded
	Next       string
	PartOf     string

	Raw json.RawMessage // the bytes of this very object; nil for a reference
}

// Tag is a Mention, Hashtag, Emoji or Link in the text.
type Tag struct{ Type, Name, Href string }

// Attachment is a picture, film, file or link. Name says what is to be seen: its summary, or else
// its name.
type Attachment struct{ Type, URL, MediaType, Name string }

// Key is a public key that an actor lists.
type Key struct {
	ID        string
	Owner     string // owner or controller
	PEM       string // publicKeyPem; empty for a Multikey
	Multibase string // publicKeyMultibase; empty for a PEM key
}
