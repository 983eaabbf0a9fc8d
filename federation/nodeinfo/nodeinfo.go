// Package nodeinfo holds the document in which a server says what it is: NodeInfo 2.1.
//
// Sources: https://nodeinfo.diaspora.software/protocol, FEP-f1d5 (which fields to fill), FEP-2677
// (where the server's own actor is). What a server can do is not to be guessed from its name
// (FEP-0151); that is what FEP-844e is for.
package nodeinfo

import (
	"regexp"
	"strings"
)

// Paths at which the document and the way to it are served.
const (
	WellKnown = "/.well-known/nodeinfo"
	Path      = "/nodeinfo/2.1"
)

// Media types of the two.
const (
	TypeIndex = "application/json"
	TypeInfo  = `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"`
)

const (
	relSchema      = "http://nodeinfo.diaspora.software/ns/schema/2.1"
	relApplication = "https://www.w3.org/ns/activitystreams#Application" // FEP-2677
)

// Info is what a server says of itself. Nil counts are not told.
type Info struct {
	Software          Software
	OpenRegistrations bool
	Users             Users
	LocalPosts        *int64
	LocalComments     *int64
	Metadata          map[string]any // free form; nodeName and nodeDescription are widely shown
}

// Software names the program. Name is made of a to z, 0 to 9 and the hyphen.
type Software struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Repository string `json:"repository,omitempty"`
	Homepage   string `json:"homepage,omitempty"`
}

// Users counts accounts: all, and those active within 180 and 30 days.
type Users struct {
	Total          *int64 `json:"total,omitempty"`
	ActiveHalfyear *int64 `json:"activeHalfyear,omitempty"`
	ActiveMonth    *int64 `json:"activeMonth,omitempty"`
}

// Document is a NodeInfo 2.1 document as it is sent.
type Document struct {
	Version           string         `json:"version"`
	Software          Software       `json:"software"`
	Protocols         []string       `json:"protocols"`
	Services          Services       `json:"services"`
	OpenRegistrations bool           `json:"openRegistrations"`
	Usage             Usage          `json:"usage"`
	Metadata          map[string]any `json:"metadata"`
}

// Services lists third-party sites. Both lists must be there, even if empty.
type Services struct {
	Inbound  []string `json:"inbound"`
	Outbound []string `json:"outbound"`
}

// Usage holds the counts.
type Usage struct {
	Users         Users  `json:"users"`
	LocalPosts    *int64 `json:"localPosts,omitempty"`
	LocalComments *int64 `json:"localComments,omitempty"`
}

var notName = regexp.MustCompile(`[^a-z0-9-]+`)

// Document returns the document that tells i.
func (i Info) Document() Document {
	d := Document{
		Version:           "2.1",
		Software:          i.Software,
		Protocols:         []string{"activitypub"},
		Services:          Services{Inbound: []string{}, Outbound: []string{}},
		OpenRegistrations: i.OpenRegistrations,
		Usage:             Usage{Users: i.Users, LocalPosts: i.LocalPosts, LocalComments: i.LocalComments},
		Metadata:          i.Metadata,
	}
	d.Software.Name = notName.ReplaceAllString(strings.ToLower(d.Software.Name), "-")
	if d.Metadata == nil {
		d.Metadata = map[string]any{}
	}
	return d
}

// Index is the document at [WellKnown].
type Index struct {
	Links []Link `json:"links"`
}

// Link is one entry of it.
type Link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

// NewIndex returns the index of the server at base, an address without a slash at the end, whose
// own actor has the given id; an empty actor is left out.
func NewIndex(base, actor string) Index {
	links := []Link{{Rel: relSchema, Href: base + Path}}
	if actor != "" {
		links = append(links, Link{Rel: relApplication, Href: actor})
	}
	return Index{Links: links}
}
