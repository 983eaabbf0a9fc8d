package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// sample is an answer as another server sends it.
type sample struct {
	Text, Lang, Warning string
	Media               []o
}

// samples are answers of the kinds that pages must survive.
var samples = []sample{
	{Text: "<p>I let two flats. I’d accept it <strong>if</strong> an inspector says there’s a problem first.</p>", Lang: "en"},
	{Text: "<p>أبلغتُ عن الرطوبة في يناير، وفي مارس قيل لي إن المالك قرر البيع.</p>", Lang: "ar"},
	{Text: "<p>Roedd y landlord yn gwrthod ateb. Dyna pam nad ydw i’n cwyno mwyach, ŵyr neb beth i’w wneud.</p>", Lang: "cy"},
	{Text: "<p>" + strings.Repeat("The wall by the cot is black and nobody comes. ", 107) + "</p>", Lang: "en"}, // 5,000 characters
	{Text: "<p>Last month a three-year-old went in with her chest for the second time.</p>", Lang: "en", Warning: "a child in hospital"},
	{Text: "<p>Photographs of our landing.</p>", Lang: "en", Media: []o{
		{"type": "Document", "mediaType": "image/jpeg", "url": "https://media.example/1.jpg"},
		{"type": "Document", "mediaType": "image/jpeg", "url": "https://media.example/2.jpg", "name": "A black wall beside a window."},
	}},
	{Text: `<script>alert(1)</script><p onclick="alert(2)">Hostile</p></div></article></main><style>*{display:none}</style><img src=x onerror=alert(3)><a href="javascript:alert(4)">press</a><h1>BIG</h1><form action="https://evil.example"><input name=p></form>`, Lang: "en"},
	{Text: "<p><span class=\"h-card\"><a href=\"https://m.example/@news\" class=\"u-url mention\">@<span>news</span></a></span> See <a href=\"https://example.org/a/very/long/address/that/does/not/break/anywhere/at/all/0123456789012345678901234567890123456789012345678901234567890123456789\">https://example.org/a/very/long/address/that/does/not/break/anywhere/at/all/0123456789012345678901234567890123456789012345678901234567890123456789</a></p>", Lang: "en"},
	{Text: "<p>One</p><blockquote><p>quoted</p></blockquote><ul><li>a</li><li>b</li></ul><pre><code>x := 1</code></pre>", Lang: "de"},
	{Text: "<p>" + strings.Repeat("Donaudampfschifffahrtselektrizitäten", 30) + "</p>", Lang: "de"},
}

// seed sends n answers of all kinds to a challenge from the peer, and waits until they show.
func seed(t *testing.T, i *instance, p *peer, c challenge, n int) {
	t.Helper()
	actors := []string{"dee", "twoflats", "nurse", "corner", "porter"}
	for k := range n {
		s, actor := samples[k%len(samples)], p.user(actors[k%len(actors)])
		id := fmt.Sprintf("%s/seed/%d", p.Base, k)
		public := []string{"https://www.w3.org/ns/activitystreams#Public"}
		note := o{
			"id": id, "type": "Note", "attributedTo": actor, "inReplyTo": c.Opening, "to": public, "cc": []string{i.URL + "/org", c.ID},
			"content": s.Text, "contentMap": o{s.Lang: s.Text}, "published": time.Now().Add(-time.Duration(n-k) * time.Minute).UTC().Format(time.RFC3339),
			"url": id, "attachment": s.Media, "sensitive": s.Warning != "",
		}
		if s.Warning != "" {
			note["summary"] = s.Warning
		}
		var answer struct {
			Status int
			Body   string
		}
		p.do("post", o{"as": actors[k%len(actors)], "spec": "cavage", "inbox": c.Inbox, "body": o{
			"@context": "https://www.w3.org/ns/activitystreams", "id": id + "/create", "type": "Create", "actor": actor,
			"to": public, "cc": []string{i.URL + "/org", c.ID}, "object": note,
		}}, &answer)
		if answer.Status != 202 {
			t.Fatalf("answer %d: %d %s", k, answer.Status, answer.Body)
		}
	}
	i.wait("the answers are taken in", time.Minute, func() bool { return len(i.answers(c.Number, true)) >= n })
	for _, a := range i.answers(c.Number, true) { // the first posts of an unseen host with a link are held
		if a.Moderation == "held" {
			i.cli("contribution", "show", fmt.Sprintf("%d/%s", c.Number, a.Code))
		}
	}
}
