package webfinger

import (
	"errors"
	"strings"
	"testing"
)

func TestParseAccount(t *testing.T) {
	good := map[string]Account{
		"@alice@social.example":          {"alice", "social.example"},
		"alice@social.example":           {"alice", "social.example"},
		"acct:alice@social.example":      {"alice", "social.example"},
		"  @Alice@Social.Example ":       {"Alice", "social.example"},
		"@a.b-c_d@social.example":        {"a.b-c_d", "social.example"},
		"@alice@127.0.0.1:8081":          {"alice", "127.0.0.1:8081"},
		"@alice@localhost:8080":          {"alice", "localhost:8080"},
		"@alice@bücher.example":          {"alice", "xn--bcher-kva.example"},
		"@alice@ＳＯＣＩＡＬ.example":          {"alice", "social.example"},
		"@social.example@social.example": {"social.example", "social.example"},
		"@alice@social.example:443":      {"alice", "social.example:443"},
	}
	for in, want := range good {
		if got, err := ParseAccount(in); got != want || err != nil {
			t.Errorf("ParseAccount(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
	bad := []string{
		"", "@", "@@", "alice", "@alice", "alice@", "@alice@", "@@social.example", "@a b@social.example",
		"@alice.@social.example", "@.alice@social.example", "@alice@social.example/path", "@alice@social.example?x",
		"@alice@social.example#x", "@alice@u:p@social.example", "@alice@social..example", "@alice@.example",
		"@alice@social.example.", "@alice@social.example:0", "@alice@social.example:99999", "@alice@social.example:080",
		"@alice@[::1]:80", "@alice@social%2eexample", "@alice@social\\.example", "@alice@-x.example", "@al\x00ice@social.example",
		"@alicé@social.example", "@" + strings.Repeat("a", 200) + "@social.example", "@a@" + strings.Repeat("a.", 200) + "example",
	}
	for _, in := range bad {
		got, err := ParseAccount(in)
		var account AccountError
		var host HostError
		if err == nil || !errors.As(err, &account) && !errors.As(err, &host) {
			t.Errorf("ParseAccount(%q) = %v, %v, want an error", in, got, err)
		}
	}
}

func TestErrorsStaySentences(t *testing.T) {
	_, err := ParseHost(strings.Repeat("é b", 500))
	if err == nil || len(err.Error()) > 150 || !strings.HasSuffix(err.Error(), "is not a server name") {
		t.Errorf("ParseHost = %v", err)
	}
}

func TestDocument(t *testing.T) {
	const body = `{"subject":"acct:alice@social.example","aliases":["https://social.example/@alice"],"links":[
		{"rel":"http://webfinger.net/rel/profile-page","type":"text/html","href":"https://social.example/@alice"},
		{"rel":"self","type":"text/html","href":"https://social.example/wrong"},
		{"rel":"self","type":"application/ld+json","href":"https://social.example/bare"},
		{"rel":"self","type":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"","href":"https://social.example/users/alice"},
		{"rel":"http://ostatus.org/schema/1.0/subscribe","template":"https://social.example/authorize_interaction?uri={uri}"},
		{"rel":"https://w3id.org/fep/3b86/Object","template":"https://social.example/open?o={object}"}]}`
	d, err := Parse([]byte(body))
	if err != nil || d.Subject != "acct:alice@social.example" || d.Actor() != "https://social.example/users/alice" {
		t.Fatalf("Parse = %+v, %v", d, err)
	}
	if rel, template := d.Template(RelIntent+"Object", RelSubscribe); rel != RelIntent+"Object" || !strings.Contains(template, "{object}") {
		t.Errorf("Template = %q, %q", rel, template)
	}
	if rel, template := d.Template("x", RelSubscribe); rel != RelSubscribe || template == "" {
		t.Errorf("Template = %q, %q", rel, template)
	}
	if rel, template := d.Template("x"); rel+template != "" {
		t.Errorf("Template = %q, %q", rel, template)
	}
	for _, bad := range []string{"", "x", "[]", "{}", `{"links":"x"}`, `<html>`, `null`} {
		if d, err := Parse([]byte(bad)); !errors.Is(err, ErrNotDocument) {
			t.Errorf("Parse(%s) = %v, %v, want ErrNotDocument", bad, d, err)
		}
	}
}

func TestHostMeta(t *testing.T) {
	const want = "https://social.example/.well-known/webfinger?resource={uri}"
	xrd, err := EncodeHostMeta("https://social.example")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		string(xrd): want,
		`{"links":[{"rel":"lrdd","template":"` + want + `"}]}`: want,
		`<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" type="application/xrd+xml" template="https://a.example/?u={uri}"/></XRD>`: "https://a.example/?u={uri}",
		`<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="other" template="https://a.example/{uri}"/></XRD>`:                              "",
		`<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="https://a.example/"/></XRD>`:                                    "",
	}
	for body, want := range tests {
		if got, err := ParseHostMeta([]byte(body)); got != want || err != nil {
			t.Errorf("ParseHostMeta(%s) = %q, %v, want %q", body, got, err, want)
		}
	}
	for _, bad := range []string{"", "x", "<html></html>", "<XRD>"} {
		if got, err := ParseHostMeta([]byte(bad)); err == nil {
			t.Errorf("ParseHostMeta(%s) = %q, want an error", bad, got)
		}
	}
}

func TestExpand(t *testing.T) {
	got, ok := Expand("https://a.example/x?u={uri}&v={uri}", "uri", "https://b.example/1?a=b&c#d")
	if want := "https%3A%2F%2Fb.example%2F1%3Fa%3Db%26c%23d"; !ok || got != "https://a.example/x?u="+want+"&v="+want {
		t.Errorf("Expand = %q, %v", got, ok)
	}
	if got, ok := Expand("https://a.example/", "uri", "x"); ok {
		t.Errorf("Expand without a place = %q, true", got)
	}
}

// FuzzParseHost: what is accepted is in one spelling, and stays so.
func FuzzParseHost(f *testing.F) {
	for _, seed := range []string{"social.example", "a:80", "127.0.0.1:1", "[::1]:80", "xn--bcher-kva.example", "BÜCHER.example", "a@b", "a/b", "%41", "０.example", "a..b", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, err := ParseHost(s)
		if err != nil {
			return
		}
		if again, err := ParseHost(host); again != host || err != nil || strings.ContainsAny(host, "/@\\?#% ") || strings.ToLower(host) != host {
			t.Errorf("ParseHost(%q) = %q, and that is %q, %v", s, host, again, err)
		}
	})
}

// FuzzParse: no document of another server makes the readers fail.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"subject":"acct:a@b","links":[{"rel":"self","type":"application/activity+json","href":"https://b/a"}]}`))
	f.Add([]byte(`<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="https://a/{uri}"/></XRD>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if d, err := Parse(body); err == nil {
			d.Actor()
			d.Template(RelSubscribe)
		}
		if template, err := ParseHostMeta(body); err == nil && template != "" {
			Expand(template, "uri", "x")
		}
	})
}
