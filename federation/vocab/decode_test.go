package vocab_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/folkmoot/folkmoot/federation/vocab"
)

var withoutRaw = cmpopts.IgnoreFields(vocab.Object{}, "Raw")

func TestDecodeReply(t *testing.T) {
	const in = `{"@context":["https://www.w3.org/ns/activitystreams",{"sensitive":"as:sensitive"}],
	"id":"https://m.example/users/ana/statuses/1/activity","type":"Create","actor":"https://m.example/users/ana",
	"published":"2026-09-01T10:00:00Z","to":["https://www.w3.org/ns/activitystreams#Public"],
	"cc":["https://m.example/users/ana/followers","https://moot.example/c/12"],
	"object":{"id":"https://m.example/users/ana/statuses/1","type":"Note","summary":null,
		"inReplyTo":"https://moot.example/c/12/opening","published":"2026-09-01T10:00:00.123Z","updated":"2026-09-01T12:00:00+02:00",
		"url":"https://m.example/@ana/1","attributedTo":"https://m.example/users/ana",
		"to":"as:Public","cc":["Public","https://moot.example/c/12"],"sensitive":true,
		"content":"<p>Mwy o goed</p>","contentMap":{"cy":"<p>Mwy o goed</p>","en":"<p>More trees</p>"},
		"attachment":[{"type":"Document","mediaType":"image/jpeg","url":"https://m.example/1.jpg","name":"A street","blurhash":"U"}],
		"tag":[{"type":"Mention","href":"https://moot.example/c/12","name":"@air@moot.example"}],
		"context":"https://m.example/contexts/1",
		"replies":{"id":"https://m.example/users/ana/statuses/1/replies","type":"Collection","first":{"type":"CollectionPage","items":[]}},
		"likes":{"id":"https://m.example/users/ana/statuses/1/likes","type":"Collection","totalItems":3}}}`
	got := decode(t, in)
	note := &vocab.Object{
		ID: "https://m.example/users/ana/statuses/1", Type: "Note", Types: []string{"Note"},
		InReplyTo: "https://moot.example/c/12/opening", AttributedTo: []string{"https://m.example/users/ana"},
		Content: "<p>Mwy o goed</p>", HasContent: true, Language: "cy", Sensitive: true,
		Published: time.Date(2026, 9, 1, 10, 0, 0, 123e6, time.UTC), Updated: time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC),
		URL: "https://m.example/@ana/1", To: []string{vocab.Public}, Cc: []string{vocab.Public, "https://moot.example/c/12"},
		Attachment: []vocab.Attachment{{Type: "Document", URL: "https://m.example/1.jpg", MediaType: "image/jpeg", Name: "A street"}},
		Tag:        []vocab.Tag{{Type: "Mention", Name: "@air@moot.example", Href: "https://moot.example/c/12"}},
		Context:    "https://m.example/contexts/1", Replies: "https://m.example/users/ana/statuses/1/replies",
	}
	want := &vocab.Object{
		ID: "https://m.example/users/ana/statuses/1/activity", Type: "Create", Types: []string{"Create"},
		Actor: "https://m.example/users/ana", Published: time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC),
		To: []string{vocab.Public}, Cc: []string{"https://m.example/users/ana/followers", "https://moot.example/c/12"},
		Object: note, Objects: []*vocab.Object{note},
	}
	if diff := cmp.Diff(want, got, withoutRaw); diff != "" {
		t.Errorf("Decode (-want +got):\n%s", diff)
	}
	if raw := string(got.Object.Raw); !strings.HasPrefix(raw, `{"id":"https://m.example/users/ana/statuses/1",`) || !strings.HasSuffix(raw, `"totalItems":3}}`) {
		t.Errorf("the bytes of the object are %s", raw)
	}
	if string(got.Raw) != in {
		t.Error("the bytes of the activity are not those that came")
	}
}

func TestDecodeActor(t *testing.T) {
	got := decode(t, `{"@context":"https://www.w3.org/ns/activitystreams","id":"https://m.example/u/ana","type":["Person","schema:Person"],
	"preferredUsername":"ana","name":"Ana","summary":"<p>hi</p>","inbox":"https://m.example/u/ana/inbox",
	"outbox":{"id":"https://m.example/u/ana/outbox","type":"OrderedCollection"},"followers":"https://m.example/u/ana/followers",
	"endpoints":{"sharedInbox":"https://m.example/inbox"},"indexable":true,"movedTo":"https://n.example/ana",
	"alsoKnownAs":"https://n.example/ana","url":[{"type":"Link","href":"https://m.example/@ana","mediaType":"text/html; charset=utf-8"}],
	"publicKey":[{"id":"https://m.example/u/ana#main-key","owner":"https://m.example/u/ana","publicKeyPem":"PEM"},"https://m.example/u/ana#old"],
	"assertionMethod":{"id":"https://m.example/u/ana#ed25519-key","type":"Multikey","controller":"https://m.example/u/ana","publicKeyMultibase":"z6Mk"},
	"generator":{"type":"Application","implements":[{"href":"https://datatracker.ietf.org/doc/html/rfc9421","name":"RFC-9421"},"https://w3id.org/fep/8b32"]}}`)
	want := &vocab.Object{
		ID: "https://m.example/u/ana", Type: "Person", Types: []string{"Person", "schema:Person"},
		PreferredUsername: "ana", Name: "Ana", Summary: "<p>hi</p>", Inbox: "https://m.example/u/ana/inbox",
		Outbox: "https://m.example/u/ana/outbox", Followers: "https://m.example/u/ana/followers", SharedInbox: "https://m.example/inbox",
		Indexable: true, MovedTo: "https://n.example/ana", AlsoKnownAs: []string{"https://n.example/ana"}, URL: "https://m.example/@ana",
		PublicKeys: []vocab.Key{
			{ID: "https://m.example/u/ana#main-key", Owner: "https://m.example/u/ana", PEM: "PEM"},
			{ID: "https://m.example/u/ana#ed25519-key", Owner: "https://m.example/u/ana", Multibase: "z6Mk"},
		},
		Implements: []string{"https://datatracker.ietf.org/doc/html/rfc9421", "https://w3id.org/fep/8b32"},
	}
	if diff := cmp.Diff(want, got, withoutRaw); diff != "" {
		t.Errorf("Decode (-want +got):\n%s", diff)
	}
}

func TestDecodeCollection(t *testing.T) {
	got := decode(t, `{"id":"https://m.example/1/replies","type":"OrderedCollection","totalItems":"12",
	"first":{"id":"https://m.example/1/replies?page=1","type":"CollectionPage","partOf":"https://m.example/1/replies",
		"next":"https://m.example/1/replies?page=2","orderedItems":["https://m.example/2",null,7,{"id":"https://m.example/3","type":"Note"}]}}`)
	want := &vocab.Object{
		ID: "https://m.example/1/replies", Type: "OrderedCollection", Types: []string{"OrderedCollection"}, TotalItems: 12,
		First: "https://m.example/1/replies?page=1",
		FirstPage: &vocab.Object{
			ID: "https://m.example/1/replies?page=1", Type: "CollectionPage", Types: []string{"CollectionPage"},
			PartOf: "https://m.example/1/replies", Next: "https://m.example/1/replies?page=2",
			Items: []*vocab.Object{{ID: "https://m.example/2"}, {ID: "https://m.example/3", Type: "Note", Types: []string{"Note"}}},
		},
	}
	if diff := cmp.Diff(want, got, withoutRaw); diff != "" {
		t.Errorf("Decode (-want +got):\n%s", diff)
	}
}

// TestDecodeShapes: one field at a time, in every shape it comes in.
func TestDecodeShapes(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want vocab.Object
	}{
		// Identity.
		{`{"@id":"https://a.example/1","@type":"as:Note"}`, vocab.Object{ID: "https://a.example/1", Type: "Note", Types: []string{"Note"}}},
		{`{"type":"https://www.w3.org/ns/activitystreams#Note"}`, vocab.Object{Type: "Note", Types: []string{"Note"}}},
		{`{"type":["https://x.example/Review","Article"]}`, vocab.Object{Type: "Article", Types: []string{"https://x.example/Review", "Article"}}},
		{`{"type":["Review"]}`, vocab.Object{Type: "Review", Types: []string{"Review"}}},
		{`{"type":{},"id":["https://a.example/1"]}`, vocab.Object{}},
		{`{"id":{"id":"https://a.example/1"},"type":null}`, vocab.Object{}},
		{`{"id":"https://a.example/1#votes/9"}`, vocab.Object{ID: "https://a.example/1#votes/9"}},
		// Actors and objects.
		{`{"actor":{"type":"Person","id":"https://a.example/u","inbox":"https://evil.example"}}`, vocab.Object{Actor: "https://a.example/u"}},
		{`{"actor":["https://a.example/u"]}`, vocab.Object{Actor: "https://a.example/u"}},
		{`{"actor":["https://a.example/u","https://a.example/v"]}`, vocab.Object{}},
		{`{"actor":7,"object":7,"to":7,"tag":7,"attachment":7,"url":7,"published":7,"replies":7}`, vocab.Object{}},
		{`{"object":["https://a.example/1","https://a.example/2"]}`, vocab.Object{
			Object:  &vocab.Object{ID: "https://a.example/1"},
			Objects: []*vocab.Object{{ID: "https://a.example/1"}, {ID: "https://a.example/2"}},
		}},
		{`{"target":{"id":"https://a.example/c"},"instrument":{"id":"https://a.example/n"},"result":"https://a.example/r"}`, vocab.Object{
			Target: "https://a.example/c", Instrument: &vocab.Object{ID: "https://a.example/n"}, Result: &vocab.Object{ID: "https://a.example/r"},
		}},
		{`{"inReplyTo":{"id":"https://a.example/1"}}`, vocab.Object{InReplyTo: "https://a.example/1"}},
		{`{"inReplyTo":[null]}`, vocab.Object{}},
		{`{"replies":{"type":"Collection","first":"https://a.example/r?page=1"}}`, vocab.Object{Replies: "https://a.example/r?page=1"}},
		// Text.
		{`{"content":""}`, vocab.Object{HasContent: true}},
		{`{"content":null,"name":"Bus lanes"}`, vocab.Object{Name: "Bus lanes"}},
		{`{"contentMap":{"de":"<p>Ja</p>","en":"<p>Yes</p>"}}`, vocab.Object{Content: "<p>Ja</p>", HasContent: true, Language: "de"}},
		{`{"content":{"@value":"<p>Ja</p>","@language":"de"}}`, vocab.Object{Content: "<p>Ja</p>", HasContent: true}},
		{`{"content":["<p>a</p>","<p>b</p>"]}`, vocab.Object{Content: "<p>a</p>", HasContent: true}},
		{`{"content":42}`, vocab.Object{HasContent: true}},
		{`{"nameMap":{"cy":"Aer"},"summaryMap":{"en":"Air"}}`, vocab.Object{Name: "Aer", Summary: "Air", Language: "cy"}},
		{`{"name":"Budget: cut it","summary":"Re: Housing"}`, vocab.Object{Name: "Budget: cut it", Summary: "Re: Housing"}},
		{`{"language":{"identifier":"fr","name":"Français"}}`, vocab.Object{Language: "fr"}},
		{`{"@context":["https://www.w3.org/ns/activitystreams",{"@language":"en-GB"}]}`, vocab.Object{Language: "en-GB"}},
		{`{"@context":{"@language":"und"}}`, vocab.Object{}},
		{`{"contentMap":{"\" onload=\"x":"a"}}`, vocab.Object{Content: "a", HasContent: true}},
		{`{"type":"Question","oneOf":[{"type":"Note","name":"Budget: cut it"},{"name":"Re: Housing"}],"endTime":"2026-10-01T00:00:00Z"}`, vocab.Object{
			Type: "Question", Types: []string{"Question"}, Options: []string{"Budget: cut it", "Re: Housing"},
			EndTime: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC),
		}},
		{`{"anyOf":{"nameMap":{"cy":"Ie"}},"sensitive":"true"}`, vocab.Object{Options: []string{"Ie"}, Sensitive: true}},
		// Times.
		{`{"published":"2019-09-19T00:32:36.785333"}`, vocab.Object{Published: time.Date(2019, 9, 19, 0, 32, 36, 785333000, time.UTC)}},
		{`{"published":"2019-09-19T00:32:36+0000","updated":"2019-09-19"}`, vocab.Object{Published: time.Date(2019, 9, 19, 0, 32, 36, 0, time.UTC), Updated: time.Date(2019, 9, 19, 0, 0, 0, 0, time.UTC)}},
		{`{"published":"yesterday","duration":"","updated":{}}`, vocab.Object{}},
		// Links.
		{`{"url":"javascript:alert(1)"}`, vocab.Object{}},
		{`{"url":[{"type":"Link","href":"magnet:?x"},{"type":"Link","mimeType":"video/mp4","href":"https://v.example/1.mp4"},"https://v.example/1"]}`, vocab.Object{URL: "https://v.example/1"}},
		{`{"url":{"type":"Link","mediaType":"video/mp4","href":"https://v.example/1.mp4"}}`, vocab.Object{URL: "https://v.example/1.mp4"}},
		{`{"tag":{"type":"Hashtag","name":"#air","id":"https://a.example/t"}}`, vocab.Object{Tag: []vocab.Tag{{Type: "Hashtag", Name: "#air", Href: "https://a.example/t"}}}},
		{`{"tag":["#air",null]}`, vocab.Object{}},
		{`{"attachment":["https://a.example/1.png",{"type":"Link","href":"https://a.example/1.pdf","mediaType":"application/pdf","name":"Report"},{"type":"PropertyValue","name":"a","value":"b"}]}`, vocab.Object{
			Attachment: []vocab.Attachment{{Type: "Link", URL: "https://a.example/1.png"}, {Type: "Link", URL: "https://a.example/1.pdf", MediaType: "application/pdf", Name: "Report"}},
		}},
		{`{"image":{"type":"Image","url":"https://a.example/1.png"}}`, vocab.Object{Attachment: []vocab.Attachment{{Type: "Image", URL: "https://a.example/1.png"}}}},
		{`{"quote":{"id":"https://a.example/q"}}`, vocab.Object{Quote: "https://a.example/q"}},
		{`{"_misskey_quote":"https://a.example/q"}`, vocab.Object{Quote: "https://a.example/q"}},
		// Our own terms, and those of others, in every spelling.
		{`{"kind":"proposal"}`, vocab.Object{Kind: "proposal"}},
		{`{"moot:kind":"proposal"}`, vocab.Object{Kind: "proposal"}},
		{`{"https://w3id.org/folkmoot/ns#kind":"proposal"}`, vocab.Object{Kind: "proposal"}},
		{`{"as:content":"a","as:kind":"b"}`, vocab.Object{Content: "a", HasContent: true, Kind: "b"}},
		{`{"as:actor":"https://evil.example/m","actor":"https://a.example/u"}`, vocab.Object{Actor: "https://a.example/u"}},
		{`{"totalItems":12.0}`, vocab.Object{TotalItems: 12}},
		{`{"totalItems":-1}`, vocab.Object{}},
		{`{"totalItems":1e400}`, vocab.Object{}},
		{`{"sharedInbox":"https://m.example/inbox","inbox":"https://m.example/u/inbox"}`, vocab.Object{SharedInbox: "https://m.example/inbox", Inbox: "https://m.example/u/inbox"}},
	} {
		if diff := cmp.Diff(&tt.want, decode(t, tt.in), withoutRaw, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Decode(%s) (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestDecodeBounds(t *testing.T) {
	many := func(item string, n int) string { return "[" + strings.Repeat(item+",", n-1) + item + "]" }
	o := decode(t, `{"type":"Question","tag":`+many(`{"type":"Mention","href":"https://a.example/u"}`, 200)+
		`,"oneOf":`+many(`{"name":"a"}`, 200)+`,"attachment":`+many(`"https://a.example/1.png"`, 200)+
		`,"to":`+many(`"https://a.example/u"`, 2000)+`}`)
	if len(o.Tag) != vocab.MaxTags || len(o.Options) != vocab.MaxOptions || len(o.Attachment) != 50 || len(o.To) != 1000 {
		t.Errorf("kept %d tags, %d options, %d attachments, %d recipients", len(o.Tag), len(o.Options), len(o.Attachment), len(o.To))
	}
	late := `{"tag":[` + strings.Repeat(`null,`, vocab.MaxTagsRead) + `{"type":"Mention","href":"https://a.example/u"}]}`
	if o := decode(t, late); len(o.Tag) != 0 {
		t.Errorf("read the tag after %d others", vocab.MaxTagsRead)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"type":"Note","duration":""}`, `{"@id":1,"@type":[[]]}`, `{"object":{"object":{"object":"x"}}}`,
		`{"url":[{"href":"https://a.example"},"x"]}`, `{"contentMap":{"en":"a"},"content":null}`, `{"to":"as:Public","cc":{}}`,
		`{"publicKey":{"id":"x"},"endpoints":[]}`, `{"first":{"first":{}},"items":[1,"a",{}]}`, "{\"a\":\"\\ud800\"}", `{"a":1,"A":2}`,
		`{"published":"2026-01-01T00:00:00Z","totalItems":1e9}`, `{"tag":{"rel":["_misskey_quote"],"href":"x"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := vocab.Decode(b)
		if (o == nil) == (err == nil) {
			t.Fatalf("Decode(%q) = %v, %v", b, o, err)
		}
		if err != nil {
			return
		}
		again, err := vocab.Decode(o.Raw)
		if err != nil {
			t.Fatalf("what was read is refused: %v", err)
		}
		if diff := cmp.Diff(o, again); diff != "" {
			t.Errorf("read twice, different:\n%s", diff)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	note := []byte(mastodonCreate)
	b.SetBytes(int64(len(note)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := vocab.Decode(note); err != nil {
			b.Fatal(err)
		}
	}
}

func decode(t *testing.T, in string) *vocab.Object {
	t.Helper()
	o, err := vocab.Decode([]byte(in))
	if err != nil {
		t.Fatalf("Decode(%s): %v", in, err)
	}
	return o
}

// mastodonCreate has the shape and size of what Mastodon 4.5 sends for a reply.
const mastodonCreate = `{"@context":["https://www.w3.org/ns/activitystreams",{"ostatus":"http://ostatus.org#","atomUri":"ostatus:atomUri","inReplyToAtomUri":"ostatus:inReplyToAtomUri","conversation":"ostatus:conversation","sensitive":"as:sensitive","toot":"http://joinmastodon.org/ns#","votersCount":"toot:votersCount","gts":"https://gotosocial.org/ns#","interactionPolicy":{"@id":"gts:interactionPolicy","@type":"@id"},"canQuote":{"@id":"gts:canQuote","@type":"@id"},"automaticApproval":{"@id":"gts:automaticApproval","@type":"@id"},"manualApproval":{"@id":"gts:manualApproval","@type":"@id"}}],
"id":"https://m.example/users/ana/statuses/115500000000000001/activity","type":"Create","actor":"https://m.example/users/ana","published":"2026-09-01T10:00:00Z","to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["https://m.example/users/ana/followers","https://moot.example/c/12"],
"object":{"id":"https://m.example/users/ana/statuses/115500000000000001","type":"Note","summary":null,"inReplyTo":"https://moot.example/c/12/opening","published":"2026-09-01T10:00:00Z","url":"https://m.example/@ana/115500000000000001","attributedTo":"https://m.example/users/ana","to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["https://m.example/users/ana/followers","https://moot.example/c/12"],"sensitive":false,"atomUri":"https://m.example/users/ana/statuses/115500000000000001","inReplyToAtomUri":"https://moot.example/c/12/opening","conversation":"https://m.example/contexts/115500000000000000-115500000000000001","context":"https://m.example/contexts/115500000000000000-115500000000000001",
"content":"<p><span class=\"h-card\" translate=\"no\"><a href=\"https://moot.example/c/12\" class=\"u-url mention\">@<span>air</span></a></span> More trees on the north side of Mill Lane would help, and a bench for those who wait.</p>","contentMap":{"en":"<p><span class=\"h-card\" translate=\"no\"><a href=\"https://moot.example/c/12\" class=\"u-url mention\">@<span>air</span></a></span> More trees on the north side of Mill Lane would help, and a bench for those who wait.</p>"},
"interactionPolicy":{"canQuote":{"automaticApproval":["https://www.w3.org/ns/activitystreams#Public"]}},"attachment":[],"tag":[{"type":"Mention","href":"https://moot.example/c/12","name":"@air@moot.example"}],"replies":{"id":"https://m.example/users/ana/statuses/115500000000000001/replies","type":"Collection","first":{"type":"CollectionPage","next":"https://m.example/users/ana/statuses/115500000000000001/replies?only_other_accounts=true&page=true","partOf":"https://m.example/users/ana/statuses/115500000000000001/replies","items":[]}},"likes":{"id":"https://m.example/users/ana/statuses/115500000000000001/likes","type":"Collection","totalItems":0},"shares":{"id":"https://m.example/users/ana/statuses/115500000000000001/shares","type":"Collection","totalItems":0}}}`
