package vocab

import (
	"encoding/json"
	"time"
)

// Doc is a document that we send: an activity, an object, an actor, a collection, or only a
// reference to one. Fields that are zero are not written. [Encode] turns it into bytes.
//
// A Doc of which only ID is set is a reference and is written as that id. A Doc whose Raw is set
// is written as those bytes, unchanged: it is how a document of another stands inside ours.
type Doc struct {
	ID   string
	Type string // one core ActivityStreams type, or QuoteAuthorization
	Raw  json.RawMessage

	// Activities.
	Actor  string
	Object *Doc
	Target *Doc
	Result *Doc

	// Objects.
	AttributedTo string
	To, Cc       []string
	Audience     string
	InReplyTo    string
	URL          string
	Published    time.Time // written in UTC, to the second, as every time here
	Updated      time.Time // content was edited; never the counts (Mastodon ignores older edits)
	StartTime    time.Time
	EndTime      time.Time
	Name         string // plain
	Summary      string // HTML
	Content      string // HTML
	Language     string // BCP 47; with it the content also goes out as contentMap
	MediaType    string
	Source       *Source
	Tag          []Tag
	Attachment   []Attachment
	Preview      *Doc // FEP-b2b8: a Note in place of an Article
	Context      string
	Replies      *Doc
	Likes        *Doc
	Shares       *Doc
	Sensitive    bool
	Quotable     bool // anyone may quote it (FEP-044f)

	// What is ours: the namespace https://w3id.org/folkmoot/ns#.
	Kind       string
	Stage      string
	RespondBy  time.Time
	Revision   int
	ReceiptFor string

	// Tombstones.
	FormerType string
	Deleted    time.Time

	// QuoteAuthorization (FEP-044f).
	InteractingObject string
	InteractionTarget string

	Profile *Profile // actors
	Listing *Listing // collections and their pages
}

// Profile is what an actor has beyond an object. ManuallyApprovesFollowers is always sent as
// false: a Follow is accepted at once.
type Profile struct {
	PreferredUsername string
	WebFinger         string // user@host (FEP-2c59)
	Inbox             string
	Outbox            string
	Followers         string
	Following         string
	Featured          string
	SharedInbox       string
	Icon              *Picture
	Fields            []Field
	Discoverable      bool
	Indexable         bool
	Keys              []Key // the PEM one is the publicKey, those with Multibase are assertionMethods

	// What is implemented (FEP-844e). Of a Generator, if there is one, else of the actor itself.
	Implements []Feature
	Generator  string // id of the Application

	// A challenge's own collections.
	Proposals, Polls, Responses, Outcomes string
}

// Listing is what a collection, or a page of one, has beyond an object.
type Listing struct {
	TotalItems int64
	Items      []*Doc // nil: not listed here; empty: listed, and there are none
	First      string
	Last       string
	Next       string
	Prev       string
	PartOf     string
}

// Source is the text that a content was made from.
type Source struct{ Content, MediaType string }

// Picture is an icon.
type Picture struct{ URL, MediaType, Name string }

// Field is a line in the table of a profile. Value is HTML.
type Field struct{ Name, Value string }

// Feature is a specification that an application implements.
type Feature struct{ Href, Name string }

// Ref returns a reference to what has this id; nil if id is empty.
func Ref(id string) *Doc {
	if id == "" {
		return nil
	}
	return &Doc{ID: id}
}

// Refs returns references to all ids. It is never nil, so that an empty [Listing] says so.
func Refs(ids []string) []*Doc {
	docs := make([]*Doc, 0, len(ids))
	for _, id := range ids {
		docs = append(docs, Ref(id))
	}
	return docs
}
