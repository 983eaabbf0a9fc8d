package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/testkit"
)

const public = "https://www.w3.org/ns/activitystreams#Public"

// activity is one of an actor of the peer, as Mastodon writes them.
func (p *peer) activity(as, typ, id string, object any) o {
	return o{
		"@context": "https://www.w3.org/ns/activitystreams", "id": p.user(as) + "#" + id, "type": typ, "actor": p.user(as), "object": object,
		"to": []string{public},
	}
}

// send posts an activity to an inbox times times, and expects 202 each time.
func (p *peer) send(as, inbox string, times int, body o) {
	p.t.Helper()
	for range times {
		var got struct {
			Status int
			Body   string
		}
		p.do("post", o{"as": as, "spec": "cavage", "inbox": inbox, "body": body}, &got)
		if got.Status != http.StatusAccepted {
			p.t.Fatalf("%s is answered %d %s", body["type"], got.Status, got.Body)
		}
	}
}

// note is a public post of an actor of the peer.
func (p *peer) note(as, id, inReplyTo, text string, more ...string) o {
	n := o{
		"id": p.Base + "/wire/" + id, "type": "Note", "attributedTo": p.user(as), "content": "<p>" + text + "</p>",
		"to": []string{public}, "cc": more, "published": time.Now().UTC().Format(time.RFC3339),
	}
	if inReplyTo != "" {
		n["inReplyTo"] = inReplyTo
	}
	return n
}

// say sends a post.
func (p *peer) say(as, inbox string, note o) string {
	p.t.Helper()
	id := note["id"].(string)
	p.send(as, inbox, 1, p.activity(as, "Create", "create-"+id, note))
	return id
}

// numbered waits until n answers are shown, and returns them by id.
func (i *instance) numbered(c challenge, n int) map[string]answer {
	i.t.Helper()
	byID := map[string]answer{}
	i.wait(fmt.Sprintf("%d answers show", n), 15*time.Second, func() bool {
		list := i.answers(c.Number, false)
		for _, a := range list {
			byID[a.ID] = a
		}
		return len(list) == n
	})
	return byID
}

// Whatever answers or mentions something in a challenge is an answer, once, however it hangs there.
func TestWaysToAnswer(t *testing.T) {
	i, p := withPeer(t)
	c := i.open("damp")
	var pr struct{ ID string }
	i.cliJSON(&pr, "proposal", "publish", fmt.Sprint(c.Number), "--title", "Six safe months", "--summary", "No notice after a report.", "--file", textFile(t, "Nobody is told to leave."))
	first := p.say("dee", c.Inbox, p.note("dee", "first", c.Opening, "To the opening."))
	i.numbered(c, 1)
	p.say("ann", c.Inbox, p.note("ann", "proposal", pr.ID, "To the proposal."))
	p.say("bob", i.URL+"/inbox", p.note("bob", "deep", first, "To an answer that is known."))
	p.say("cat", c.Inbox, p.note("cat", "mention", "", "Out of the blue.", c.ID))
	quiet := p.note("eve", "quiet", c.Opening, "Quietly.", public)
	quiet["to"] = []string{p.user("eve") + "/followers"}
	p.say("eve", c.Inbox, quiet)
	twice := p.activity("fay", "Create", "thrice", p.note("fay", "thrice", c.Opening, "Three times."))
	p.send("fay", c.Inbox, 3, twice)
	p.send("gil", c.Inbox, 1, p.activity("gil", "Delete", "early", o{"id": p.Base + "/wire/gone", "type": "Tombstone"}))
	p.say("gil", c.Inbox, p.note("gil", "gone", c.Opening, "Deleted before it came."))
	p.send("hal", c.Inbox, 1, p.activity("hal", "Update", "early", p.note("hal", "edited", c.Opening, "The new text.")))
	p.say("hal", c.Inbox, p.note("hal", "edited", c.Opening, "The old text."))
	i.numbered(c, 7)
	i.idle()
	byID := i.numbered(c, 7)
	if got := byID[p.Base+"/wire/edited"].Text; got != "The new text." {
		t.Errorf("a Create after its Update put back %q", got)
	}
	if got := byID[quiet["id"].(string)].Visibility; got != "unlisted" {
		t.Errorf("the quiet answer is %q, want unlisted", got)
	}
	for _, r := range p.waitFor("Create", 7) {
		if n := object(r); n["inReplyTo"] == quiet["id"] {
			checkReceipt(t, r, n, quiet["id"].(string), p.user("eve"), "unlisted")
		}
	}
	if n := len(p.got("Create")); n != 7 {
		t.Errorf("%d receipts, want 7", n)
	}
	number := byID[quiet["id"].(string)].Number
	if code, _, errOut := i.command("contribution", "feature", fmt.Sprintf("%d/%d", c.Number, number)); code != 2 || errOut == "" {
		t.Errorf("featuring a quiet answer: exit %d %s, want 2", code, errOut)
	}
	// The opening lists its whole thread, so that Mastodon, which walks one host, finds all of it.
	for parent, want := range map[string]float64{pr.ID: 1, c.Opening: 6} {
		if got := document(t, parent+"/replies")["totalItems"]; got != want {
			t.Errorf("%s/replies has %v items, want %v", parent, got, want)
		}
	}
}

// STOP, Block and a Flag of the receipt end all messages; any other word to the receipt is no answer.
func TestNoMoreMessages(t *testing.T) {
	i, p := withPeer(t)
	c := i.open("damp")
	end := map[string]func(receipt string){
		"stop":  func(receipt string) { p.say("stop", c.Inbox, p.note("stop", "stop-stop", receipt, "STOP")) },
		"block": func(string) { p.send("block", c.Inbox, 1, p.activity("block", "Block", "block", c.ID)) },
		"flag": func(receipt string) {
			p.send("instance", i.URL+"/inbox", 1, p.activity("instance", "Flag", "flag", []string{c.ID, receipt}))
		},
		"hello": func(receipt string) { p.say("hello", c.Inbox, p.note("hello", "hello-hello", receipt, "Hello")) },
	}
	for as := range end {
		p.say(as, c.Inbox, p.note(as, as, c.Opening, "Answer of "+as+"."))
	}
	byID := i.numbered(c, len(end))
	for _, r := range p.waitFor("Create", len(end)) {
		as := strings.TrimPrefix(list(object(r)["to"])[0].(string), p.user(""))
		end[as](object(r)["id"].(string))
	}
	i.idle()
	for _, a := range byID {
		i.cli("contribution", "read", fmt.Sprintf("%d/%d", c.Number, a.Number))
	}
	i.idle()
	if len(i.answers(c.Number, true)) != len(end) {
		t.Error("a reply to a receipt became an answer")
	}
	for _, like := range p.waitFor("Like", 1) {
		if object(like)["id"] != p.Base+"/wire/hello" {
			t.Errorf("a Like went to somebody who wants no messages: %s", like.Raw)
		}
	}
	p.send("block", c.Inbox, 1, p.activity("block", "Undo", "unblock", p.activity("block", "Block", "block", c.ID)))
	i.idle()
}

// A follow is accepted each time it comes, and ends with Undo; a quote is granted with a permission
// that can be fetched; what is featured is announced, and taken back when it is hidden.
func TestFollowQuoteFeature(t *testing.T) {
	i, p := withPeer(t)
	c := i.open("damp")
	for n := 1; n <= 2; n++ { // the first Accept may have been lost
		p.send("fan", c.Inbox, 1, p.activity("fan", "Follow", fmt.Sprint("follow", n), c.ID))
		p.waitFor("Accept", n)
	}
	p.send("quoter", i.URL+"/inbox", 1, o{
		"@context": []any{"https://www.w3.org/ns/activitystreams", o{"QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest"}},
		"id":       p.user("quoter") + "#quote", "type": "QuoteRequest", "actor": p.user("quoter"), "object": c.Opening, "instrument": p.Base + "/wire/quote",
	})
	accepts := p.waitFor("Accept", 3)
	stamp, _ := accepts[2].Body["result"].(string)
	if doc := document(t, stamp); doc["type"] != "QuoteAuthorization" || doc["interactingObject"] != p.Base+"/wire/quote" || doc["interactionTarget"] != c.Opening {
		t.Errorf("the permission to quote is %v", doc)
	}
	id := p.say("dee", c.Inbox, p.note("dee", "featured", c.Opening, "Worth reading."))
	i.numbered(c, 1)
	one := fmt.Sprintf("%d/1", c.Number)
	i.cli("contribution", "feature", one)
	if got := object(p.waitFor("Announce", 1)[0])["id"]; got != id {
		t.Errorf("announced %v, want %s", got, id)
	}
	i.cli("contribution", "hide", one, "--reason", "spam")
	undo := p.waitFor("Undo", 1)[0]
	if got := object(undo); got["type"] != "Announce" || undo.Body["actor"] != c.ID {
		t.Errorf("hiding sent %s, want an Undo of the Announce", undo.Raw)
	}
	accepted := 3
	for range 2 { // some servers use the ids of Follow and Undo again
		p.send("fan", c.Inbox, 1, p.activity("fan", "Undo", "undo", p.activity("fan", "Follow", "follow2", c.ID)))
		i.wait("the follower is gone", 10*time.Second, func() bool { return document(t, c.ID+"/followers")["totalItems"] == 0.0 })
		for range 2 {
			p.send("fan", c.Inbox, 1, p.activity("fan", "Follow", "follow2", c.ID))
			accepted++
			p.waitFor("Accept", accepted)
		}
	}
}

// Held answers get a receipt with a code, and a number when they are shown. Collections are read to
// their end, and answer 304 to who has them.
func TestHeldAndPaged(t *testing.T) {
	i, p := withPeer(t)
	held := i.open("held", "--hold", "--addressed-to", p.user("ministry"))
	for _, r := range p.waitFor("Create", 1) {
		if !strings.Contains(fmt.Sprint(object(r)["cc"]), p.user("ministry")) || object(r)["id"] != held.Opening {
			t.Errorf("the organisation it is addressed to got %s", r.Raw)
		}
	}
	p.say("dee", held.Inbox, p.note("dee", "held", held.Opening, "Wait for it."))
	note := object(p.waitFor("Create", 2)[1])
	all := i.answers(held.Number, true)
	if len(all) != 1 || all[0].Moderation != "held" || all[0].Number != 0 || !strings.Contains(note["content"].(string), all[0].Code) {
		t.Fatalf("held: %+v, receipt %v", all, note["content"])
	}
	i.cli("contribution", "show", fmt.Sprintf("%d/%s", held.Number, all[0].Code))
	if a := i.numbered(held, 1)[p.Base+"/wire/held"]; a.Number != 1 {
		t.Errorf("shown with number %d, want 1", a.Number)
	}
	const many = 120
	c := i.open("damp")
	for n := range many {
		p.say("dee", c.Inbox, p.note("dee", fmt.Sprint("many", n), c.Opening, fmt.Sprint("Answer ", n)))
	}
	i.numbered(c, many)
	for uri, want := range map[string]int{c.Opening + "/replies": many, c.Opening + "/context": many + 1} {
		seen := map[any]bool{}
		doc := document(t, uri)
		for next := doc["first"]; next != nil; next = doc["next"] {
			if m, ok := next.(map[string]any); ok {
				doc = m
			} else {
				doc = document(t, next.(string))
			}
			for _, key := range []string{"items", "orderedItems"} {
				for _, id := range list(doc[key]) {
					seen[id] = true
				}
			}
		}
		if len(seen) != want {
			t.Errorf("%s read to its end has %d items, want %d", uri, len(seen), want)
		}
	}
	_, header, _ := get(t, c.Opening+"/context", asJSON)
	if got := request(t, http.MethodGet, c.Opening+"/context", "If-None-Match", header.Get("ETag")); got.StatusCode != http.StatusNotModified {
		t.Errorf("GET with its ETag %q = %d, want 304", header.Get("ETag"), got.StatusCode)
	}
	if got := request(t, http.MethodPost, c.ID+"/outbox", "Accept", asJSON); got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") == "" {
		t.Errorf("POST to the outbox = %d, Allow %q, want 405", got.StatusCode, got.Header.Get("Allow"))
	}
	finger := i.URL + "/.well-known/webfinger?resource=" + c.ID
	if got := request(t, http.MethodHead, finger, "Accept", "*/*"); got.StatusCode != http.StatusOK {
		t.Errorf("HEAD %s = %d", finger, got.StatusCode)
	}
}

// request sends a request without body and returns the answer, of which only the head is read.
func request(t *testing.T, method, url, key, value string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", asJSON)
	req.Header.Set(key, value)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// The same journey on PostgreSQL: follow, reply, receipt, read, page.
func TestJourneyOnPostgres(t *testing.T) {
	url := testkit.PostgresURL(t)
	p := startPeer(t)
	i := start(t, options{Peers: p.addr(), Env: []string{"FOLKMOOT_DATABASE=" + url}})
	c := i.open("damp")
	p.do("follow", o{"as": "fan", "actor": c.ID}, nil)
	p.waitFor("Accept", 1)
	var reply sent
	p.do("create", o{"as": "dee", "to": c.ID, "inReplyTo": c.Opening, "content": "<p>On another database.</p>"}, &reply)
	r := p.waitFor("Create", 1)[0]
	checkReceipt(t, r, object(r), reply.Object, p.user("dee"), "unlisted")
	i.cli("contribution", "read", fmt.Sprintf("%d/1", c.Number))
	if got := object(p.waitFor("Like", 1)[0])["id"]; got != reply.Object {
		t.Errorf("read is told of %v, want %s", got, reply.Object)
	}
	if _, _, body := get(t, c.Page, asHTML); !strings.Contains(body, "On another database.") {
		t.Error("the page lacks the answer")
	}
}
