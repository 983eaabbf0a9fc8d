package fediverse

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Documents as 32 programs really sent them are put into the mouth of their actor, addressed to a
// challenge, and handled. fixtures says what each becomes, and why.
func TestRealDocuments(t *testing.T) {
	root := fedtest.Shared(t, "data/fixtures")
	peer := fedtest.New(t)
	w := worldAt(t, &clock{now: start}, t.TempDir()+"/folkmoot.db", "https://moot.example", fedtest.Gate(peer))
	proposal := &policy.Proposal{Title: "Six safe months", Summary: "No notice for six months.", Current: policy.Version{Text: "Nobody is told to leave."}}
	w.must(w.app.PublishProposal(t.Context(), w.by(), w.ch.Number, proposal))
	w.drain()
	before := w.everything()

	var files []string
	w.must(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".json") {
			name, err := filepath.Rel(root, path)
			files = append(files, filepath.ToSlash(name))
			return err
		}
		return err
	}))
	if len(files) < 300 {
		t.Fatalf("%d files in %s, want more", len(files), root)
	}
	// Whoever deletes their account comes last: nobody hears of them again.
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(last[a], last[b]) })
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			body, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
			w.must(err)
			done := make(chan string, 1)
			if strings.Contains(string(body), `"Move"`) {
				body = rehouse(peer, body)
			}
			go func() { done <- w.fixture(name, body) }()
			select {
			case got := <-done:
				if want := fixtures[name]; got != want {
					t.Errorf("became %q, want %q", got, want)
				}
				if class, _, _ := strings.Cut(got, " "); because[got] == "" && because[strings.TrimSuffix(class, ":")] == "" {
					t.Errorf("nothing says why it became %q", got)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("hangs")
			}
			if strings.HasPrefix(name, "adversarial/") {
				if after := w.everything(); after != before {
					t.Errorf("it changed something: %s, was %s", after, before)
				}
			}
		})
	}
}

// last are the documents in which an account is deleted.
var last = map[string]int{
	"lemmy/activities__deletion__delete_user.json": 1,
	"mastodon/mastodon-delete-user.json":           1,
}

// by is the first steward.
func (w *world) by() app.By {
	account, actor, err := w.db.FirstSteward(w.Context())
	w.must(err)
	return app.By{Actor: account.Actor, Name: actor.DisplayName()}
}

// everything sums up what the record holds.
func (w *world) everything() string {
	counts, err := w.db.Counts(w.Context())
	w.must(err)
	list, err := w.db.Contributions(w.Context(), everything, store.ContributionFilter{All: true}, store.Page{Limit: 1000})
	w.must(err)
	followers, err := w.db.Followers(w.Context(), w.ch.Actor.ID)
	w.must(err)
	likes, shares, err := w.db.Reactions(w.Context(), w.f.base.Opening(w.ch.Number))
	w.must(err)
	return fmt.Sprintf("%+v, %d posts, %d followers, %d likes, %d shares", counts, len(list), followers, likes, shares)
}

// fixture handles one document and says what became of it.
func (w *world) fixture(name string, body []byte) string {
	var doc fedtest.M
	if json.Unmarshal(body, &doc) != nil {
		return "not an object"
	}
	adversarial := strings.HasPrefix(name, "adversarial/")
	activity := w.activity(doc, adversarial)
	actor := idOf(activity["actor"])
	if actor == "" {
		actor = "https://m.example/users/bo" // nobody's: Process must refuse it all the same
	}
	if !adversarial {
		w.readdress(activity, actor, name)
	}
	w.someoneLike(actor, activity)
	sent, err := json.Marshal(activity)
	w.must(err)
	reason, err := w.f.Process(w.Context(), store.Inbound{Actor: actor, Body: sent, Received: w.clock.Now()})
	switch {
	case err != nil:
		return "error: " + err.Error()
	case reason != "":
		w.drain()
		return reason
	}
	w.drain()
	typ, _ := activity["type"].(string)
	o, _ := activity["object"].(fedtest.M)
	if typ == "Undo" {
		inner, _ := o["type"].(string)
		typ += " " + inner
	}
	id, _ := o["id"].(string)
	c := w.contribution(id)
	if c == nil || typ != "Create" && typ != "Update" {
		return "done: " + typ
	}
	w.compare(c, o)
	lang := c.Lang
	if lang == "" {
		lang = "?"
	}
	return fmt.Sprintf("contribution %s %s %d", c.Visibility, lang, len(c.Media))
}

// activity wraps an object that came alone into the Create that brought it.
func (w *world) activity(doc fedtest.M, adversarial bool) fedtest.M {
	typ, _ := doc["type"].(string)
	if _, post := postTypes[typ]; !post {
		return doc
	}
	actor := idOf(doc["attributedTo"])
	if actor == "" || typ == "Event" && idOf(doc["actor"]) != "" {
		actor = idOf(doc["actor"])
	}
	delete(doc, "@context")
	return act(actor, fmt.Sprint(doc["id"], "#create"), "Create", doc)
}

// origin matches the scheme and host of an address.
var origin = regexp.MustCompile(`^https?://[^/?#]+`)

// readdress makes a document be about the challenge, and lets everything in it come from where
// its actor lives.
func (w *world) readdress(activity fedtest.M, actor, name string) {
	if !origin.MatchString(actor) {
		return
	}
	here := origin.FindString(actor)
	move := func(o fedtest.M) {
		if id, ok := o["id"].(string); ok {
			o["id"] = origin.ReplaceAllString(id, here) + "?" + marks.ReplaceAllString(name, "-")
		}
	}
	move(activity)
	group, opening := w.ch.Actor.IRI, w.f.base.Opening(w.ch.Number)
	switch activity["type"] {
	case "Create", "Update":
		o, ok := activity["object"].(fedtest.M)
		if !ok || o["id"] == actor {
			return
		}
		move(o)
		if o["inReplyTo"] != nil {
			o["inReplyTo"] = opening
			delete(o, "inReplyToAtomUri")
			break
		}
		tags, _ := o["tag"].([]any)
		o["tag"] = append(tags, fedtest.M{"type": "Mention", "href": group, "name": "@damp@moot.example"})
		if o["to"] == nil {
			o["to"] = []any{vocab.Public, group}
		} else {
			o["cc"] = append(many(o["cc"]), group)
		}
	case "Like", "Announce", "Dislike", "EmojiReact":
		if _, embedded := activity["object"].(string); embedded {
			activity["object"] = opening
		}
	case "Follow", "Block":
		activity["object"] = group
	case "Flag":
		activity["object"] = []any{group, opening}
	case "Undo":
		inner, ok := activity["object"].(fedtest.M)
		if !ok {
			break
		}
		move(inner)
		if inner["type"] == "Follow" || inner["type"] == "Block" {
			inner["object"] = group
		} else {
			inner["object"] = opening
		}
	}
}

// rehouse lets a Move be from one account of peer to another, which says that it is the same.
func rehouse(peer *fedtest.Peer, body []byte) []byte {
	var move fedtest.M
	if json.Unmarshal(body, &move) != nil || move["type"] != "Move" {
		return body
	}
	from, to := peer.Actor("old"), peer.Actor("new")
	to.Set(fedtest.M{"alsoKnownAs": []string{from.ID}})
	moved, err := json.Marshal(fedtest.M{"id": from.ID + "#move", "type": "Move", "actor": from.ID, "object": from.ID, "target": to.ID})
	if err != nil {
		panic(err)
	}
	return moved
}

// someoneLike makes the actor of an activity known.
func (w *world) someoneLike(actor string, activity fedtest.M) {
	followers := actor + "/followers"
	if o, ok := activity["object"].(fedtest.M); ok {
		for _, to := range append(many(o["to"]), many(o["cc"])...) {
			if s, ok := to.(string); ok && strings.HasSuffix(s, "/followers") && origin.FindString(s) == origin.FindString(actor) {
				followers = s
			}
		}
	}
	w.knows(fedtest.M{
		"@context": "https://www.w3.org/ns/activitystreams", "id": actor, "type": "Person",
		"preferredUsername": "someone", "inbox": actor + "/inbox", "followers": followers,
	})
}

// compare checks that a contribution says what the document says: words, author, media.
func (w *world) compare(c *policy.Contribution, o fedtest.M) {
	w.Helper()
	content, _ := o["content"].(string)
	if m, ok := o["contentMap"].(fedtest.M); ok && content == "" {
		content, _ = m[c.Lang].(string)
	}
	words := wordsOf(content)
	if len(words) > 200 {
		words = words[:200]
	}
	text := strings.Join(wordsOf(c.Text), "")
	for _, word := range words {
		if !strings.HasPrefix(word, "@") && !strings.Contains(text, word) {
			w.Errorf("the text lacks %q: %.300s", word, c.Text)
			break
		}
	}
	if name, _ := o["name"].(string); name != "" && !strings.Contains(text, strings.Join(wordsOf(name), "")) {
		w.Errorf("the text lacks the title %q: %.300s", name, c.Text)
	}
	if c.Author.IRI == "" || c.Author.Handle != "someone" {
		w.Errorf("author is %+v", c.Author)
	}
	for _, a := range many(o["attachment"]) {
		m, _ := a.(fedtest.M)
		file, _ := m["url"].(string)
		if file != "" && m["type"] != "PropertyValue" && !slices.ContainsFunc(c.Media, func(x policy.Media) bool { return x.URL == file }) {
			w.Errorf("the media lack %s", file)
		}
	}
}

var (
	links = regexp.MustCompile(`(?s)<a\b.*?(?:</a>|$)`) // mentions are dropped, and long addresses cut
	tags  = regexp.MustCompile(`<[^>]*>`)
	marks = regexp.MustCompile(`[^\pL\pN@]+`)
)

// wordsOf returns the words of HTML or text, long ones only.
func wordsOf(s string) (list []string) {
	s = html.UnescapeString(tags.ReplaceAllString(links.ReplaceAllString(s, " "), " "))
	for _, word := range marks.Split(s, -1) {
		if len(word) > 3 {
			list = append(list, word)
		}
	}
	return list
}

// many returns a value that may be one or a list as a list.
func many(v any) []any {
	switch x := v.(type) {
	case nil:
		return nil
	case []any:
		return x
	case []string:
		var list []any
		for _, s := range x {
			list = append(list, s)
		}
		return list
	}
	return []any{v}
}

// idOf returns the id of the first person in a value.
func idOf(v any) string {
	first := ""
	for _, x := range many(v) {
		switch x := x.(type) {
		case string:
			return x
		case fedtest.M:
			id, _ := x["id"].(string)
			if x["type"] == "Person" {
				return id
			}
			if first == "" {
				first = id
			}
		}
	}
	return first
}
