package fetch

import (
	"mime"
	"net/http"
	"slices"
	"strings"
)

// The media types of ActivityPub documents (AP §3.2).
const (
	typeActivity = "application/activity+json"
	typeLD       = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`

	// AcceptActivity asks for an ActivityPub document, in the form that most servers understand.
	AcceptActivity = typeActivity + ", " + typeLD
)

// IsActivity reports whether mediaType is that of an ActivityPub document: application/activity+json,
// or application/ld+json with the profile of ActivityStreams. Nothing else is believed: files that
// people upload have other types.
func IsActivity(mediaType string) bool {
	m := normalType(mediaType)
	return m == typeActivity || m == typeLD
}

// mediaTypeOf returns the media type of an answer; empty if it has none, or several.
func mediaTypeOf(h http.Header) string {
	if len(h["Content-Type"]) != 1 {
		return ""
	}
	return normalType(h["Content-Type"][0])
}

// normalType puts a media type into lower case and drops its parameters but for the profile of
// ActivityStreams.
func normalType(s string) string {
	base, params, err := mime.ParseMediaType(s)
	if err != nil {
		return ""
	}
	_, profile, _ := strings.Cut(typeLD, `"`)
	if base == "application/ld+json" && slices.Contains(strings.Fields(params["profile"]), strings.TrimSuffix(profile, `"`)) {
		return typeLD
	}
	return base
}
