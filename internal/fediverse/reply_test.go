package fediverse

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

const (
	bo      = "https://m.example/users/bo"
	boNote  = "https://m.example/n/1"
	mallory = "https://evil.example/users/mallory"
)

func TestReplyBecomesAContribution(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	opening := w.f.base.Opening(w.ch.Number)
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, opening,
		`<p><span class="h-card"><a href="https://moot.example/c/1" class="u-url mention">@<span>damp</span></a></span> Mould, for <b>years</b>.</p>`,
		fedtest.M{
			"summary": "Illness", "sensitive": true, "contentMap": fedtest.M{"cy": "<p>x</p>"},
			"url": "https://m.example/@bo/1", "kind": "experience", "name": "My flat",
			"published": "2999-01-01T00:00:00Z", "updated": "2999-01-01T00:00:00Z",
			"attachment": []any{
				fedtest.M{"type": "Document", "mediaType": "image/png", "url": "https://m.example/m.png", "name": "a black corner"},
				fedtest.M{"type": "Image", "url": "javascript:alert(1)"},
			},
		})))
	c := w.contribution(boNote)
	if c == nil {
		t.Fatal("nothing was stored")
	}
	got := policy.Contribution{
		Number: c.Number, IRI: c.IRI, URL: c.URL, Kind: c.Kind, ReplyTo: c.ReplyTo, Root: c.Root, Text: c.Text,
		Warning: c.Warning, Sensitive: c.Sensitive, Lang: c.Lang, Media: c.Media, Visibility: c.Visibility,
		Moderation: c.Moderation, Published: c.Published, Edited: c.Edited,
	}
	want := policy.Contribution{
		Number: 1, IRI: boNote, URL: "https://m.example/@bo/1", Kind: policy.KindExperience, ReplyTo: opening, Root: opening,
		Text: "My flat\nMould, for years.", Warning: "Illness", Sensitive: true, Lang: "cy",
		Media:      []policy.Media{{URL: "https://m.example/m.png", MediaType: "image/png", Description: "a black corner"}},
		Visibility: policy.VisibilityPublic, Moderation: policy.ModerationAccepted, Published: start, Edited: start,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contribution (-want +got):\n%s", diff)
	}
	if c.Author.IRI != bo || c.Author.Handle != "bo" || c.Author.Name != "Bo" {
		t.Errorf("author = %+v", c.Author)
	}
}

// A post belongs to a challenge by what it answers, or by whom it mentions.
func TestPlace(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	group, opening := w.ch.Actor.IRI, w.f.base.Opening(w.ch.Number)
	w.must(w.app.PublishProposal(t.Context(), w.by(), w.ch.Number, &policy.Proposal{Title: "T", Summary: "S", Current: policy.Version{Text: "x"}}))
	draft := &policy.Challenge{Actor: policy.Actor{Handle: "later"}, Title: "T", Question: "Q?", RespondBy: start.AddDate(1, 0, 0)}
	w.must(w.app.OpenChallenge(t.Context(), w.by(), draft, true))
	proposal := w.f.base.Proposal(1)
	first := "https://m.example/n/first"
	w.expect("", act(bo, first+"/a", "Create", note(bo, first, proposal, "<p>first</p>", nil)))
	mention := func(id string) fedtest.M {
		return fedtest.M{"tag": []any{fedtest.M{"type": "Mention", "href": id, "name": "@x"}}}
	}
	tests := []struct {
		name, inReplyTo string
		properties      fedtest.M
		reason          string
		replyTo, root   string
	}{
		{name: "opening", inReplyTo: opening, replyTo: opening, root: opening},
		{name: "the challenge itself", inReplyTo: group, replyTo: opening, root: opening},
		{name: "proposal", inReplyTo: proposal, replyTo: proposal, root: proposal},
		{name: "a version", inReplyTo: proposal + "/v/1", replyTo: proposal, root: proposal},
		{name: "an answer", inReplyTo: first, replyTo: first, root: proposal},
		{name: "page of an answer", inReplyTo: group + "/1", replyTo: first, root: proposal},
		{name: "mention", properties: mention(group), root: opening},
		{name: "audience", properties: fedtest.M{"audience": group}, root: opening},
		{name: "to", properties: fedtest.M{"to": []string{vocab.Public, group}}, root: opening},
		{name: "mention below a stranger", inReplyTo: "https://o.example/n/9", properties: mention(group), root: opening},
		{name: "nothing", reason: reasonElsewhere},
		{name: "mention of the organisation", properties: mention(w.f.base.Organisation()), reason: reasonElsewhere},
		{name: "draft", inReplyTo: w.f.base.Opening(draft.Number), reason: reasonElsewhere},
		{name: "no such challenge", inReplyTo: w.f.base.Opening(99), reason: reasonElsewhere},
		{name: "privately below a stranger", inReplyTo: "https://o.example/n/9", properties: fedtest.M{"to": []string{bo}, "cc": nil}, reason: reasonElsewhere},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := "https://m.example/n/" + strings.ReplaceAll(tt.name, " ", "-")
			reason := w.process(act(bo, id+"/a", "Create", note(bo, id, tt.inReplyTo, "<p>words</p>", tt.properties)))
			if reason != tt.reason {
				t.Fatalf("reason %q, want %q", reason, tt.reason)
			}
			c := w.contribution(id)
			if (c == nil) != (tt.reason != "") {
				t.Fatalf("contribution = %+v", c)
			}
			if c != nil && (c.ReplyTo != tt.replyTo || c.Root != tt.root) {
				t.Errorf("answers %q in %q, want %q in %q", c.ReplyTo, c.Root, tt.replyTo, tt.root)
			}
		})
	}
}

// The audience is read from the object, as Mastodon reads it.
func TestVisibility(t *testing.T) {
	tests := []struct {
		name   string
		to, cc any
		want   policy.Visibility
	}{
		{"public", vocab.Public, nil, policy.VisibilityPublic},
		{"public in short", []string{"as:Public"}, nil, policy.VisibilityPublic},
		{"quiet public", []string{bo + "/followers"}, []string{"Public"}, policy.VisibilityUnlisted},
		{"followers", bo + "/followers", []string{"https://moot.example/c/1"}, policy.VisibilityFollowers},
		{"followers in cc", "https://moot.example/c/1", bo + "/followers", policy.VisibilityDirect},
		{"followers of another", mallory + "/followers", nil, policy.VisibilityDirect},
		{"direct", "https://moot.example/c/1", nil, policy.VisibilityDirect},
		{"nobody", nil, nil, policy.VisibilityDirect},
	}
	w := newWorld(t)
	w.someone(bo)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := "https://m.example/n/" + strings.ReplaceAll(tt.name, " ", "-")
			n := note(bo, id, w.f.base.Opening(1), "<p>words</p>", fedtest.M{"to": tt.to, "cc": tt.cc})
			create := act(bo, id+"/a", "Create", n)
			create["to"] = vocab.Public // what the activity says does not count
			w.expect("", create)
			if c := w.contribution(id); c == nil || c.Visibility != tt.want {
				t.Errorf("stored %+v, want %s", c, tt.want)
			}
		})
	}
}

// Nobody speaks for somebody else (security.md §4, Ownership).
func TestOwnership(t *testing.T) {
	w := newWorld(t)
	opening := w.f.base.Opening(1)
	for _, id := range []string{bo, mallory, "https://m.example/users/mal"} {
		w.someone(id)
	}
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, opening, "<p>mine</p>", nil)))
	w.expect("", act(bo, "https://m.example/f/1", "Follow", w.ch.Actor.IRI))
	before, c := w.everything(), w.contribution(boNote)
	theirs := note(bo, boNote, opening, "<p>forged</p>", fedtest.M{"updated": start.Add(time.Hour).Format(time.RFC3339)})
	stolen := note(mallory, boNote, opening, "<p>forged</p>", fedtest.M{"updated": start.Add(time.Hour).Format(time.RFC3339)})
	neighbour := "https://m.example/users/mal"
	ours := w.document(opening)
	ours["content"] = "<p>forged</p>"
	evil := func(id string, properties fedtest.M) fedtest.M {
		return note(mallory, id, opening, "<p>forged</p>", properties)
	}
	tests := []struct {
		name   string
		actor  string
		typ    string
		object any
		reason string
	}{
		{"object of another host", mallory, "Create", evil("https://m.example/n/2", nil), reasonOrigin},
		{"for a local actor", mallory, "Create", evil("https://evil.example/n/1", fedtest.M{"attributedTo": w.f.base.Organisation()}), reasonOwner},
		{"for local actors", mallory, "Create", evil("https://evil.example/n/2", fedtest.M{"attributedTo": []any{w.f.base.Organisation()}}), reasonOwner},
		{"with somebody elsewhere", mallory, "Create", evil("https://evil.example/n/6", fedtest.M{"attributedTo": []any{mallory, "https://m.example/users/anna"}}), reasonOwner},
		{"for a number", mallory, "Create", evil("https://evil.example/n/3", fedtest.M{"attributedTo": 1}), reasonOwner},
		{"for a text", mallory, "Create", evil("https://evil.example/n/4", fedtest.M{"attributedTo": "1"}), reasonOwner},
		{"for an object", mallory, "Create", evil("https://evil.example/n/5", fedtest.M{"attributedTo": fedtest.M{"id": w.f.base.Organisation()}}), reasonOwner},
		{"over a local post", mallory, "Create", evil(opening, nil), reasonOrigin},
		{"list of ids", mallory, "Create", fedtest.M{"id": []any{"https://m.example/n/1"}, "type": "Note", "content": "x", "inReplyTo": opening}, reasonID},
		{"update of another host's", mallory, "Update", theirs, reasonOrigin},
		{"update as one's own", mallory, "Update", stolen, reasonOrigin},
		{"update by a neighbour", neighbour, "Update", theirs, reasonOwner},
		{"update by a neighbour as his own", neighbour, "Update", note(neighbour, boNote, opening, "<p>forged</p>", nil), reasonOwner},
		{"update of a local post", mallory, "Update", ours, reasonOrigin},
		{"create again by a neighbour", neighbour, "Create", note(neighbour, boNote, opening, "<p>forged</p>", nil), reasonOwner},
		{"update of another's profile", neighbour, "Update", fedtest.M{"id": bo, "type": "Person", "name": "forged"}, reasonOwner},
		{"delete of another host's", mallory, "Delete", boNote, reasonOwner},
		{"delete of a tombstone", mallory, "Delete", fedtest.M{"id": boNote, "type": "Tombstone"}, reasonOwner},
		{"delete by a neighbour", neighbour, "Delete", boNote, reasonOwner},
		{"delete of an account", mallory, "Delete", bo, reasonOwner},
		{"delete of a neighbour", neighbour, "Delete", bo, reasonOwner},
		{"delete of ours", mallory, "Delete", opening, reasonOwner},
		{"undo of another's follow", mallory, "Undo", act(bo, "https://m.example/f/1", "Follow", w.ch.Actor.IRI), reasonOwner},
		{"undo of another's follow, rewritten", mallory, "Undo", act(mallory, "https://m.example/f/1", "Follow", w.ch.Actor.IRI), ""},
		{"undo of another's follow, by id", mallory, "Undo", "https://m.example/f/1", reasonUnknown},
		{"boost around a forged post", mallory, "Announce", act(bo, "https://m.example/a/9", "Create", note(bo, "https://m.example/n/9", opening, "<p>forged</p>", nil)), reasonWrapped},
		{"collection around a forged post", mallory, "Create", fedtest.M{"id": "https://evil.example/c", "type": "OrderedCollection", "attributedTo": mallory,
			"orderedItems": []any{act(bo, "https://m.example/a/9", "Create", theirs)}}, reasonType},
		{"move of another", mallory, "Move", bo, reasonOwner},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := w.in(t)
			id := "https://" + vocab.Host(tt.actor) + "/forged/" + string(rune('a'+i))
			w.expect(tt.reason, act(tt.actor, id, tt.typ, tt.object))
			if after := w.everything(); after != before {
				t.Errorf("the record changed: %s, was %s", after, before)
			}
			now := w.contribution(boNote)
			if diff := cmp.Diff(c, now); diff != "" {
				t.Errorf("the answer changed (-before +after):\n%s", diff)
			}
			if strings.Contains(string(mustJSON(t, w.document(opening))), "forged") {
				t.Error("the opening changed")
			}
		})
	}
}

// A parent that is not known is followed upwards, but not into what lies, is private or endless.
func TestClimb(t *testing.T) {
	peer := fedtest.New(t)
	w, _ := served(t, &clock{now: time.Now()}, peer)
	opening := w.f.base.Opening(1)
	cy := peer.Actor("cy")
	say := func(path, inReplyTo string, properties fedtest.M) string {
		id := peer.URL + path
		n := note(cy.ID, id, inReplyTo, "<p>between</p>", properties)
		n["@context"] = "https://www.w3.org/ns/activitystreams"
		peer.Serve(path, n)
		return id
	}
	under := say("/n/under", opening, nil)
	deeper := say("/n/deeper", under, nil)
	private := say("/n/private", opening, fedtest.M{"to": []string{cy.ID + "/followers"}, "cc": nil})
	loose := say("/n/loose", "", nil)
	say("/n/a", peer.URL+"/n/b", nil)
	cycle := say("/n/b", peer.URL+"/n/a", nil)
	lie := say("/n/lie", opening, fedtest.M{"id": peer.URL + "/n/other"})
	for i := range 30 {
		say("/deep/"+string(rune('A'+i)), peer.URL+"/deep/"+string(rune('A'+i+1)), nil)
	}
	tests := []struct{ name, parent, reason string }{
		{"one up", under, ""},
		{"two up", deeper, ""},
		{"private parent", private, reasonElsewhere},
		{"no challenge above", loose, reasonElsewhere},
		{"cycle", cycle, reasonElsewhere},
		{"parent with another id", lie, reasonNotFetched},
		{"too deep", peer.URL + "/deep/A", reasonElsewhere},
		{"no such parent", peer.URL + "/n/none", reasonNotFetched},
		{"forbidden address", "http://127.0.0.1:1/n/1", reasonNotFetched},
		{"no address", "file:///etc/passwd", reasonNotFetched},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := w.in(t)
			id := cy.ID + "/n/" + strings.ReplaceAll(tt.name, " ", "-")
			w.expect(tt.reason, act(cy.ID, id+"/a", "Create", note(cy.ID, id, tt.parent, "<p>deep</p>", nil)))
			c := w.contribution(id)
			if tt.reason == "" && (c == nil || c.ReplyTo != tt.parent || c.Root != opening) {
				t.Errorf("stored %+v", c)
			}
		})
	}
	if n := peer.Asked("/deep/" + string(rune('A'+maxClimb))); n != 0 {
		t.Errorf("asked for ancestor %d", maxClimb)
	}
}

// An object of which only the id came is fetched from its origin.
func TestCreateByID(t *testing.T) {
	peer := fedtest.New(t)
	w, _ := served(t, &clock{now: time.Now()}, peer)
	cy := peer.Actor("cy")
	id := peer.URL + "/n/1"
	n := note(cy.ID, id, w.f.base.Opening(1), "<p>fetched</p>", nil)
	n["@context"] = "https://www.w3.org/ns/activitystreams"
	peer.Serve("/n/1", n)
	w.expect("", act(cy.ID, peer.URL+"/a/1", "Create", id))
	if c := w.contribution(id); c == nil || c.Text != "fetched" {
		t.Errorf("stored %+v", c)
	}
	w.expect(reasonNotFetched, act(cy.ID, peer.URL+"/a/2", "Create", peer.URL+"/n/2"))
}

// Votes are no contributions, in whatever form they come.
func TestVotes(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	opening := w.f.base.Opening(1)
	vote := func(id string) fedtest.M {
		return fedtest.M{"id": id, "type": "Note", "name": "Yes", "attributedTo": bo, "inReplyTo": opening, "to": w.f.base.Organisation()}
	}
	w.expect(reasonVote, act(bo, bo+"#v/1", "Create", vote(bo+"#votes/1")))
	w.expect(reasonVote, act(bo, bo+"#v/2", "Create", []any{vote(bo + "#votes/2"), vote(bo + "#votes/3")}))
	blank := vote(bo + "#votes/5")
	blank["content"] = " "
	w.expect(reasonVote, act(bo, bo+"#v/5", "Create", blank))
	for _, name := range []any{"", nil, 1, []any{"Yes"}, fedtest.M{}} {
		v := vote(bo + "#votes/4")
		v["name"] = name
		if reason := w.process(act(bo, bo+"#v/3", "Create", v)); reason == "" {
			t.Errorf("a vote named %v became something", name)
		}
	}
	if list, err := w.db.Contributions(t.Context(), everything, store.ContributionFilter{All: true}, store.Page{Limit: 10}); err != nil || len(list) > 0 {
		t.Errorf("contributions = %v, %v", list, err)
	}
}

func TestHoldIsRespected(t *testing.T) {
	w := newWorld(t)
	w.someone(bo)
	held := w.open(&policy.Challenge{Actor: policy.Actor{Handle: "held"}, Title: "T", Question: "Q?", RespondBy: start.AddDate(1, 0, 0), Hold: true})
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, boNote, w.f.base.Opening(held.Number), "<p>words</p>", nil)))
	if c := w.contribution(boNote); c.Moderation != policy.ModerationHeld || c.Number != 0 {
		t.Errorf("stored %+v, want it held", c)
	}
	_, err := w.app.Show(t.Context(), app.By{}, w.contribution(boNote).ID, "")
	w.must(err)
	w.drain()
	if got := w.queuedOf("m.example", "Create"); len(got) != 1 || !strings.Contains(got[0].Object.Content, "the code") {
		t.Errorf("%d receipts, want the one with the code", len(got))
	}
}
