package vocab

import (
	"net/url"
	"strings"
)

// page returns the address for people: of the links in v the first that says text/html, else the
// first that says nothing, else the first. Only http and https count, so that no one is sent to a
// javascript: address.
func page(v value) string {
	var silent, other string
	for i, m := range v.list() {
		if i == maxFew {
			break
		}
		href := webAddress(first(m.string(), m.get("href").string()))
		switch media := mediaType(m); {
		case href == "":
		case media == "text/html":
			return href
		case media == "":
			silent = first(silent, href)
		default:
			other = first(other, href)
		}
	}
	return first(silent, other)
}

// mediaType returns the media type of a link without its parameters. Mastodon reads mimeType,
// PeerTube writes mediaType.
func mediaType(v value) string {
	media, _, _ := strings.Cut(first(v.get("mediaType").string(), v.get("mimeType").string()), ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// webAddress returns s if it is an absolute http or https address, else nothing.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || defaultPort(u.Scheme) == "" {
		return ""
	}
	return s
}

func tags(v value) (list []Tag) {
	for i, m := range v.list() {
		if i == MaxTagsRead || len(list) == MaxTags {
			break
		}
		if m.kind != isObject {
			continue
		}
		list = append(list, Tag{
			Type: mainType(types(m.get("type"))),
			Name: plainOr(m.get("name"), m.get("nameMap")),
			Href: first(id(m.get("href")), m.get("id").string()),
		})
	}
	return list
}

// quoteTag returns where a tag leads that marks a quotation (FEP-e232 with Misskey's relation).
func quoteTag(v value) string {
	for i, m := range v.list() {
		if i == MaxTagsRead {
			break
		}
		for _, rel := range m.get("rel").list() {
			if term(rel.string()) == "_misskey_quote" {
				return id(m.get("href"))
			}
		}
	}
	return ""
}

// attachment reads a picture, film, file or link; its URL is empty if it leads nowhere.
func attachment(m value) Attachment {
	if m.kind != isObject {
		return Attachment{Type: "Link", URL: webAddress(m.string())}
	}
	a := Attachment{
		Type:      mainType(types(m.get("type"))),
		URL:       webAddress(m.get("href").string()),
		MediaType: mediaType(m),
		Name:      first(plainOr(m.get("summary"), m.get("summaryMap")), plainOr(m.get("name"), m.get("nameMap"))),
	}
	for _, link := range m.get("url").list() {
		if a.URL != "" {
			break
		}
		a.URL = webAddress(first(link.string(), link.get("href").string()))
		a.MediaType = first(a.MediaType, mediaType(link))
	}
	return a
}

// implements reads what the application behind an actor, or an application itself, implements
// (FEP-844e).
func implements(v value) (list []string) {
	for _, source := range []value{v, v.get("generator")} {
		for _, s := range ids(source.get("implements")) {
			if len(list) < maxFew {
				list = append(list, s)
			}
		}
	}
	return list
}
