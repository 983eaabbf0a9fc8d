package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// object returns the embedded object of an activity, or its id as {"id": …}.
func object(r received) map[string]any {
	switch x := r.Body["object"].(type) {
	case map[string]any:
		return x
	case string:
		return map[string]any{"id": x}
	}
	return nil
}

func withPeer(t *testing.T, peerEnv ...string) (*instance, *peer) {
	t.Helper()
	p := startPeer(t, peerEnv...)
	return start(t, options{Peers: p.addr()}), p
}

// Whoever follows only the organisation, or only the challenge, gets opening and proposal.
func TestFollowersGetOpeningAndProposal(t *testing.T) {
	i, p := withPeer(t)
	p.do("follow", o{"as": "org-fan", "actor": i.URL + "/org"}, nil)
	p.waitFor("Accept", 1)
	c := i.open("damp")
	creates := p.waitFor("Create", 1)
	if got := object(creates[0]); got["id"] != c.Opening || got["type"] != "Article" || got["attributedTo"] != i.URL+"/org" {
		t.Errorf("the follower of the organisation got %v, want the opening", got)
	}

	p.do("follow", o{"as": "challenge-fan", "actor": c.ID}, nil)
	accepts := p.waitFor("Accept", 2)
	if accepts[1].Body["actor"] != c.ID {
		t.Errorf("Accept by %v, want %s", accepts[1].Body["actor"], c.ID)
	}
	var pr struct{ ID string }
	i.cliJSON(&pr, "proposal", "publish", fmt.Sprint(c.Number), "--title", "Six safe months", "--summary", "No notice for six months after a report.", "--file", textFile(t, "# Six safe months\n\nNobody is told to leave for six months."))
	creates = p.waitFor("Create", 2)
	if got := object(creates[1]); got["id"] != pr.ID || got["type"] != "Article" {
		t.Errorf("the follower of the organisation got %v, want the proposal", got)
	}
	announces := p.waitFor("Announce", 1)
	last := announces[len(announces)-1]
	if object(last)["id"] != pr.ID || last.Body["actor"] != c.ID {
		t.Errorf("the follower of the challenge got %s, want an Announce of %s", last.Raw, pr.ID)
	}
	var found struct {
		Class string
		JSON  map[string]any
	}
	for _, uri := range []string{i.URL + "/org", c.ID, c.Opening, pr.ID, i.URL + "/actor"} {
		p.do("lookup", o{"uri": uri}, &found)
		if found.JSON["id"] != uri {
			t.Errorf("lookup of %s found %v", uri, found.JSON["id"])
		}
	}
}

// A reply lives: it is shown with its number, edited, liked, boosted, undone, deleted.
func TestLifeOfAReply(t *testing.T) {
	for _, first := range []string{"rfc9421", "draft-cavage-http-signatures-12"} {
		t.Run(first, func(t *testing.T) {
			i, p := withPeer(t, "FIRST_KNOCK="+first)
			c := i.open("damp")
			to := []string{i.URL + "/org", c.ID}
			var reply sent
			p.do("create", o{"as": "dee", "to": to, "inReplyTo": c.Opening, "content": "<p>My landlord decided to sell.</p>"}, &reply)
			page := func() string { _, _, body := get(t, c.Page, asHTML); return body }
			i.wait("the reply shows", 10*time.Second, func() bool { return strings.Contains(page(), "My landlord decided to sell.") })
			list := i.answers(c.Number, false)
			if len(list) != 1 || list[0].Number != 1 || list[0].ID != reply.Object || list[0].Visibility != "public" {
				t.Fatalf("answers = %+v", list)
			}
			if _, _, body := get(t, c.Page+"/1", asHTML); !strings.Contains(body, "My landlord decided to sell.") {
				t.Error("its own page lacks the answer")
			}
			for _, collection := range []string{"/replies", "/context"} {
				doc := document(t, c.Opening+collection)
				want := 1.0
				if collection == "/context" {
					want = 2 // the opening comes first
				}
				if doc["totalItems"] != want {
					t.Errorf("%s has %v items, want %v", collection, doc["totalItems"], want)
				}
			}
			var items struct{ IDs []string }
			p.do("items", o{"uri": c.Opening + "/replies"}, &items)
			if len(items.IDs) != 1 || items.IDs[0] != reply.Object {
				t.Errorf("the peer reads replies as %v, want %s", items.IDs, reply.Object)
			}

			p.do("update", o{"as": "dee", "to": to, "object": reply.Object, "content": "<p>The agent decided to sell.</p>"}, nil)
			i.wait("the edit shows", 10*time.Second, func() bool {
				return strings.Contains(page(), "The agent decided to sell.") && !strings.Contains(page(), "My landlord")
			})

			var like, boost sent
			p.do("like", o{"as": "fan", "to": i.URL + "/org", "object": c.Opening}, &like)
			p.do("announce", o{"as": "fan", "to": i.URL + "/org", "object": c.Opening}, &boost)
			counts := func() (likes, shares any) {
				doc := document(t, c.Opening)
				return doc["likes"].(map[string]any)["totalItems"], doc["shares"].(map[string]any)["totalItems"]
			}
			i.wait("like and boost count", 10*time.Second, func() bool { l, s := counts(); return l == 1.0 && s == 1.0 })
			p.do("undo", o{"as": "fan", "to": i.URL + "/org", "type": "Like", "activity": like.Activity, "object": c.Opening}, nil)
			p.do("undo", o{"as": "fan", "to": i.URL + "/org", "type": "Announce", "activity": boost.Activity, "object": c.Opening}, nil)
			i.wait("both are undone", 10*time.Second, func() bool { l, s := counts(); return l == 0.0 && s == 0.0 })

			p.do("delete", o{"as": "dee", "to": to, "object": reply.Object}, nil)
			i.wait("the reply is gone", 10*time.Second, func() bool { return !strings.Contains(page(), "decided to sell") })
			if _, _, body := get(t, c.Page+"/1", asHTML); strings.Contains(body, "decided to sell") || strings.Contains(body, "Peer dee") {
				t.Error("the tombstone still has words or name")
			}
			if n := document(t, c.Opening+"/replies")["totalItems"]; n != 0.0 {
				t.Errorf("replies has %v items after the deletion", n)
			}
		})
	}
}

// Whoever answers gets one Note, mentioning only them, and one Like when it was read, also if
// everything comes twice.
func TestEtiquette(t *testing.T) {
	i, p := withPeer(t)
	c := i.open("damp")
	p.do("follow", o{"as": "follower", "actor": c.ID}, nil)
	p.waitFor("Accept", 1)
	var reply sent
	p.do("create", o{"as": "dee", "to": []string{i.URL + "/org", c.ID}, "inReplyTo": c.Opening, "content": "<p>One.</p>"}, &reply)
	receipt := p.waitFor("Create", 1)[0]
	note := object(receipt)
	checkReceipt(t, receipt, note, reply.Object, p.user("dee"), "unlisted")
	if text := note["content"].(string); !strings.Contains(text, "Your answer is number 1.") || !strings.Contains(text, c.Page+"/1") || !strings.Contains(text, "STOP") {
		t.Errorf("receipt says %s", text)
	}
	p.do("create", o{"as": "dee", "to": []string{i.URL + "/org", c.ID}, "inReplyTo": c.Opening, "content": "<p>Two.</p>"}, nil)
	i.wait("both are there", 10*time.Second, func() bool { return len(i.answers(c.Number, false)) == 2 })
	i.cli("contribution", "read", fmt.Sprintf("%d/1", c.Number))
	i.cli("contribution", "read", fmt.Sprintf("%d/1", c.Number))
	likes := p.waitFor("Like", 1)
	if object(likes[0])["id"] != reply.Object || likes[0].Body["actor"] != c.ID {
		t.Errorf("Like is %s", likes[0].Raw)
	}
	i.idle()
	if n := len(p.got("Create")); n != 1 {
		t.Errorf("dee got %d Notes, want 1", n)
	}
	if n := len(p.got("Like")); n != 1 {
		t.Errorf("dee got %d Likes, want 1", n)
	}
}

func checkReceipt(t *testing.T, activity received, note map[string]any, inReplyTo, person, visibility string) {
	t.Helper()
	if note["type"] != "Note" || note["inReplyTo"] != inReplyTo {
		t.Errorf("receipt is %s", activity.Raw)
	}
	if to := list(note["to"]); len(to) != 1 || to[0] != person {
		t.Errorf("receipt to %v, want only %s", to, person)
	}
	cc, public := list(note["cc"]), "https://www.w3.org/ns/activitystreams#Public"
	if visibility == "unlisted" && (len(cc) != 1 || cc[0] != public) || visibility == "direct" && len(cc) != 0 {
		t.Errorf("%s receipt has cc %v", visibility, cc)
	}
	tags, ok := note["tag"].([]any)
	if one, isMap := note["tag"].(map[string]any); isMap {
		tags, ok = []any{one}, true
	}
	if !ok || len(tags) != 1 || tags[0].(map[string]any)["href"] != person {
		t.Errorf("receipt mentions %v, want only %s", note["tag"], person)
	}
}

func list(v any) []any {
	switch x := v.(type) {
	case nil:
		return nil
	case []any:
		return x
	default:
		return []any{x}
	}
}

// Private replies stay private, and get a direct receipt.
func TestPrivateReply(t *testing.T) {
	i, p := withPeer(t)
	c := i.open("damp")
	for n, visibility := range []string{"followers", "direct"} {
		secret := fmt.Sprintf("canary%dprivate", n)
		var reply sent
		p.do("create", o{"as": visibility, "to": c.ID, "inReplyTo": c.Opening, "visibility": visibility, "content": "<p>" + secret + "</p>"}, &reply)
		receipt := p.waitFor("Create", n+1)[n]
		checkReceipt(t, receipt, object(receipt), reply.Object, p.user(visibility), "direct")
		for _, url := range []string{c.Page, c.Page + "/feed", i.URL + "/", c.Page + "/1"} {
			if _, _, body := get(t, url, asHTML); strings.Contains(body, secret) {
				t.Errorf("%s shows a private answer", url)
			}
		}
	}
	if n := len(i.answers(c.Number, false)); n != 0 {
		t.Errorf("%d public answers, want 0", n)
	}
	if n := len(i.answers(c.Number, true)); n != 2 {
		t.Errorf("%d answers in all, want 2", n)
	}
	if n := document(t, c.Opening+"/replies")["totalItems"]; n != 0.0 {
		t.Errorf("replies has %v items, want 0", n)
	}
}

// Two hundred answers cause no Announce; a steward may feature five a day.
func TestNoFlood(t *testing.T) {
	i, p := withPeer(t)
	c := i.open("damp")
	p.do("follow", o{"as": "follower", "actor": c.ID}, nil)
	p.waitFor("Accept", 1)
	const answers = 200
	for n := range answers {
		p.do("create", o{"as": "dee", "to": c.ID, "inReplyTo": c.Opening, "content": fmt.Sprintf("<p>Answer %d.</p>", n)}, nil)
	}
	i.wait("all are there", time.Minute, func() bool { return len(i.answers(c.Number, false)) == answers })
	i.idle()
	if n := len(p.got("Announce")); n != 0 {
		t.Errorf("%d Announces, want 0", n)
	}
	if n := len(p.got("Create")); n != 1 {
		t.Errorf("%d Notes to dee, want 1 receipt", n)
	}
	if _, _, body := get(t, c.Page, asHTML); !strings.Contains(body, "200 answers") {
		t.Error("the page does not say 200 answers")
	}
	if n := document(t, c.Opening+"/replies")["totalItems"]; n != float64(answers) {
		t.Errorf("replies has %v items, want %d", n, answers)
	}
	for n := 1; n <= 5; n++ {
		i.cli("contribution", "feature", fmt.Sprintf("%d/%d", c.Number, n))
	}
	if code, _, errOut := i.command("contribution", "feature", fmt.Sprintf("%d/6", c.Number)); code != 2 || strings.TrimSpace(errOut) == "" {
		t.Errorf("the sixth is answered with exit %d: %s", code, errOut)
	}
	if n := len(p.waitFor("Announce", 5)); n != 5 {
		t.Errorf("%d Announces, want 5", n)
	}
}

// What is not signed, or signed by another, or changed, or old, is refused and changes nothing.
func TestForgeriesAreRefused(t *testing.T) {
	i, p := withPeer(t)
	c := i.open("damp")
	var other string
	p.do("actor", o{"as": "other"}, &other)
	note := func(actor, origin, marker string) o {
		return o{
			"@context": "https://www.w3.org/ns/activitystreams", "id": origin + "/activities/" + marker, "type": "Create", "actor": actor,
			"to": []string{"https://www.w3.org/ns/activitystreams#Public"}, "cc": []string{c.ID},
			"object": o{"id": origin + "/notes/" + marker, "type": "Note", "attributedTo": actor, "inReplyTo": c.Opening, "content": "<p>" + marker + "</p>",
				"to": []string{"https://www.w3.org/ns/activitystreams#Public"}, "cc": []string{c.ID}},
		}
	}
	old := time.Now().Add(-25 * time.Hour).UTC().Format(http.TimeFormat)
	tests := []struct {
		name   string
		fields o
		status int // 0: anything below 500, but nothing may show
	}{
		{"unsigned", o{"as": "dee", "spec": "none", "body": note(p.user("dee"), p.Base, "zqunsigned")}, 401},
		{"tampered cavage", o{"as": "dee", "spec": "cavage", "body": note(p.user("dee"), p.Base, "zqharmless1"), "tamper": []string{"<p>zqharmless1", "<p>zqtampered"}}, 401},
		{"tampered 9421", o{"as": "dee", "spec": "rfc9421", "body": note(p.user("dee"), p.Base, "zqharmless2"), "tamper": []string{"<p>zqharmless2", "<p>zqtampered"}}, 401},
		{"stale cavage", o{"as": "dee", "spec": "cavage", "date": old, "body": note(p.user("dee"), p.Base, "zqstale")}, 401},
		{"stale 9421", o{"as": "dee", "spec": "rfc9421", "date": old, "body": note(p.user("dee"), p.Base, "zqstale")}, 401},
		{"other actor", o{"as": "dee", "spec": "cavage", "body": note(other, p.Base, "zqactor")}, 401},
		{"other origin", o{"as": "dee", "spec": "cavage", "body": note(p.user("dee"), "https://elsewhere.example", "zqorigin")}, 0},
	}
	for _, tt := range tests {
		tt.fields["inbox"] = c.Inbox
		var answer struct {
			Status     int
			Type, Body string
		}
		p.do("post", tt.fields, &answer)
		if tt.status != 0 && answer.Status != tt.status || answer.Status >= 500 {
			t.Errorf("%s: answered %d (%s), want %d", tt.name, answer.Status, answer.Body, tt.status)
		}
		if answer.Status >= 400 {
			var problem struct {
				Status        int
				Title, Detail string
			}
			if err := json.Unmarshal([]byte(answer.Body), &problem); err != nil || !strings.HasPrefix(answer.Type, "application/problem+json") || problem.Status != answer.Status {
				t.Errorf("%s: no problem details: %s %s", tt.name, answer.Type, answer.Body)
			}
		}
	}
	for _, spec := range []string{"cavage", "rfc9421"} {
		var answer struct {
			Status int
			Body   string
		}
		p.do("post", o{"as": "dee", "spec": spec, "inbox": c.Inbox, "body": note(p.user("dee"), p.Base, "zqgood"+spec)}, &answer)
		if answer.Status != http.StatusAccepted {
			t.Errorf("a good %s post is answered %d %s", spec, answer.Status, answer.Body)
		}
	}
	i.wait("the good ones show", 10*time.Second, func() bool { return len(i.answers(c.Number, false)) == 2 })
	i.idle()
	_, _, body := get(t, c.Page, asHTML)
	for _, marker := range []string{"zqunsigned", "zqtampered", "zqstale", "zqactor", "zqorigin", "zqharmless"} {
		if strings.Contains(body, marker) {
			t.Errorf("%s shows", marker)
		}
	}
}
