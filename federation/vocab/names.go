package vocab

import "strings"

// Public is the collection that addresses everybody (AP §5.6).
const Public = "https://www.w3.org/ns/activitystreams#Public"

// MediaType is the media type of every document that we send (AP §3.2).
const MediaType = "application/activity+json"

// Namespace is where the terms live that are ours.
const Namespace = "https://w3id.org/folkmoot/ns#"

const activityStreams = "https://www.w3.org/ns/activitystreams"

// prefixes are dropped from names, so that a term reads the same however it is spelled.
var prefixes = []string{
	"as:", activityStreams + "#", "http://www.w3.org/ns/activitystreams#",
	"moot:", Namespace,
	"toot:", "http://joinmastodon.org/ns#",
	"ldp:", "http://www.w3.org/ns/ldp#",
	"sec:", "https://w3id.org/security#",
	"misskey:", "https://misskey-hub.net/ns#",
	"https://w3id.org/fep/044f#", "https://w3id.org/fep/844e#",
}

// term returns the plain name of a property or type: content for as:content and for the full
// address, id for @id.
func term(name string) string {
	switch name {
	case "@id":
		return "id"
	case "@type":
		return "type"
	}
	for _, prefix := range prefixes {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return rest
		}
	}
	return name
}

// known are the types that programs of the fediverse give a meaning to.
var known = map[string]bool{
	"Accept": true, "Add": true, "Announce": true, "Block": true, "Create": true, "Delete": true,
	"Dislike": true, "Flag": true, "Follow": true, "Ignore": true, "Invite": true, "Join": true,
	"Leave": true, "Like": true, "Listen": true, "Move": true, "Offer": true, "Read": true,
	"Reject": true, "Remove": true, "TentativeAccept": true, "TentativeReject": true,
	"Undo": true, "Update": true, "View": true,
	"EmojiReact": true, "Lock": true, "PollVote": true, "QuoteRequest": true,

	"Application": true, "Group": true, "Organization": true, "Person": true, "Service": true,

	"Article": true, "Audio": true, "Document": true, "Event": true, "Image": true, "Note": true,
	"Page": true, "Place": true, "Profile": true, "Question": true, "Tombstone": true,
	"Video": true, "ChatMessage": true, "QuoteAuthorization": true,

	"Collection": true, "CollectionPage": true, "OrderedCollection": true,
	"OrderedCollectionPage": true,

	"Link": true, "Mention": true, "Hashtag": true, "Emoji": true, "PropertyValue": true,
	"Multikey": true,
}
