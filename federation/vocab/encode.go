package vocab

import (
	"fmt"
	"strings"
)

const quoteAuthorization = "QuoteAuthorization"

// Encode writes d. The same d gives the same bytes always, so that they can be signed and tagged.
//
// What the ActivityStreams vocabulary knows is built with the types of go-fed, which refuse a
// property that a type does not have; what it does not know, or would lose, is added after. An
// error is a mistake of the caller.
func Encode(d *Doc) ([]byte, error) {
	if d.ID == "" {
		return nil, fmt.Errorf("vocab: a %s without id", d.Type)
	}
	members, err := document(d)
	if err != nil {
		return nil, fmt.Errorf("vocab: %s: %w", d.ID, err)
	}
	members["@context"] = contextOf(d)
	return appendValue(nil, members)
}

// node is what stands for d inside another document: its id, its bytes, or its members.
func node(d *Doc) (any, error) {
	switch {
	case len(d.Raw) > 0:
		if _, err := parse(d.Raw); err != nil {
			return nil, fmt.Errorf("embedded document: %w", err)
		}
		return d.Raw, nil
	case d.Type == "":
		return d.ID, nil
	}
	return document(d)
}

// document returns the members of d but for its @context.
func document(d *Doc) (map[string]any, error) {
	m, err := typed(d)
	if err != nil {
		return nil, err
	}
	m["type"] = d.Type
	if err := embed(m, d); err != nil {
		return nil, err
	}
	listed(m, "to", "cc", "items", "orderedItems")
	post(m, d)
	ours(m, d)
	if d.Profile != nil {
		actor(m, d)
	}
	return m, nil
}

// embed puts documents where so far only their ids stand.
func embed(m map[string]any, d *Doc) (err error) {
	for name, inner := range map[string]*Doc{
		"object": d.Object, "target": d.Target, "result": d.Result, "preview": d.Preview,
		"replies": d.Replies, "likes": d.Likes, "shares": d.Shares,
	} {
		if inner == nil {
			continue
		}
		if m[name], err = node(inner); err != nil {
			return err
		}
	}
	if d.Listing == nil || d.Listing.Items == nil {
		return nil
	}
	items := make([]any, len(d.Listing.Items))
	for i, inner := range d.Listing.Items {
		if items[i], err = node(inner); err != nil {
			return err
		}
	}
	if d.ordered() {
		m["orderedItems"] = items
	} else {
		m["items"] = items
	}
	return nil
}

// listed makes lists of what the vocabulary library wrote as one value, because readers of these
// properties expect lists.
func listed(m map[string]any, names ...string) {
	for _, name := range names {
		if v, ok := m[name]; ok {
			if _, isList := v.([]any); !isList {
				m[name] = []any{v}
			}
		}
	}
}

// post adds what the library loses of posts, or does not know.
func post(m map[string]any, d *Doc) {
	if d.Language != "" && d.Content != "" {
		m["contentMap"] = map[string]any{d.Language: d.Content}
	}
	if d.Source != nil {
		m["source"] = map[string]any{"content": d.Source.Content, "mediaType": d.Source.MediaType}
	}
	if d.Sensitive {
		m["sensitive"] = true
	}
	if d.Quotable {
		m["interactionPolicy"] = map[string]any{"canQuote": map[string]any{"automaticApproval": []any{Public}}}
	}
	for _, t := range d.Tag {
		add(m, "tag", map[string]any{"type": t.Type, "name": t.Name, "href": t.Href})
	}
	for _, a := range d.Attachment {
		address := "url"
		if a.Type == "Link" {
			address = "href"
		}
		attached := map[string]any{"type": a.Type, address: a.URL}
		some(attached, "mediaType", a.MediaType)
		some(attached, "name", a.Name)
		add(m, "attachment", attached)
	}
	some(m, "interactingObject", d.InteractingObject)
	some(m, "interactionTarget", d.InteractionTarget)
}

// ours adds the terms of our own namespace.
func ours(m map[string]any, d *Doc) {
	some(m, "kind", d.Kind)
	some(m, "stage", d.Stage)
	some(m, "receiptFor", d.ReceiptFor)
	if !d.RespondBy.IsZero() {
		m["respondBy"] = d.RespondBy.UTC().Format("2006-01-02T15:04:05Z")
	}
	if d.Revision > 0 {
		m["revision"] = d.Revision
	}
}

// actor adds what the library does not know of actors.
func actor(m map[string]any, d *Doc) {
	a := d.Profile
	m["manuallyApprovesFollowers"] = false
	m["discoverable"] = a.Discoverable
	m["indexable"] = a.Indexable
	if d.Type == "Group" {
		m["postingRestrictedToMods"] = false
	}
	for name, s := range map[string]string{
		"webfinger": a.WebFinger, "featured": a.Featured, "proposals": a.Proposals,
		"polls": a.Polls, "responses": a.Responses, "outcomes": a.Outcomes,
	} {
		some(m, name, s)
	}
	if a.SharedInbox != "" {
		m["endpoints"] = map[string]any{"sharedInbox": a.SharedInbox}
	}
	if a.Icon != nil {
		icon := map[string]any{"type": "Image", "url": a.Icon.URL}
		some(icon, "mediaType", a.Icon.MediaType)
		some(icon, "name", a.Icon.Name)
		m["icon"] = icon
	}
	for _, f := range a.Fields {
		add(m, "attachment", map[string]any{"type": "PropertyValue", "name": f.Name, "value": f.Value})
	}
	keys(m, a.Keys)
	features(m, a)
}

func keys(m map[string]any, keys []Key) {
	for _, k := range keys {
		if k.PEM != "" {
			m["publicKey"] = map[string]any{
				"id": k.ID, "type": "CryptographicKey", "owner": k.Owner, "publicKeyPem": k.PEM,
			}
		} else {
			add(m, "assertionMethod", map[string]any{
				"id": k.ID, "type": "Multikey", "controller": k.Owner, "publicKeyMultibase": k.Multibase,
			})
		}
	}
}

// features says what is implemented (FEP-844e).
func features(m map[string]any, a *Profile) {
	holder := m
	if a.Generator != "" {
		holder = map[string]any{"type": "Application", "id": a.Generator, "name": Host(a.Generator)}
		m["generator"] = holder
	}
	for _, f := range a.Implements {
		add(holder, "implements", map[string]any{"type": "Link", "href": f.Href, "name": f.Name})
	}
}

// add appends to a list.
func add(m map[string]any, name string, v any) {
	list, _ := m[name].([]any)
	m[name] = append(list, v)
}

// some sets a member unless it is empty.
func some(m map[string]any, name, s string) {
	if s != "" {
		m[name] = s
	}
}

// ref returns the id of what d refers to or embeds. For what is embedded without an id it returns
// a placeholder, which embed replaces.
func (d *Doc) ref() string {
	switch {
	case d == nil:
		return ""
	case d.ID != "":
		return d.ID
	}
	return "embedded"
}

// ordered reports whether d lists its items in orderedItems.
func (d *Doc) ordered() bool { return strings.HasPrefix(d.Type, "Ordered") }
