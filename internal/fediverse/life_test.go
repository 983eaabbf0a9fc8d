package fediverse

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// at is a time on the wire.
func at(d time.Duration) string { return start.Add(d).Format(time.RFC3339) }

// Create, Update and Delete end alike in whatever order and however often they come.
func TestOrder(t *testing.T) {
	opening := "https://moot.example/c/1/opening"
	create := act(bo, "https://m.example/a/create", "Create", note(bo, boNote, opening, "<p>one</p>", nil))
	early := act(bo, "https://m.example/a/early", "Update", note(bo, boNote, opening, "<p>two</p>", fedtest.M{"updated": at(time.Minute)}))
	late := act(bo, "https://m.example/a/late", "Update", note(bo, boNote, opening, "<p>three</p>", fedtest.M{"updated": at(2 * time.Minute)}))
	remove := act(bo, "https://m.example/a/delete", "Delete", fedtest.M{"id": boNote, "type": "Tombstone"})
	tests := []struct {
		name       string
		activities []fedtest.M
		text       string
		state      policy.Moderation
	}{
		{"as they were made", []fedtest.M{create, early, late}, "three", policy.ModerationAccepted},
		{"newest first", []fedtest.M{late, early, create}, "three", policy.ModerationAccepted},
		{"edit before post", []fedtest.M{early, create, late}, "three", policy.ModerationAccepted},
		{"twice", []fedtest.M{create, late, create, late, early}, "three", policy.ModerationAccepted},
		{"deleted", []fedtest.M{create, late, remove}, "", policy.ModerationWithdrawn},
		{"deleted and sent again", []fedtest.M{create, remove, create, late}, "", policy.ModerationWithdrawn},
		{"deleted before it came", []fedtest.M{remove, create, late}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.someone(bo)
			w.clock.move(time.Hour)
			for _, a := range tt.activities {
				w.process(a)
			}
			c := w.contribution(boNote)
			switch {
			case tt.state == "":
				if c != nil {
					t.Errorf("stored %+v", c)
				}
			case c == nil || c.Text != tt.text || c.Moderation != tt.state:
				t.Errorf("stored %+v, want %q %s", c, tt.text, tt.state)
			}
			if got := len(w.queuedOf("m.example", "Create")); got > 1 {
				t.Errorf("%d receipts", got)
			}
		})
	}
}

// An edit can only narrow who sees a post.
func TestEditNarrows(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	opening := w.f.base.Opening(1)
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, opening, "<p>one</p>", nil)))
	replies := func() float64 { return w.document(opening + "/replies")["totalItems"].(float64) }
	if replies() != 1 {
		t.Errorf("%v replies, want 1", replies())
	}
	w.clock.move(time.Minute)
	w.expect("", act(bo, "https://m.example/a/2", "Update", note(bo, boNote, opening, "<p>one</p>", fedtest.M{"to": []string{bo + "/followers"}, "cc": nil})))
	if c := w.contribution(boNote); c.Visibility != policy.VisibilityFollowers || replies() != 0 {
		t.Errorf("stored %s with %v replies", c.Visibility, replies())
	}
}

// Whoever deletes their account takes all their words along.
func TestEraseActor(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	w.expect("", act(bo, "https://m.example/f/1", "Follow", w.ch.Actor.IRI))
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, w.f.base.Opening(1), "<p>one</p>", nil)))
	w.expect("", act(bo, bo+"#delete", "Delete", bo))
	c := w.contribution(boNote)
	if c.Moderation != policy.ModerationWithdrawn || c.Text != "" || c.Author.Name != "" {
		t.Errorf("still there: %+v", c)
	}
	if n, err := w.db.Followers(t.Context(), w.ch.Actor.ID); err != nil || n != 0 {
		t.Errorf("%d followers, %v", n, err)
	}
}

// Likes and boosts count once, and not at all once they were taken back, whatever came first.
func TestReactions(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	w.someone(mallory)
	opening := w.f.base.Opening(1)
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, opening, "<p>one</p>", nil)))
	private := "https://m.example/n/private"
	w.expect("", act(bo, "https://m.example/a/2", "Create", note(bo, private, opening, "<p>two</p>", fedtest.M{"to": w.ch.Actor.IRI, "cc": nil})))
	for name, kinds := range map[string]int{"Like": 0, "Announce": 1} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			count := func(object string) int64 {
				likes, shares, err := w.db.Reactions(t.Context(), object)
				w.must(err)
				return [2]int64{likes, shares}[kinds]
			}
			one := act(mallory, mallory+"#1"+name, name, opening)
			w.expect("", one)
			w.expect("", one)
			w.expect("", act(mallory, mallory+"#2"+name, name, opening))
			if n := count(opening); n != 1 {
				t.Errorf("counted %d times", n)
			}
			shown := w.document(opening)[map[string]string{"Like": "likes", "Announce": "shares"}[name]].(fedtest.M)["totalItems"]
			if shown != 1.0 {
				t.Errorf("the opening says %v", shown)
			}
			w.expect("", act(mallory, mallory+"#u"+name, "Undo", one))
			if n := count(opening); n != 0 {
				t.Errorf("counted %d times after Undo", n)
			}
			early := act(mallory, mallory+"#3"+name, name, boNote)
			w.expect("", act(mallory, mallory+"#v"+name, "Undo", early))
			w.expect("", early)
			if n := count(boNote); n != 0 {
				t.Errorf("counted %d times though it was taken back before", n)
			}
			w.expect("", act(mallory, mallory+"#4"+name, name, boNote))
			w.expect("", act(mallory, mallory+"#w"+name, "Undo", mallory+"#4"+name))
			if n := count(boNote); n != 0 {
				t.Errorf("counted %d times after Undo by id", n)
			}
			w.expect(reasonElsewhere, act(mallory, mallory+"#5"+name, name, private))
			w.expect(reasonElsewhere, act(mallory, mallory+"#6"+name, name, "https://o.example/n/1"))
			w.expect(reasonElsewhere, act(mallory, mallory+"#7"+name, name, w.ch.Actor.IRI))
			w.expect(reasonNoObject, act(mallory, mallory+"#8"+name, name, nil))
		})
	}
}

// A follower is accepted at once, also when it asks again, and goes when it says so, in any form.
func TestFollow(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	followers := func(a policy.ID) int64 {
		n, err := w.db.Followers(t.Context(), a)
		w.must(err)
		return n
	}
	follow := act(bo, "https://m.example/f/1", "Follow", w.ch.Actor.IRI)
	undo := func(object any) fedtest.M { return act(bo, "https://m.example/u/1", "Undo", object) }
	forms := map[string]fedtest.M{
		"embedded":   undo(follow),
		"other id":   undo(act(bo, "https://m.example/f/other", "Follow", w.ch.Actor.IRI)),
		"without id": undo(fedtest.M{"type": "Follow", "actor": bo, "object": w.ch.Actor.IRI}),
		"id":         undo("https://m.example/f/1"),
		"reference":  undo(fedtest.M{"id": "https://m.example/f/1", "type": "Follow"}),
	}
	for name, form := range forms {
		w.expect("", follow)
		if n := followers(w.ch.Actor.ID); n != 1 {
			t.Errorf("%s: %d followers, want 1", name, n)
		}
		w.expect("", form)
		if n := followers(w.ch.Actor.ID); n != 0 {
			t.Errorf("%s: %d followers after Undo", name, n)
		}
	}
	accepts := w.queuedOf("m.example", "Accept")
	if len(accepts) != len(forms) {
		t.Errorf("%d Accepts for %d Follows", len(accepts), len(forms))
	}
	for _, a := range accepts {
		if a.Actor != w.ch.Actor.IRI || a.Object.ID != "https://m.example/f/1" || a.Object.Actor != bo {
			t.Errorf("accepted with %s", a.Raw)
		}
	}
	for _, who := range []string{w.f.base.Organisation(), w.f.base.Person("ada")} {
		w.expect("", act(bo, "https://m.example/f/"+who, "Follow", who))
	}
	for _, who := range []string{w.f.base.Instance(), w.f.base.Opening(1), w.f.base.Challenge(9), mallory, ""} {
		w.expect(reasonElsewhere, act(bo, "https://m.example/f/x"+who, "Follow", fedtest.M{"id": who, "type": "Person"}))
	}
}

// A follower that moves is replaced, if the new account says that it is the same.
func TestMove(t *testing.T) {
	peer := fedtest.New(t)
	w, _ := served(t, &clock{now: time.Now()}, peer)
	old, fresh, other := peer.Actor("old"), peer.Actor("fresh"), peer.Actor("other")
	w.expect("", old.Activity("Follow", w.ch.Actor.IRI, nil))
	w.expect(reasonNoAlias, old.Activity("Move", old.ID, fedtest.M{"target": other.ID}))
	fresh.Set(fedtest.M{"alsoKnownAs": []string{old.ID}})
	w.expect("", old.Activity("Move", old.ID, fedtest.M{"target": fresh.ID}))
	a, err := w.db.ActorByIRI(t.Context(), fresh.ID)
	w.must(err)
	if list, err := w.db.Following(t.Context(), a.ID); err != nil || len(list) != 1 {
		t.Errorf("the new account follows %v, %v", list, err)
	}
	for _, target := range []string{"", "http://127.0.0.1:1/users/x", w.ch.Actor.IRI, peer.URL + "/users/none"} {
		if reason := w.process(other.Activity("Move", other.ID, fedtest.M{"target": target})); reason == "" {
			t.Errorf("moved to %q", target)
		}
	}
}

// Whoever blocks us hears nothing more; who stops blocking does again.
func TestBlock(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	opening := w.f.base.Opening(1)
	w.expect("", act(bo, "https://m.example/f/1", "Follow", w.ch.Actor.IRI))
	block := act(bo, "https://m.example/b/1", "Block", w.ch.Actor.IRI)
	w.expect("", block)
	if n, err := w.db.Followers(t.Context(), w.ch.Actor.ID); err != nil || n != 0 {
		t.Errorf("%d followers, %v", n, err)
	}
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, opening, "<p>one</p>", nil)))
	c := w.contribution(boNote)
	for _, use := range []func() error{
		func() error { _, err := w.app.Read(t.Context(), w.by(), c.ID, ""); return err },
		func() error { _, err := w.app.Feature(t.Context(), w.by(), c.ID, ""); return err },
	} {
		w.must(use())
	}
	w.drain()
	if list, _ := w.queued("m.example"); len(list) != 1 || list[0].Type != "Accept" {
		t.Errorf("sent %d activities to somebody who blocks us", len(list)-1)
	}
	w.expect("", act(bo, "https://m.example/b/2", "Undo", block))
	second := w.open(&policy.Challenge{Actor: policy.Actor{Handle: "second"}, Title: "T", Question: "Q?", RespondBy: start.AddDate(1, 0, 0)})
	w.expect("", act(bo, "https://m.example/a/2", "Create", note(bo, "https://m.example/n/2", w.f.base.Opening(second.Number), "<p>two</p>", nil)))
	if got := len(w.queuedOf("m.example", "Create")); got != 1 {
		t.Errorf("%d receipts after the block ended, want 1", got)
	}
	w.expect(reasonElsewhere, act(bo, "https://m.example/b/3", "Block", mallory))
}

// Reports reach the desk, once for each thing; a server that reports a receipt ends messages.
func TestFlag(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	w.someone(mallory)
	server := w.someone("https://m.example/actor")
	opening := w.f.base.Opening(1)
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, opening, "<p>one</p>", nil)))
	flag := func(actor string, objects ...string) fedtest.M {
		a := act(actor, actor+"#flag", "Flag", objects)
		a["content"] = "<b>spam</b>"
		return a
	}
	for range 3 {
		w.expect("", flag(mallory, bo, boNote))
	}
	w.expect("", flag(mallory, w.ch.Actor.IRI))
	w.expect(reasonElsewhere, flag(mallory, "https://o.example/n/1"))
	reports, err := w.db.Reports(t.Context(), everything, store.Page{Limit: 10})
	w.must(err)
	if len(reports) != 2 || reports[0].Object != boNote || reports[0].Text != "spam" || reports[1].Object != w.ch.Actor.IRI {
		t.Errorf("reports = %+v", reports)
	}
	receipt := w.queuedOf("m.example", "Create")[0].Object.ID
	stopped := func() bool {
		ok, err := w.db.MessagesStopped(t.Context(), w.contribution(boNote).Author.ID, w.ch.ID)
		w.must(err)
		return ok
	}
	w.expect("", flag(mallory, w.ch.Actor.IRI, receipt))
	if stopped() {
		t.Error("a stranger ended messages")
	}
	w.expect("", flag(server, w.ch.Actor.IRI, receipt))
	if !stopped() {
		t.Error("the server of the addressee did not end messages")
	}
}

// One receipt for each person and challenge, and one like; STOP ends both.
func TestReceipts(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		w := worldAt(t, &clock{now: start}, url, "https://moot.example", fedtest.Gate())
		w.someone(bo)
		opening := w.f.base.Opening(1)
		for i := range 3 {
			id := fmt.Sprint(boNote, i)
			w.expect("", act(bo, id+"/a", "Create", note(bo, id, opening, "<p>words</p>", nil)))
		}
		receipts := w.queuedOf("m.example", "Create")
		if len(receipts) != 1 {
			t.Fatalf("%d receipts, want 1", len(receipts))
		}
		r := receipts[0]
		o := r.Object
		mentions := slices.DeleteFunc(slices.Clone(o.Tag), func(t vocab.Tag) bool { return t.Type != "Mention" })
		if len(mentions) != 1 || mentions[0].Href != bo || !slices.Equal(o.To, []string{bo}) || !slices.Equal(o.Cc, []string{vocab.Public}) ||
			!slices.Equal(r.To, o.To) || !slices.Equal(r.Cc, o.Cc) || o.InReplyTo != boNote+"0" {
			t.Errorf("receipt %s", r.Raw)
		}
		const words = "Thank you. Your answer is number 1. A person will read it by 15 January. See what happens to it: https://moot.example/c/1/1. Reply STOP for no more messages."
		if got := plain(o.Content); got != "@bo "+words {
			t.Errorf("the receipt says %q, want %q", got, words)
		}
		if got := w.document(o.ID); got["content"] != o.Content || got["type"] != "Note" {
			t.Errorf("served as %v", got)
		}
		_, inboxes := w.queued("m.example")
		if !slices.Equal(inboxes, []string{bo + "/inbox"}) {
			t.Errorf("sent to %v", inboxes)
		}
		c := w.contribution(boNote + "0")
		for range 2 {
			_, err := w.app.Read(t.Context(), w.by(), c.ID, "")
			w.must(err)
			w.drain()
		}
		if likes := w.queuedOf("m.example", "Like"); len(likes) != 1 || likes[0].Object.ID != c.IRI || likes[0].Actor != w.ch.Actor.IRI {
			t.Errorf("%d likes, want 1", len(likes))
		}

		w.expect("", act(bo, "https://m.example/s/1", "Create", note(bo, "https://m.example/s/n", o.ID,
			`<p><span class="h-card"><a href="https://moot.example/c/1" class="u-url mention">@<span>damp</span></a></span> Stop, please</p>`, nil)))
		if w.contribution("https://m.example/s/n") != nil {
			t.Error("STOP became an answer")
		}
		other := w.contribution(boNote + "1")
		_, err := w.app.Read(t.Context(), w.by(), other.ID, "")
		w.must(err)
		w.drain()
		if likes := w.queuedOf("m.example", "Like"); len(likes) != 1 {
			t.Errorf("%d likes after STOP, want 1", len(likes))
		}
	})
}

// plain is what people read of HTML on one line.
func plain(s string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(strings.ReplaceAll(s, "</a>", ""), "")), " ")
}

// A receipt is never wider than the post, and not sent where nobody wants one.
func TestReceiptPolicy(t *testing.T) {
	tests := []struct {
		name    string
		mode    policy.ReceiptMode
		actor   string // type
		private bool
		want    string // cc of the receipt; "none" for no receipt
	}{
		{"reply to public", policy.ReceiptReply, "Person", false, vocab.Public},
		{"reply to private", policy.ReceiptReply, "Person", true, ""},
		{"private mode", policy.ReceiptPrivate, "Person", false, ""},
		{"no receipts", policy.ReceiptNone, "Person", false, "none"},
		{"organisation", policy.ReceiptReply, "Organization", false, vocab.Public},
		{"group", policy.ReceiptReply, "Group", false, "none"},
		{"bot", policy.ReceiptReply, "Service", false, "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := worldWith(t, &clock{now: start}, t.TempDir()+"/folkmoot.db", "https://moot.example", fedtest.Gate(), tt.mode)
			w.knows(fedtest.M{"id": bo, "type": tt.actor, "preferredUsername": "bo", "inbox": bo + "/inbox"})
			properties := fedtest.M{}
			if tt.private {
				properties = fedtest.M{"to": w.ch.Actor.IRI, "cc": nil}
			}
			w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, w.f.base.Opening(1), "<p>one</p>", properties)))
			got := "none"
			for _, r := range w.queuedOf("m.example", "Create") {
				got = strings.Join(r.Object.Cc, " ")
				d, err := local{w.f}.Document(t.Context(), strings.TrimPrefix(r.Object.ID, string(w.f.base)), "")
				if (err == nil) != (got != "") {
					t.Errorf("served: %v, %v", d, err)
				}
			}
			if got != tt.want {
				t.Errorf("cc of the receipt is %q, want %q", got, tt.want)
			}
		})
	}
}

// What is said in answer to a receipt goes to the desk, and is never shown.
func TestAnswerToReceipt(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	w.someone(mallory)
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, w.f.base.Opening(1), "<p>STOP is an ordinary answer here</p>", nil)))
	receipt := w.queuedOf("m.example", "Create")[0].Object.ID
	w.expect("", act(mallory, mallory+"#1", "Create", note(mallory, "https://evil.example/n/1", receipt, "<p>STOP</p>", nil)))
	w.expect("", act(bo, "https://m.example/a/2", "Create", note(bo, "https://m.example/n/2", receipt, "<p>That is wrong.</p>", nil)))
	if stopped, err := w.db.MessagesStopped(t.Context(), w.contribution(boNote).Author.ID, w.ch.ID); err != nil || stopped {
		t.Errorf("stopped = %t, %v", stopped, err)
	}
	reports, err := w.db.Reports(t.Context(), everything, store.Page{Limit: 10})
	w.must(err)
	if len(reports) != 2 || reports[1].Text != "That is wrong." {
		t.Errorf("reports = %+v", reports)
	}
	if n := w.document(w.f.base.Opening(1) + "/replies")["totalItems"]; n != 1.0 {
		t.Errorf("%v answers are listed, want 1", n)
	}
}

// A featured answer is announced, and taken back when it may not be shown any longer.
func TestFeature(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	fan := w.someone("https://o.example/users/fan")
	w.expect("", act(fan, "https://o.example/f/1", "Follow", w.ch.Actor.IRI))
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, w.f.base.Opening(1), "<p>one</p>", nil)))
	if got := len(w.queuedOf("o.example", "Announce")); got != 0 {
		t.Errorf("an ordinary answer was announced %d times", got)
	}
	_, err := w.app.Feature(t.Context(), w.by(), w.contribution(boNote).ID, "")
	w.must(err)
	w.drain()
	for _, host := range []string{"m.example", "o.example"} {
		if got := w.queuedOf(host, "Announce"); len(got) != 1 || got[0].Object.ID != boNote || !slices.Contains(got[0].To, vocab.Public) {
			t.Errorf("%d announcements for %s", len(got), host)
		}
	}
	w.expect("", act(bo, "https://m.example/a/2", "Delete", boNote))
	undo := w.queuedOf("o.example", "Undo")
	if len(undo) != 1 || undo[0].Object.ID != w.queuedOf("o.example", "Announce")[0].ID {
		t.Errorf("%d Undos", len(undo))
	}
}

// Whoever wants no messages is still read by the followers, but not told.
func TestFeatureAfterStop(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	fan := w.someone("https://o.example/users/fan")
	w.expect("", act(fan, "https://o.example/f/1", "Follow", w.ch.Actor.IRI))
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, w.f.base.Opening(1), "<p>one</p>", nil)))
	c := w.contribution(boNote)
	w.must(w.app.Stop(t.Context(), c.Author, w.ch.ID, "stop"))
	_, err := w.app.Feature(t.Context(), w.by(), c.ID, "")
	w.must(err)
	w.drain()
	if followers, author := len(w.queuedOf("o.example", "Announce")), len(w.queuedOf("m.example", "Announce")); followers != 1 || author != 0 {
		t.Errorf("announced %d times to followers and %d times to the author, want 1 and 0", followers, author)
	}
}

// Running a task twice sends nothing twice.
func TestFederateTwice(t *testing.T) {
	w, _ := everythingSent(t)
	count := func() (n int) {
		for _, host := range []string{"m.example", "n.example", "o.example"} {
			list, _ := w.queued(host)
			n += len(list)
		}
		return n
	}
	before := count()
	for _, task := range w.ran {
		w.must(w.f.Federate(t.Context(), task))
	}
	if after := count(); after != before || before == 0 {
		t.Errorf("%d deliveries, %d after everything ran again", before, after)
	}
}

// Private and held words are in no document at any address.
func TestPrivacyOfDocuments(t *testing.T) {
	const canary = "zq1f9a3c77b2d4"
	w, _ := everythingSent(t)
	w.someone(bo)
	opening := w.f.base.Opening(1)
	held := w.open(&policy.Challenge{Actor: policy.Actor{Handle: "held"}, Title: "T", Question: "Q?", RespondBy: start.AddDate(1, 0, 0), Hold: true})
	draft := &policy.Challenge{Actor: policy.Actor{Handle: "draft"}, Title: canary, Question: canary + "?", RespondBy: start.AddDate(1, 0, 0)}
	w.must(w.app.OpenChallenge(t.Context(), w.by(), draft, true))
	say := func(id, inReplyTo string, properties fedtest.M) {
		w.expect("", act(bo, id+"/a", "Create", note(bo, id, inReplyTo, "<p>"+canary+"</p>", properties)))
	}
	say("https://m.example/"+canary+"/followers", opening, fedtest.M{"to": bo + "/followers", "cc": nil})
	say("https://m.example/"+canary+"/direct", opening, fedtest.M{"to": w.ch.Actor.IRI, "cc": nil})
	say("https://m.example/"+canary+"/held", w.f.base.Opening(held.Number), nil)
	say("https://m.example/"+canary+"/gone", opening, nil)
	w.expect("", act(bo, "https://m.example/d/1", "Delete", "https://m.example/"+canary+"/gone"))

	var paths []string
	for _, actor := range []string{"/actor", "/org", "/@ada", "/c/1", "/c/2", "/c/3"} {
		paths = append(paths, actor)
		for _, c := range groupCollections {
			paths = append(paths, actor+"/"+c, actor+"/"+c+"?page=1")
		}
	}
	for _, post := range []string{"/c/1/opening", "/c/2/opening", "/c/3/opening", "/p/1", "/p/1/v/1", "/c/1/1", "/c/1/2", "/c/2/1"} {
		paths = append(paths, post)
		for _, c := range threadCollections {
			paths = append(paths, post+"/"+c, post+"/"+c+"?page=1")
		}
	}
	found := 0
	for _, path := range paths {
		path, query, _ := strings.Cut(path, "?")
		d, err := local{w.f}.Document(t.Context(), path, query)
		if err != nil || d == nil {
			continue
		}
		found++
		if strings.Contains(string(d.Body)+d.Elsewhere+d.Page, canary) {
			t.Errorf("%s?%s: %s", path, query, d.Body)
		}
	}
	if found < 40 {
		t.Errorf("%d documents were looked at", found)
	}
	list, _ := w.queued("o.example")
	for _, o := range list {
		if strings.Contains(string(o.Raw), canary) {
			t.Errorf("a follower got %s", o.Raw)
		}
	}
}

// Addresses that lead nowhere have no document.
func TestAddresses(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"", "/", "/c", "/c/", "/c/0", "/c/01", "/c/-1", "/c/+1", "/c/1/", "/c/1/opening/", "/c/1/opening/x", "/c/1/opening/likes/x",
		"/c/1/liked/x", "/c/9", "/c/9/opening", "/c/1/7", "/c/1/7/8", "/c/1/receipts/", "/c/1/receipts/x", "/p/1", "/p/1/v/1",
		"/p/x", "/a/x", "/a/", "/quotes/x", "/@", "/@nobody", "/@tenants", "/@damp", "/org/moderators", "/actor/proposals",
		"/c/1/opening?page=1", "/c/99999999999999999999", "/c/1/../1",
	} {
		if d, err := (local{w.f}).Document(t.Context(), path, ""); err == nil {
			t.Errorf("%s has the document %s", path, d.Body)
		}
	}
	for _, path := range []string{"/inbox", "/actor/inbox", "/org/inbox", "/@ada/inbox", "/c/1/inbox"} {
		if err := (local{w.f}).InboxExists(t.Context(), path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"/c/9/inbox", "/@damp/inbox", "/c/1/opening/inbox", "/x/inbox", "/c/1/outbox", "/"} {
		if err := (local{w.f}).InboxExists(t.Context(), path); err == nil {
			t.Errorf("%s is an inbox", path)
		}
	}
}

// A long thread is listed whole, page by page, the opening first.
func TestPages(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	opening := w.f.base.Opening(1)
	const n = 120
	var want []string
	for i := range n {
		id := fmt.Sprintf("https://m.example/n/%03d", i)
		want = append(want, id)
		w.expect("", act(bo, id+"/a", "Create", note(bo, id, opening, "<p>words</p>", nil)))
	}
	for name, all := range map[string][]string{"replies": want, "context": append([]string{opening}, want...)} {
		collection := w.document(opening + "/" + name)
		if collection["totalItems"] != float64(len(all)) {
			t.Errorf("%s has %v items, want %d", name, collection["totalItems"], len(all))
		}
		var got []string
		pages := 0
		for next, _ := collection["first"].(string); next != ""; pages++ {
			page := w.document(next)
			for _, item := range page["orderedItems"].([]any) {
				got = append(got, item.(string))
			}
			next, _ = page["next"].(string)
		}
		if !slices.Equal(got, all) || pages != 3 {
			t.Errorf("%s in %d pages: %v", name, pages, got)
		}
		last := w.document(collection["last"].(string))["orderedItems"].([]any)
		if last[len(last)-1] != want[n-1] || len(last) > pageSize {
			t.Errorf("last page of %s ends with %v", name, last[len(last)-1])
		}
	}
	b, err := json.Marshal(w.document(opening + "/replies?page=nonsense"))
	if err != nil || !strings.Contains(string(b), want[0]) {
		t.Errorf("%s, %v", b, err)
	}
}
