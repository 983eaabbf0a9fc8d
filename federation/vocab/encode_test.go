package vocab_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

const (
	challenge = "https://policy.example/c/clean-air-2027"
	org       = "https://policy.example/org"
	alice     = "https://policy.example/u/alice"
	proposal7 = challenge + "/proposals/7"
)

// TestEncodeExamples writes the documents of the design and compares them, member by member, with
// its examples. What differs on purpose is listed with each.
func TestEncodeExamples(t *testing.T) {
	dir := fedtest.Shared(t, "design/wire-examples")
	const (
		respondBy = `@context: our terms include respondBy`
		assertion = `@context: assertionMethod is defined, for readers of JSON-LD`
		evidence  = `attachment: rel waits for evidence as a kind of answer`
	)
	for name, tt := range map[string]struct {
		doc         func(t testing.TB, example map[string]any) *vocab.Doc
		differences []string
	}{
		"01-challenge-actor":       {challengeActor, []string{respondBy, assertion}},
		"02-org-actor":             {orgActor, []string{respondBy, assertion}},
		"03-challenge-opening":     {opening, []string{respondBy}},
		"04-proposal":              {proposal, []string{respondBy, evidence}},
		"14-announce-object-boost": {announce, nil},
		"15-context-collection":    {contextCollection, nil},
		"16-context-page":          {contextPage, nil},
		"17-proposals-collection":  {proposals, nil},
		"19-create-proposal":       {createProposal, []string{respondBy, evidence}},
	} {
		t.Run(name, func(t *testing.T) {
			want := object(t, read(t, dir+"/"+name+".json"))
			b, err := vocab.Encode(tt.doc(t, want))
			if err != nil {
				t.Fatal(err)
			}
			for _, difference := range tt.differences {
				apply(t, want, difference, respondBy, assertion)
			}
			if diff := cmp.Diff(want, object(t, b)); diff != "" {
				t.Errorf("Encode (-want +got):\n%s", diff)
			}
			again, err := vocab.Encode(tt.doc(t, want))
			if err != nil || string(again) != string(b) {
				t.Errorf("a second time it is %s, %v", again, err)
			}
		})
	}
}

// apply makes an example what we mean to differ from it by.
func apply(t *testing.T, want map[string]any, difference, respondBy, assertion string) {
	t.Helper()
	switch difference {
	case respondBy, assertion:
		list := want["@context"].([]any)
		terms := list[len(list)-1].(map[string]any)
		if difference == respondBy {
			terms["respondBy"] = "moot:respondBy"
		} else {
			terms["assertionMethod"] = map[string]any{"@id": "https://w3id.org/security#assertionMethod", "@type": "@id", "@container": "@set"}
		}
	default:
		holder := want
		if inner, ok := want["object"].(map[string]any); ok {
			holder = inner
		}
		attachment := holder["attachment"].([]any)[0].(map[string]any)
		if attachment["rel"] == nil {
			t.Error("the example has no rel any more")
		}
		delete(attachment, "rel")
	}
}

func challengeActor(t testing.TB, example map[string]any) *vocab.Doc {
	return &vocab.Doc{
		ID: challenge, Type: "Group", Kind: "Challenge", Stage: "proposals", Name: "Clean air by 2027",
		Summary: "<p>How should the city cut street-level NO₂ by 2027? Open for proposals until 31 March.</p>",
		URL:     challenge, AttributedTo: challenge + "/moderators",
		Published: at(t, "2027-01-10T09:00:00Z"), Updated: at(t, "2027-01-10T09:00:00Z"),
		StartTime: at(t, "2027-01-10T09:00:00Z"), EndTime: at(t, "2027-04-01T00:00:00+02:00"),
		Profile: &vocab.Profile{
			PreferredUsername: "clean-air-2027", WebFinger: "clean-air-2027@policy.example",
			Inbox: challenge + "/inbox", Outbox: challenge + "/outbox", Followers: challenge + "/followers",
			Following: challenge + "/following", Featured: challenge + "/featured", SharedInbox: "https://policy.example/inbox",
			Proposals: challenge + "/proposals", Polls: challenge + "/polls", Responses: challenge + "/responses",
			Outcomes: challenge + "/outcomes", Discoverable: true, Indexable: true,
			Icon: &vocab.Picture{URL: challenge + "/icon.png", MediaType: "image/png"},
			Fields: []vocab.Field{
				{Name: "Stage", Value: "Proposals (until 2027-03-31)"},
				{Name: "Responsible", Value: `<a href="https://policy.example/org" rel="me">City of Example</a>`},
			},
			Generator:  "https://policy.example/actor",
			Implements: []vocab.Feature{{Href: "https://datatracker.ietf.org/doc/html/rfc9421", Name: "RFC-9421: HTTP Message Signatures"}},
			Keys:       exampleKeys(challenge, example),
		},
	}
}

func orgActor(t testing.TB, example map[string]any) *vocab.Doc {
	return &vocab.Doc{
		ID: org, Type: "Organization", Name: "City of Example", URL: org, Published: at(t, "2026-12-01T09:00:00Z"),
		Summary: "<p>The official voice of the City of Example on this server.</p>",
		Profile: &vocab.Profile{
			PreferredUsername: "city", WebFinger: "city@policy.example", Inbox: org + "/inbox", Outbox: org + "/outbox",
			Followers: org + "/followers", Following: org + "/following", SharedInbox: "https://policy.example/inbox",
			Discoverable: true, Indexable: true, Keys: exampleKeys(org, example),
		},
	}
}

func exampleKeys(actor string, example map[string]any) []vocab.Key {
	return []vocab.Key{
		{ID: actor + "#main-key", Owner: actor, PEM: example["publicKey"].(map[string]any)["publicKeyPem"].(string)},
		{ID: actor + "#ed25519-key", Owner: actor, Multibase: example["assertionMethod"].([]any)[0].(map[string]any)["publicKeyMultibase"].(string)},
	}
}

func opening(t testing.TB, _ map[string]any) *vocab.Doc {
	const id = challenge + "/posts/1"
	return &vocab.Doc{
		ID: id, Type: "Article", Kind: "Opening", AttributedTo: org, To: []string{vocab.Public, challenge},
		Cc: []string{org + "/followers"}, Audience: challenge, URL: id, Published: at(t, "2027-01-10T09:00:00Z"),
		Name:      "Clean air by 2027: what should we change?",
		Summary:   "<p>Street-level NO₂ is above the limit on 14 streets. Tell us what to change. Reply to this post, or publish a proposal, until 31 March 2027.</p>",
		Content:   "<p>Street-level NO₂ …</p><h2>What we ask</h2><p>…</p>",
		MediaType: "text/html", Language: "en", Quotable: true,
		Preview: &vocab.Doc{
			Type: "Note", AttributedTo: org, Published: at(t, "2027-01-10T09:00:00Z"),
			Content: "<p><strong>Clean air by 2027: what should we change?</strong></p><p>Street-level NO₂ is above the limit on 14 streets. Tell us what to change until 31 March 2027.</p>",
		},
		Context: id + "/context", Replies: vocab.Ref(id + "/replies"),
		Tag: []vocab.Tag{
			{Type: "Mention", Href: challenge, Name: "@clean-air-2027@policy.example"},
			{Type: "Hashtag", Name: "#CleanAir2027", Href: "https://policy.example/tags/cleanair2027"},
		},
	}
}

func proposal(t testing.TB, _ map[string]any) *vocab.Doc {
	return &vocab.Doc{
		ID: proposal7, Type: "Article", Kind: "Proposal", AttributedTo: alice, To: []string{vocab.Public, challenge},
		Cc: []string{alice + "/followers"}, Audience: challenge, URL: proposal7, Revision: 2,
		Published: at(t, "2027-01-20T10:00:00Z"), Updated: at(t, "2027-01-25T10:00:00Z"),
		Name:      "Close the school streets at drop-off time",
		Summary:   "<p>Close 12 school streets to cars from 07:30 to 08:30, starting in September.</p>",
		Content:   "<p>Close 12 school streets …</p>",
		MediaType: "text/html", Quotable: true,
		Source: &vocab.Source{Content: "Close 12 school streets …", MediaType: "text/markdown"},
		Preview: &vocab.Doc{
			Type: "Note", AttributedTo: alice, Published: at(t, "2027-01-20T10:00:00Z"),
			Content: "<p><strong>Close the school streets at drop-off time</strong></p><p>Close 12 school streets to cars from 07:30 to 08:30, starting in September.</p>",
		},
		Context: proposal7 + "/context", Replies: vocab.Ref(proposal7 + "/replies"),
		Tag:        []vocab.Tag{{Type: "Mention", Href: challenge, Name: "@clean-air-2027@policy.example"}},
		Attachment: []vocab.Attachment{{Type: "Link", URL: "https://data.example/no2-2026.csv", MediaType: "text/csv", Name: "NO₂ measurements 2026"}},
	}
}

func announce(t testing.TB, _ map[string]any) *vocab.Doc {
	return &vocab.Doc{
		ID: challenge + "/announces/5002", Type: "Announce", Actor: challenge, To: []string{vocab.Public},
		Cc: []string{challenge + "/followers", alice}, Published: at(t, "2027-01-20T10:00:02Z"), Object: vocab.Ref(proposal7),
	}
}

func contextCollection(testing.TB, map[string]any) *vocab.Doc {
	return &vocab.Doc{
		ID: proposal7 + "/context", Type: "OrderedCollection", AttributedTo: challenge, Audience: challenge,
		Listing: &vocab.Listing{TotalItems: 4, First: proposal7 + "/context?page=1", Last: proposal7 + "/context?page=1"},
	}
}

func contextPage(testing.TB, map[string]any) *vocab.Doc {
	return &vocab.Doc{
		ID: proposal7 + "/context?page=1", Type: "OrderedCollectionPage",
		Listing: &vocab.Listing{
			TotalItems: 4, PartOf: proposal7 + "/context",
			Items: vocab.Refs([]string{proposal7, alice + "/notes/55", "https://mastodon.example/users/bob/statuses/1", challenge + "/posts/20"}),
		},
	}
}

func proposals(testing.TB, map[string]any) *vocab.Doc {
	return &vocab.Doc{
		ID: challenge + "/proposals", Type: "OrderedCollection", AttributedTo: challenge,
		Listing: &vocab.Listing{TotalItems: 31, First: challenge + "/proposals?page=1"},
	}
}

func createProposal(t testing.TB, example map[string]any) *vocab.Doc {
	inner := proposal(t, example)
	return &vocab.Doc{
		ID: proposal7 + "#create", Type: "Create", Actor: alice, Published: inner.Published, To: inner.To, Cc: inner.Cc,
		Audience: challenge, Object: inner,
	}
}

// TestEncode: what the examples do not show, byte by byte.
func TestEncode(t *testing.T) {
	const ctx = `{"@context":"https://www.w3.org/ns/activitystreams",`
	for _, tt := range []struct {
		name string
		doc  *vocab.Doc
		want string
	}{
		{"like", &vocab.Doc{ID: "https://a.example/1", Type: "Like", Actor: "https://a.example/u", Object: vocab.Ref("https://b.example/2")},
			ctx + `"id":"https://a.example/1","type":"Like","actor":"https://a.example/u","object":"https://b.example/2"}`},
		{"ids are not respelled", &vocab.Doc{
			ID: "https://a.example/1", Type: "Undo", Actor: "HTTPS://A.example/Ä", To: []string{"https://b.example/1#activity#activity"},
			Object: vocab.Ref("https://b.example/a%2Fb?c=%c3%a4#<x>"),
		}, ctx + `"id":"https://a.example/1","type":"Undo","actor":"HTTPS://A.example/Ä","object":"https://b.example/a%2Fb?c=%c3%a4#<x>","to":["https://b.example/1#activity#activity"]}`},
		{"bytes of others stay", &vocab.Doc{
			ID: "https://a.example/1", Type: "Announce", Actor: "https://a.example/u",
			Object: &vocab.Doc{ID: "https://b.example/2", Raw: json.RawMessage("{ \"b\" : 1.50,\n \"a\":\"\\u00e4<\" }")},
		}, ctx + `"id":"https://a.example/1","type":"Announce","actor":"https://a.example/u","object":` + "{ \"b\" : 1.50,\n \"a\":\"\\u00e4<\" }" + `}`},
		{"texts that look like addresses", &vocab.Doc{
			ID: "https://a.example/1", Type: "Tombstone", FormerType: "Note", Name: "Budget: cut it", Deleted: at(t, "2026-01-02T03:04:05.9+01:00"),
		}, ctx + `"id":"https://a.example/1","type":"Tombstone","deleted":"2026-01-02T02:04:05Z","formerType":"Note","name":"Budget: cut it"}`},
		{"empty collection", &vocab.Doc{ID: "https://a.example/1", Type: "Collection", Listing: &vocab.Listing{Items: []*vocab.Doc{}}},
			`{"@context":["https://www.w3.org/ns/activitystreams"],"id":"https://a.example/1","type":"Collection","items":[],"totalItems":0}`},
		{"quote authorization", &vocab.Doc{
			ID: "https://a.example/q", Type: "QuoteAuthorization", AttributedTo: "https://a.example/u",
			InteractingObject: "https://b.example/n", InteractionTarget: "https://a.example/n",
		}, `{"@context":["https://www.w3.org/ns/activitystreams",{"QuoteAuthorization":"https://w3id.org/fep/044f#QuoteAuthorization","gts":"https://gotosocial.org/ns#","interactingObject":{"@id":"gts:interactingObject","@type":"@id"},"interactionTarget":{"@id":"gts:interactionTarget","@type":"@id"}}],` +
			`"id":"https://a.example/q","type":"QuoteAuthorization","attributedTo":"https://a.example/u","interactingObject":"https://b.example/n","interactionTarget":"https://a.example/n"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := vocab.Encode(tt.doc)
			if err != nil {
				t.Fatal(err)
			}
			if string(b) != tt.want {
				t.Errorf("Encode\n got %s\nwant %s", b, tt.want)
			}
			if _, err := vocab.Decode(b); err != nil {
				t.Errorf("what was written is refused: %v", err)
			}
		})
	}
}

func TestEncodeNote(t *testing.T) {
	b, err := vocab.Encode(&vocab.Doc{
		ID: "https://a.example/1", Type: "Create", Actor: "https://a.example/c/1",
		Object: &vocab.Doc{
			ID: "https://a.example/2", Type: "Note", Kind: "receipt", AttributedTo: "https://a.example/c/1",
			To: []string{"https://b.example/u"}, InReplyTo: "https://b.example/n", ReceiptFor: "https://b.example/n",
			Content: "<p>Diolch & <b>thanks</b></p>", Language: "cy", Sensitive: true, RespondBy: at(t, "2026-10-15T12:00:00Z"),
			Likes:  &vocab.Doc{ID: "https://a.example/2/likes", Type: "Collection", Listing: &vocab.Listing{TotalItems: 3}},
			Shares: &vocab.Doc{ID: "https://a.example/2/shares", Type: "Collection", Listing: &vocab.Listing{}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"contentMap":{"cy":"<p>Diolch & <b>thanks</b></p>"}`, `"to":["https://b.example/u"]`, `"kind":"receipt"`,
		`"receiptFor":"https://b.example/n"`, `"sensitive":true`, `"respondBy":"2026-10-15T12:00:00Z"`,
		`"likes":{"id":"https://a.example/2/likes","type":"Collection","totalItems":3}`,
		`"shares":{"id":"https://a.example/2/shares","type":"Collection","totalItems":0}`, `"moot":"https://w3id.org/folkmoot/ns#"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
	if strings.Count(string(b), "@context") != 1 {
		t.Errorf("more than one context in %s", b)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		doc  *vocab.Doc
		want string
	}{
		"no id":          {&vocab.Doc{Type: "Note"}, "without id"},
		"no type":        {&vocab.Doc{ID: "https://a.example/1"}, `type ""`},
		"foreign type":   {&vocab.Doc{ID: "https://a.example/1", Type: "Proposal"}, `type "Proposal"`},
		"wrong property": {&vocab.Doc{ID: "https://a.example/1", Type: "Note", Actor: "https://a.example/u"}, "Note has no actor"},
		"wrong part":     {&vocab.Doc{ID: "https://a.example/1", Type: "Note", Listing: &vocab.Listing{}}, "Note has no totalItems"},
		"wrong inside": {&vocab.Doc{ID: "https://a.example/1", Type: "Create", Object: &vocab.Doc{Type: "Like", Deleted: time.Unix(1, 0)}},
			"Like has no deleted"},
		"broken bytes": {&vocab.Doc{ID: "https://a.example/1", Type: "Announce", Object: &vocab.Doc{Raw: json.RawMessage(`{"a":1,"a":2}`)}},
			"twice"},
	} {
		if b, err := vocab.Encode(tt.doc); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Encode = %s, %v, want %q", name, b, err, tt.want)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	doc := proposal(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := vocab.Encode(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func object(t *testing.T, b []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return when
}
