package fediverse

import (
	"encoding/json"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/markup"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Limits on what is kept of a post.
const (
	maxTitle       = 300
	maxWarning     = 300
	maxDescription = 1500
	maxMedia       = 20
)

// postTypes are the types of post that say something. In those that are true the text may have
// headings and tables, and the summary is an abstract; in the others it is a content warning.
var postTypes = map[string]bool{
	"Note": false, "Question": false, "ChatMessage": false,
	"Article": true, "Page": true, "Event": true, "Video": true, "Audio": true, "Image": true, "Document": true,
}

// says refuses what is not a post, and votes: a Note with a name, without words or media, that
// answers something. There are no polls yet.
func says(o *vocab.Object) error {
	if _, ok := postTypes[o.Type]; !ok {
		return drop(reasonType)
	}
	wordless := strings.TrimSpace(o.Content) == "" && len(o.Attachment) == 0
	if o.Type == "Note" && o.Name != "" && wordless && o.InReplyTo != "" {
		return drop(reasonVote)
	}
	return nil
}

// contribution makes a policy.Contribution of a post; challenge and thread are left to the caller.
func (f *Fediverse) contribution(o *vocab.Object, author *policy.Actor) (*policy.Contribution, error) {
	now := f.now()
	c := &policy.Contribution{
		IRI:        o.ID,
		URL:        pageOn(o.URL, o.ID),
		Author:     *author,
		Kind:       kind(o.Kind),
		HTML:       words(o),
		Sensitive:  o.Sensitive,
		Lang:       o.Language,
		Media:      media(o),
		Visibility: visibility(o, author.Followers),
		Published:  notAfter(o.Published, now),
		Edited:     o.Updated,
	}
	if !o.Updated.IsZero() {
		c.Edited = notAfter(o.Updated, now)
	}
	if !postTypes[o.Type] {
		c.Warning = markup.Plain(o.Summary, maxWarning)
	}
	c.Text = markup.Text(c.HTML)
	if strings.TrimSpace(c.Text) == "" && len(c.Media) == 0 {
		return nil, drop(reasonEmpty)
	}
	return c, nil
}

// words returns what a post says as safe HTML: its title as a heading line, its text without the
// mentions that replies begin with, and the options of a poll.
func words(o *vocab.Object) string {
	var b strings.Builder
	if title := markup.Plain(o.Name, maxTitle); title != "" {
		b.WriteString("<p><strong>" + html.EscapeString(title) + "</strong></p>")
	}
	text := body(o)
	if short := markup.WithoutLeadingMentions(text); strings.TrimSpace(markup.Text(short)) != "" {
		text = short
	}
	b.WriteString(text)
	if len(o.Options) > 0 {
		b.WriteString("<ul>")
		for _, option := range o.Options[:min(len(o.Options), 20)] {
			b.WriteString("<li>" + html.EscapeString(markup.Plain(option, maxTitle)) + "</li>")
		}
		b.WriteString("</ul>")
	}
	return b.String()
}

// body returns the text of a post as safe HTML.
func body(o *vocab.Object) string {
	long := postTypes[o.Type]
	source := o.Content
	if source == "" && long {
		source = o.Summary
	}
	switch o.MediaType {
	case "text/markdown":
		source = markup.Markdown(source)
	case "text/plain":
		source = "<p>" + strings.ReplaceAll(html.EscapeString(source), "\n", "<br>") + "</p>"
	}
	if long {
		return markup.ForeignArticle(source)
	}
	return markup.Foreign(source)
}

// visibility reads the audience of a post from its own addressing, as Mastodon does: the
// followers collection counts only in "to" (mastodon.md §6).
func visibility(o *vocab.Object, followers string) policy.Visibility {
	switch {
	case slices.Contains(o.To, vocab.Public):
		return policy.VisibilityPublic
	case slices.Contains(o.Cc, vocab.Public):
		return policy.VisibilityUnlisted
	case followers != "" && slices.Contains(o.To, followers):
		return policy.VisibilityFollowers
	}
	return policy.VisibilityDirect
}

// media lists what came with a post. A film, picture or sound that is itself the post has its
// files in url.
func media(o *vocab.Object) []policy.Media {
	var list []policy.Media
	add := func(url, mediaType, description string) {
		known := slices.ContainsFunc(list, func(m policy.Media) bool { return m.URL == url })
		if known || len(list) == maxMedia || !isWeb(url) {
			return
		}
		list = append(list, policy.Media{
			URL: url, MediaType: mediaType, Description: markup.Plain(description, maxDescription),
		})
	}
	switch o.Type {
	case "Image", "Video", "Audio", "Document":
		if url, mediaType := file(o.Raw); url != "" {
			add(url, mediaType, o.Name)
		}
	}
	for _, a := range o.Attachment {
		if a.Type != "PropertyValue" {
			add(a.URL, a.MediaType, a.Name)
		}
	}
	return list
}

// file finds the first picture, film or sound among the links of a post, also among the links of
// a link (PeerTube lists the files of a stream inside the playlist).
func file(raw json.RawMessage) (url, mediaType string) {
	var o struct {
		URL json.RawMessage `json:"url"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return "", ""
	}
	return mediaLink(o.URL, 2)
}

func mediaLink(raw json.RawMessage, depth int) (url, mediaType string) {
	type link struct {
		Href      string          `json:"href"`
		MediaType string          `json:"mediaType"`
		MimeType  string          `json:"mimeType"`
		Tag       json.RawMessage `json:"tag"`
	}
	var links []json.RawMessage
	if json.Unmarshal(raw, &links) != nil {
		links = []json.RawMessage{raw}
	}
	for _, l := range links {
		var one link
		if json.Unmarshal(l, &one) != nil {
			continue
		}
		if one.MediaType == "" {
			one.MediaType = one.MimeType
		}
		kind, _, _ := strings.Cut(one.MediaType, "/")
		if kind == "image" || kind == "video" || kind == "audio" {
			return one.Href, one.MediaType
		}
		if depth > 1 && len(one.Tag) > 0 {
			if url, mediaType = mediaLink(one.Tag, depth-1); url != "" {
				return url, mediaType
			}
		}
	}
	return "", ""
}

// kind returns the kind that a post says it is; [policy.KindComment] unless it says another.
func kind(name string) policy.Kind {
	if k := policy.Kind(name); slices.Contains(policy.Kinds, k) {
		return k
	}
	return policy.KindComment
}

// notAfter returns t, but now if t is missing or in the future.
func notAfter(t, now time.Time) time.Time {
	if t.IsZero() || t.After(now) {
		return now
	}
	return t
}

// pageOn returns a page if it lies on the server of id, else nothing.
func pageOn(page, id string) string {
	if page != "" && vocab.Host(page) == vocab.Host(id) && isWeb(page) {
		return page
	}
	return ""
}

func isWeb(url string) bool {
	return strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
}

// names reports whether a document has a property of that name, whatever it holds.
func names(raw json.RawMessage, property string) bool {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return false
	}
	v, ok := m[property]
	return ok && string(v) != "null"
}
