// Package webfinger is RFC 7033 as the fediverse uses it, both ends: accounts, documents, links,
// and the host-meta that points to them. It does no I/O.
package webfinger

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"mime"
	"net/url"
	"strings"
)

// Paths at which things are served.
const (
	Path         = "/.well-known/webfinger"
	HostMeta     = "/.well-known/host-meta"
	HostMetaJSON = "/.well-known/host-meta.json"
)

// Media types.
const (
	MediaType = "application/jrd+json" // RFC 7033 §10.2
	TypeXRD   = "application/xrd+xml"  // RFC 6415 §2
	Accept    = "application/jrd+json, application/json"
)

// Link relations.
const (
	RelSelf      = "self"
	RelProfile   = "http://webfinger.net/rel/profile-page"
	RelSubscribe = "http://ostatus.org/schema/1.0/subscribe"
	RelLRDD      = "lrdd"
	RelIntent    = "https://w3id.org/fep/3b86/" // FEP-3b86: followed by the name of an activity
)

// Document is a JSON Resource Descriptor.
type Document struct {
	Subject string   `json:"subject,omitempty"`
	Aliases []string `json:"aliases,omitempty"`
	Links   []Link   `json:"links"`
}

// Link is one link of a document. It has an address or a template.
type Link struct {
	Rel      string `json:"rel"`
	Type     string `json:"type,omitempty"`
	Href     string `json:"href,omitempty"`
	Template string `json:"template,omitempty"`
}

// ErrNotDocument says that bytes are no JSON Resource Descriptor.
var ErrNotDocument = errors.New("not a WebFinger document")

// Parse reads a document.
func Parse(body []byte) (*Document, error) {
	var d Document
	if err := json.Unmarshal(body, &d); err != nil || (d.Subject == "" && len(d.Links) == 0) {
		return nil, ErrNotDocument
	}
	return &d, nil
}

// Actor returns the address of the ActivityPub actor that d is about: the first self link whose
// media type is one of ActivityPub's. It is empty if there is none.
func (d *Document) Actor() string {
	for _, l := range d.Links {
		if l.Rel == RelSelf && isActivity(l.Type) && l.Href != "" {
			return l.Href
		}
	}
	return ""
}

// Template returns the first template that carries one of the relations, in the order of the
// relations given.
func (d *Document) Template(rels ...string) (rel, template string) {
	for _, rel := range rels {
		for _, l := range d.Links {
			if l.Rel == rel && l.Template != "" {
				return rel, l.Template
			}
		}
	}
	return "", ""
}

// isActivity reports whether t is a media type of ActivityPub documents (AP §3.2).
func isActivity(t string) bool {
	base, params, err := mime.ParseMediaType(t)
	if err != nil {
		return false
	}
	return base == "application/activity+json" ||
		base == "application/ld+json" && params["profile"] == "https://www.w3.org/ns/activitystreams"
}

// Address returns where a resource is asked for on the server at base, an address without a
// slash at the end.
func Address(base, resource string) string {
	return base + Path + "?resource=" + url.QueryEscape(resource)
}

// hostMeta is the part of an XRD that matters here.
type hostMeta struct {
	XMLName xml.Name  `xml:"http://docs.oasis-open.org/ns/xri/xrd-1.0 XRD"`
	Links   []xrdLink `xml:"Link"`
}

type xrdLink struct {
	Rel      string `xml:"rel,attr"`
	Type     string `xml:"type,attr,omitempty"`
	Template string `xml:"template,attr"`
}

// EncodeHostMeta returns the host-meta of the server at base as XRD (RFC 6415 §2).
func EncodeHostMeta(base string) ([]byte, error) {
	b, err := xml.MarshalIndent(hostMeta{Links: []xrdLink{{
		Rel: RelLRDD, Type: MediaType, Template: base + Path + "?resource={uri}",
	}}}, "", "  ")
	return append([]byte(xml.Header), append(b, '\n')...), err
}

// HostMetaDocument returns the same as a JRD.
func HostMetaDocument(base string) Document {
	return Document{Links: []Link{{Rel: RelLRDD, Type: MediaType, Template: base + Path + "?resource={uri}"}}}
}

// ParseHostMeta returns the lrdd template of a host-meta, XRD or JRD.
func ParseHostMeta(body []byte) (template string, err error) {
	if d, err := Parse(body); err == nil {
		_, template = d.Template(RelLRDD)
		return template, nil
	}
	var m hostMeta
	if err := xml.Unmarshal(body, &m); err != nil {
		return "", ErrNotDocument
	}
	for _, l := range m.Links {
		if l.Rel == RelLRDD && strings.Contains(l.Template, "{uri}") {
			return l.Template, nil
		}
	}
	return "", nil
}

// Expand puts value, escaped, in the place of {name} in a template. It reports false if the
// template has no such place.
func Expand(template, name, value string) (string, bool) {
	hole := "{" + name + "}"
	if !strings.Contains(template, hole) {
		return "", false
	}
	return strings.ReplaceAll(template, hole, url.QueryEscape(value)), true
}
