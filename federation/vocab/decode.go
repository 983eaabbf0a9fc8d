package vocab

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is kept of one object. What is beyond them is left out, not refused.
const (
	MaxTagsRead = 1000
	MaxTags     = 50
	MaxOptions  = 20 // of a Question
	maxList     = 1000
	maxFew      = 100 // objects of an activity, keys, features
)

// Decode reads a document tolerantly. Only JSON that lies is an error, a [SyntaxError]; what does
// not fit a field is treated as absent. The Object keeps b, so it must not be changed afterwards.
func Decode(b []byte) (*Object, error) {
	v, err := parse(b)
	if err != nil {
		return nil, err
	}
	if v.kind != isObject {
		return nil, &SyntaxError{Reason: ReasonShape, Offset: v.start}
	}
	d := decoder{raw: b}
	o := d.object(v)
	if o.Language == "" {
		o.Language = languageTag(v.get("@context").find("@language").text)
	}
	return o, nil
}

// decoder maps values to objects. Its depth is bounded by that of the parser.
type decoder struct{ raw []byte }

func (d decoder) object(v value) *Object {
	o := &Object{
		ID:        v.get("id").string(),
		Types:     types(v.get("type")),
		MediaType: v.get("mediaType").string(),
		Raw:       d.raw[v.start:v.end:v.end],
	}
	o.Type = mainType(o.Types)
	d.activity(o, v)
	d.addressing(o, v)
	d.text(o, v)
	d.links(o, v)
	if v.has("publicKey") || v.has("preferredUsername") || v.has("inbox") || v.has("assertionMethod") {
		d.actor(o, v)
	}
	d.collection(o, v)
	o.Implements = implements(v)
	return o
}

func (d decoder) activity(o *Object, v value) {
	if actors := ids(v.get("actor")); len(actors) == 1 {
		o.Actor = actors[0]
	}
	o.Objects = d.nodes(v.get("object"), maxFew)
	if len(o.Objects) > 0 {
		o.Object = o.Objects[0]
	}
	o.Target = id(v.get("target"))
	o.Instrument = d.node(v.get("instrument"))
	o.Result = d.node(v.get("result"))
}

func (d decoder) addressing(o *Object, v value) {
	o.To = recipients(v.get("to"))
	o.Cc = recipients(v.get("cc"))
	o.Audience = recipients(v.get("audience"))
	o.AttributedTo = ids(v.get("attributedTo"))
	o.InReplyTo = id(v.get("inReplyTo"))
	o.Context = id(v.get("context"))
	replies := v.get("replies")
	o.Replies = first(id(replies), id(replies.get("first")))
}

func (d decoder) text(o *Object, v value) {
	content := v.get("content")
	o.Content = plainOr(content, v.get("contentMap"))
	o.HasContent = content.kind != isNull || v.has("contentMap")
	o.Name = plainOr(v.get("name"), v.get("nameMap"))
	o.Summary = plainOr(v.get("summary"), v.get("summaryMap"))
	o.Language = language(v)
	o.Published = moment(v.get("published"))
	o.Updated = moment(v.get("updated"))
	o.EndTime = moment(v.get("endTime"))
	o.Sensitive = v.get("sensitive").bool()
	o.Kind = v.get("kind").string()
	for _, option := range slices.Concat(v.get("oneOf").list(), v.get("anyOf").list()) {
		if len(o.Options) < MaxOptions && option.kind == isObject {
			o.Options = append(o.Options, plainOr(option.get("name"), option.get("nameMap")))
		}
	}
}

func (d decoder) links(o *Object, v value) {
	o.URL = page(v.get("url"))
	o.Tag = tags(v.get("tag"))
	o.Quote = first(id(v.get("quote")), id(v.get("quoteUrl")), id(v.get("quoteUri")),
		id(v.get("_misskey_quote")), quoteTag(v.get("tag")))
	for _, a := range slices.Concat(v.get("attachment").list(), v.get("image").list()) {
		if a := attachment(a); a.URL != "" && len(o.Attachment) < MaxTags {
			o.Attachment = append(o.Attachment, a)
		}
	}
}

func (d decoder) actor(o *Object, v value) {
	o.PreferredUsername = v.get("preferredUsername").string()
	o.Inbox = id(v.get("inbox"))
	o.Outbox = id(v.get("outbox"))
	o.Followers = id(v.get("followers"))
	o.SharedInbox = first(id(v.get("endpoints").get("sharedInbox")), id(v.get("sharedInbox")))
	o.AlsoKnownAs = ids(v.get("alsoKnownAs"))
	o.MovedTo = id(v.get("movedTo"))
	o.Indexable = v.get("indexable").bool()
	for _, k := range slices.Concat(v.get("publicKey").list(), v.get("assertionMethod").list()) {
		if k.kind != isObject || len(o.PublicKeys) == maxFew {
			continue
		}
		o.PublicKeys = append(o.PublicKeys, Key{
			ID:        k.get("id").string(),
			Owner:     first(id(k.get("owner")), id(k.get("controller"))),
			PEM:       k.get("publicKeyPem").string(),
			Multibase: k.get("publicKeyMultibase").string(),
		})
	}
}

func (d decoder) collection(o *Object, v value) {
	o.TotalItems = v.get("totalItems").count()
	o.Items = append(d.nodes(v.get("items"), MaxValues), d.nodes(v.get("orderedItems"), MaxValues)...)
	front := v.get("first")
	o.First = id(front)
	if front.kind == isObject {
		o.FirstPage = d.object(front)
	}
	o.Next = id(v.get("next"))
	o.PartOf = id(v.get("partOf"))
}

// node reads what is an object or a reference to one; nil if it is neither.
func (d decoder) node(v value) *Object {
	if nodes := d.nodes(v, 1); len(nodes) > 0 {
		return nodes[0]
	}
	return nil
}

func (d decoder) nodes(v value, limit int) (nodes []*Object) {
	for _, m := range v.list() {
		if len(nodes) == limit {
			break
		}
		switch {
		case m.kind == isObject:
			nodes = append(nodes, d.object(m))
		case m.string() != "":
			nodes = append(nodes, &Object{ID: m.text})
		}
	}
	return nodes
}

// types returns the plain names of all types.
func types(v value) (names []string) {
	for _, t := range v.list() {
		if name := term(t.string()); name != "" && len(names) < maxFew {
			names = append(names, name)
		}
	}
	return names
}

func mainType(types []string) string {
	for _, t := range types {
		if known[t] {
			return t
		}
	}
	if len(types) > 0 {
		return types[0]
	}
	return ""
}

// ids returns the ids of what v refers to or embeds.
func ids(v value) (list []string) {
	for _, m := range v.list() {
		if s := id(m); s != "" && len(list) < maxList {
			list = append(list, s)
		}
	}
	return list
}

// id returns the id of the first that v refers to or embeds; of a Link it is where it leads.
func id(v value) string {
	list := v.list()
	if len(list) == 0 {
		return ""
	}
	if m := list[0]; m.kind == isObject {
		return first(m.get("id").string(), m.get("href").string())
	}
	return list[0].string()
}

func recipients(v value) []string {
	list := ids(v)
	for i, s := range list {
		if s == "as:Public" || s == "Public" {
			list[i] = Public
		}
	}
	return list
}

// language returns the language of an object: the first key of a map, which the author's server
// puts there, or the language that Lemmy or Mobilizon names.
func language(v value) string {
	for _, name := range []string{"contentMap", "nameMap", "summaryMap"} {
		if m := v.get(name); m.kind == isObject && len(m.members) > 0 {
			return languageTag(m.members[0].name)
		}
	}
	return languageTag(first(v.get("@language").string(), v.get("language").string(),
		v.get("language").get("identifier").string(), v.get("inLanguage").string()))
}

// languageTag returns s if it looks like BCP 47, else nothing; "und" says nothing.
func languageTag(s string) string {
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return ""
		}
	}
	if s == "und" || len(s) > 35 {
		return ""
	}
	return s
}

// plainOr returns the text of v, else that of the first language in m.
func plainOr(v, m value) string {
	if v.kind != isNull {
		return text(v)
	}
	return text(m)
}

// text returns a string; of a list, or of an object of languages or of JSON-LD, the first in it.
func text(v value) string {
	switch v.kind {
	case isString:
		return v.text
	case isObject:
		if s := v.get("@value").string(); s != "" {
			return s
		}
	case isList:
	default:
		return ""
	}
	for _, m := range v.members {
		if m.kind == isString && !strings.HasPrefix(m.name, "@") {
			return m.text
		}
	}
	return ""
}

// moment reads a time as RFC 3339 writes it, or nearly so; zero if it is none.
func moment(v value) time.Time {
	if v.string() == "" {
		return time.Time{}
	}
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00",
		"2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", time.DateOnly,
	} {
		if t, err := time.Parse(layout, v.string()); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// get returns the member called name, in its plain spelling if it is there, else in another; null
// if there is none or v is no object.
func (v value) get(name string) value {
	if v.kind != isObject {
		return value{}
	}
	for i := range v.members {
		if v.members[i].name == name {
			return v.members[i]
		}
	}
	if v.aliased {
		for i := range v.members {
			if term(v.members[i].name) == name {
				return v.members[i]
			}
		}
	}
	return value{}
}

// has reports whether there is a member called name that is not null.
func (v value) has(name string) bool { return v.get(name).kind != isNull }

// find returns the member called name of v, or of the first object in the list v that has it.
func (v value) find(name string) value {
	for _, m := range v.list() {
		if found := m.get(name); found.kind != isNull {
			return found
		}
	}
	return value{}
}

// list returns the members of a list, and of anything else but null that alone.
func (v value) list() []value {
	switch v.kind {
	case isNull:
		return nil
	case isList:
		return v.members
	}
	return []value{v}
}

// string returns a string, and of anything else nothing.
func (v value) string() string {
	if v.kind == isString {
		return v.text
	}
	return ""
}

func (v value) bool() bool { return v.kind == isTrue || v.kind == isString && v.text == "true" }

// count returns a number that is not negative, also where it is written as 12.0 or "12".
func (v value) count() int64 {
	if v.kind != isNumber && v.kind != isString {
		return 0
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	if f, ferr := strconv.ParseFloat(v.text, 64); err != nil && ferr == nil && f < 1<<53 {
		n = int64(f)
	}
	return max(n, 0)
}

// first returns the first that is not empty.
func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
