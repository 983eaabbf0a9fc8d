package federation_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/nodeinfo"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/federation/webfinger"
)

func nodeInfo(context.Context) (nodeinfo.Info, error) {
	posts := int64(7)
	return nodeinfo.Info{Software: nodeinfo.Software{Name: "folkmoot", Version: "1.0"}, LocalPosts: &posts}, nil
}

// ask sends a request with headers ("Name: value") and returns answer and body.
func ask(t *testing.T, method, address string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestNegotiate(t *testing.T) {
	p := run(t)
	p.documents["/c/12"] = &federation.Document{Body: []byte(`{"id":"x"}`)}
	p.documents["/c/12/61"] = &federation.Document{Elsewhere: "https://far.example/notes/1"}
	p.gone["/c/12/62"] = true
	activity := "Accept: application/activity+json"
	const document, page = vocab.MediaType, "text/html"
	tests := []struct {
		name, path, accept string
		status             int
		mediaType          string
	}{
		{"document", "/c/12", activity, 200, document},
		{"mastodon", "/c/12", "Accept: application/activity+json, application/ld+json", 200, document},
		{"ld+json with profile", "/c/12", `Accept: application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, 200, document},
		{"ld+json alone", "/c/12", "Accept: application/ld+json", 200, document},
		{"mastodon's search", "/c/12", `Accept: application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json, text/html;q=0.1`, 200, document},
		{"capitals", "/c/12", "Accept: Application/Activity+JSON", 200, document},
		{"browser", "/c/12", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200, page},
		{"curl", "/c/12", "Accept: */*", 200, page},
		{"nothing", "/c/12", "X: y", 200, page},
		{"page first", "/c/12", "Accept: text/html, application/activity+json;q=0.9", 200, page},
		{"document first", "/c/12", "Accept: text/html;q=0.5, application/activity+json;q=0.6", 200, document},
		{"document refused", "/c/12", "Accept: application/activity+json;q=0", 200, page},
		{"weight unreadable", "/c/12", "Accept: application/activity+json;q=x", 200, page},
		{"json is too little", "/c/12", "Accept: application/json", 200, page},
		{"none here", "/about", activity, 200, page},
		{"deleted", "/c/12/62", activity, 410, document},
		{"deleted, page", "/c/12/62", "Accept: text/html", 200, page},
		{"elsewhere", "/c/12/61", activity, 406, "application/problem+json"},
		{"elsewhere, page", "/c/12/61", "Accept: text/html", 200, page},
		{"database away", "/broken", activity, 503, "application/problem+json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, body := ask(t, "GET", p.URL+tt.path, tt.accept)
			if res.StatusCode != tt.status || res.Header.Get("Content-Type") != tt.mediaType {
				t.Errorf("%s %s = %d %s, want %d %s", tt.path, tt.accept, res.StatusCode, res.Header.Get("Content-Type"), tt.status, tt.mediaType)
			}
			if !strings.Contains(strings.Join(res.Header["Vary"], ","), "Accept") {
				t.Error("no Vary: Accept")
			}
			if tt.mediaType == document && (res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Cache-Control") == "") {
				t.Errorf("headers %v", res.Header)
			}
			head, nothing := ask(t, "HEAD", p.URL+tt.path, tt.accept)
			if head.StatusCode != tt.status || nothing != "" || head.Header.Get("Content-Type") != tt.mediaType {
				t.Errorf("HEAD = %d %q", head.StatusCode, nothing)
			}
			switch tt.name {
			case "deleted":
				if o, err := vocab.Decode([]byte(body)); err != nil || o.Type != "Tombstone" || o.ID != p.URL+tt.path {
					t.Errorf("tombstone %s", body)
				}
			case "elsewhere":
				if want := `<https://far.example/notes/1>; rel="alternate"; type="application/activity+json"`; res.Header.Get("Link") != want {
					t.Errorf("Link %q, want %q", res.Header.Get("Link"), want)
				}
			}
		})
	}
	if res, _ := ask(t, "POST", p.URL+"/c/12", activity); res.Header.Get("Content-Type") != page {
		t.Error("a POST was not passed on")
	}
}

func TestETag(t *testing.T) {
	p := run(t)
	p.documents["/c/12"] = &federation.Document{Body: []byte(`{"id":"x"}`)}
	const accept = "Accept: application/activity+json"
	res, _ := ask(t, "GET", p.URL+"/c/12", accept)
	tag := res.Header.Get("ETag")
	if len(tag) < 10 || !strings.HasPrefix(tag, `"`) {
		t.Fatalf("ETag %q", tag)
	}
	for value, want := range map[string]int{tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200} {
		res, body := ask(t, "GET", p.URL+"/c/12", accept, "If-None-Match: "+value)
		if res.StatusCode != want || (want == 304) != (body == "") || res.Header.Get("ETag") != tag {
			t.Errorf("If-None-Match %s = %d %q, want %d", value, res.StatusCode, body, want)
		}
	}
	p.documents["/c/12"] = &federation.Document{Body: []byte(`{"id":"y"}`)}
	if res, _ := ask(t, "GET", p.URL+"/c/12", accept, "If-None-Match: "+tag); res.StatusCode != 200 {
		t.Errorf("changed document = %d, want 200", res.StatusCode)
	}
}

func TestWebFinger(t *testing.T) {
	p := run(t)
	host := strings.TrimPrefix(p.URL, "http://")
	name, _, _ := strings.Cut(host, ":")
	tests := []struct {
		name, query string
		status      int
		subject     string
		self        string
	}{
		{"account", "resource=acct:twelve@" + host, 200, "acct:twelve@" + host, p.URL + "/c/12"},
		{"escaped", "resource=acct%3Atwelve%40" + url.QueryEscape(host), 200, "acct:twelve@" + host, p.URL + "/c/12"},
		{"capitals", "resource=acct:Twelve@" + host, 200, "acct:twelve@" + host, p.URL + "/c/12"},
		{"with rel", "rel=self&resource=acct:twelve@" + host, 200, "acct:twelve@" + host, p.URL + "/c/12"},
		{"id", "resource=" + p.URL + "/c/12", 200, "acct:twelve@" + host, p.URL + "/c/12"},
		{"page", "resource=" + p.URL + "/c/12/page", 200, "acct:twelve@" + host, p.URL + "/c/12"},
		{"instance", "resource=acct:" + name + "@" + host, 200, "acct:" + name + "@" + host, p.URL + "/actor"},
		{"origin", "resource=" + p.URL, 200, "acct:" + name + "@" + host, p.URL + "/actor"},
		{"origin with slash", "resource=" + p.URL + "/", 200, "acct:" + name + "@" + host, p.URL + "/actor"},
		{"instance actor's id", "resource=" + p.URL + "/actor", 200, "acct:" + name + "@" + host, p.URL + "/actor"},
		{"unknown", "resource=acct:nobody@" + host, 404, "", ""},
		{"unknown id", "resource=" + p.URL + "/c/99", 404, "", ""},
		{"deleted", "resource=acct:deleted@" + host, 410, "", ""},
		{"foreign account", "resource=acct:twelve@bank.example", 404, "", ""},
		{"foreign id", "resource=https://bank.example/c/12", 404, "", ""},
		{"missing", "", 400, "", ""},
		{"empty", "resource=", 400, "", ""},
		{"twice", "resource=acct:a@" + host + "&resource=acct:b@" + host, 400, "", ""},
		{"no account", "resource=acct:twelve", 400, "", ""},
		{"mail", "resource=mailto:twelve@" + host, 400, "", ""},
		{"NUL", "resource=acct:twelve%00@" + host, 400, "", ""},
		{"not UTF-8", "resource=acct:%ff@" + host, 400, "", ""},
		{"20 KB", "resource=acct:" + strings.Repeat("a", 20_000) + "@" + host, 400, "", ""},
		{"broken escape", "resource=%zz", 400, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, body := ask(t, "GET", p.URL+webfinger.Path+"?"+tt.query)
			if res.StatusCode != tt.status || res.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Fatalf("%s = %d, want %d; headers %v", tt.query, res.StatusCode, tt.status, res.Header)
			}
			if tt.status != 200 {
				if res.Header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("Content-Type %s", res.Header.Get("Content-Type"))
				}
				return
			}
			doc, err := webfinger.Parse([]byte(body))
			if err != nil || doc.Subject != tt.subject || doc.Actor() != tt.self || res.Header.Get("Content-Type") != webfinger.MediaType {
				t.Errorf("%s %s %v", body, res.Header.Get("Content-Type"), err)
			}
		})
	}
}

func TestHostMeta(t *testing.T) {
	p := run(t)
	want := p.URL + "/.well-known/webfinger?resource={uri}"
	for _, path := range []string{webfinger.HostMeta, webfinger.HostMetaJSON} {
		res, body := ask(t, "GET", p.URL+path)
		if got, err := webfinger.ParseHostMeta([]byte(body)); err != nil || got != want || res.StatusCode != 200 {
			t.Errorf("%s = %d %s (%v), want the template %s", path, res.StatusCode, body, err, want)
		}
	}
}

func TestNodeInfo(t *testing.T) {
	p := run(t)
	_, body := ask(t, "GET", p.URL+nodeinfo.WellKnown)
	var index nodeinfo.Index
	if err := json.Unmarshal([]byte(body), &index); err != nil || len(index.Links) != 2 {
		t.Fatalf("index %s: %v", body, err)
	}
	if app := index.Links[1]; app.Rel != "https://www.w3.org/ns/activitystreams#Application" || app.Href != p.URL+"/actor" {
		t.Errorf("application %+v", app)
	}
	res, body := ask(t, "GET", index.Links[0].Href)
	var doc nodeinfo.Document
	if err := json.Unmarshal([]byte(body), &doc); err != nil || doc.Version != "2.1" || *doc.Usage.LocalPosts != 7 {
		t.Errorf("document %s: %v", body, err)
	}
	if !strings.Contains(res.Header.Get("Content-Type"), "schema/2.1#") {
		t.Errorf("Content-Type %s", res.Header.Get("Content-Type"))
	}
}

// TestDiscover finds actors by account and address, and believes none that is found wrongly.
func TestDiscover(t *testing.T) {
	a, c := fedtest.New(t), fedtest.New(t)
	p := run(t, a, c)
	alice, mallory := a.Actor("alice"), c.Actor("mallory")
	jrd := func(subject, self string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			b, err := json.Marshal(webfinger.Document{Subject: subject, Links: []webfinger.Link{{Rel: "self", Type: vocab.MediaType, Href: self}}})
			if err != nil {
				t.Error(err)
			}
			if _, err := w.Write(b); err != nil {
				t.Error(err)
			}
		}
	}
	a.Handle("/@alice", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Link", "<"+mallory.ID+`>; rel="alternate"; type="application/activity+json"`)
	})
	tests := []struct {
		name, typed, want string
		err               error
	}{
		{"handle", "@alice@" + a.Host(), alice.ID, nil},
		{"handle without the first sign", " alice@" + a.Host() + " ", alice.ID, nil},
		{"acct", "acct:alice@" + a.Host(), alice.ID, nil},
		{"id", alice.ID, alice.ID, nil},
		{"unknown", "@nobody@" + a.Host(), "", federation.ErrNotFound},
		{"not an account", "alice", "", federation.ErrTyped},
		{"not a host", "@alice@a b", "", federation.ErrTyped},
		{"a link on a page leads nowhere", a.URL + "/@alice", "", federation.ErrNotFound},
		{"not allowed", "@x@127.0.0.9:81", "", federation.ErrUntrue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := p.fed.Discover(t.Context(), tt.typed)
			if tt.err == nil && (err != nil || got.ID != tt.want) {
				t.Fatalf("Discover(%q) = %v, %v, want %s", tt.typed, got, err, tt.want)
			}
			if tt.err != nil && !errors.Is(err, tt.err) {
				t.Errorf("Discover(%q) = %v, %v, want %v", tt.typed, got, err, tt.err)
			}
		})
	}
	t.Run("another host's account", func(t *testing.T) {
		c.Handle(webfinger.Path, jrd("acct:ceo@"+c.Host(), alice.ID))
		if got, err := p.fed.Discover(t.Context(), "@ceo@"+c.Host()); !errors.Is(err, federation.ErrUntrue) {
			t.Errorf("found %v, %v: alice's host knows nothing of it", got, err)
		}
		a.Handle(webfinger.Path, jrd("acct:ceo@"+c.Host(), alice.ID))
		if got, err := p.fed.Discover(t.Context(), "@ceo@"+c.Host()); err != nil || got.ID != alice.ID {
			t.Errorf("found %v, %v: both hosts agree", got, err)
		}
	})
	t.Run("host-meta", func(t *testing.T) {
		a.Handle(webfinger.Path, http.NotFound)
		a.Handle("/elsewhere", jrd("acct:alice@"+a.Host(), alice.ID))
		a.Handle(webfinger.HostMeta, func(w http.ResponseWriter, _ *http.Request) {
			if _, err := io.WriteString(w, `<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="`+a.URL+`/elsewhere?resource={uri}"/></XRD>`); err != nil {
				t.Error(err)
			}
		})
		if got, err := p.fed.Discover(t.Context(), "@alice@"+a.Host()); err != nil || got.ID != alice.ID {
			t.Errorf("found %v, %v", got, err)
		}
	})
}

// TestInteract finds where to answer, and never guesses.
func TestInteract(t *testing.T) {
	a := fedtest.New(t)
	canary := fedtest.New(t)
	p := run(t, a)
	a.Actor("alice")
	object := p.URL + "/c/12/opening"
	escaped := url.QueryEscape(object)
	offer := func(links ...webfinger.Link) {
		a.Handle(webfinger.Path, func(w http.ResponseWriter, r *http.Request) {
			if err := json.NewEncoder(w).Encode(webfinger.Document{Subject: "x", Links: links}); err != nil {
				t.Error(err)
			}
		})
	}
	subscribe := webfinger.Link{Rel: webfinger.RelSubscribe, Template: a.URL + "/authorize_interaction?uri={uri}"}
	open := webfinger.Link{Rel: webfinger.RelIntent + "Object", Template: a.URL + "/open?o={object}"}
	reply := webfinger.Link{Rel: webfinger.RelIntent + "Create", Template: a.URL + "/write?to={inReplyTo}&text={content}"}
	share := webfinger.Link{Rel: webfinger.RelIntent + "Create", Template: a.URL + "/share?text={content}"}
	foreign := webfinger.Link{Rel: webfinger.RelSubscribe, Template: canary.URL + "/x?uri={uri}"}
	script := webfinger.Link{Rel: webfinger.RelSubscribe, Template: "javascript:alert('{uri}')"}
	tests := []struct {
		name, typed string
		links       []webfinger.Link
		address     string
	}{
		{"subscribe", "@alice@" + a.Host(), []webfinger.Link{subscribe}, a.URL + "/authorize_interaction?uri=" + escaped},
		{"server", a.Host(), []webfinger.Link{subscribe}, a.URL + "/authorize_interaction?uri=" + escaped},
		{"address of the server", a.URL + "/about", []webfinger.Link{subscribe}, a.URL + "/authorize_interaction?uri=" + escaped},
		{"object before subscribe", a.Host(), []webfinger.Link{subscribe, open}, a.URL + "/open?o=" + escaped},
		{"reply before object", a.Host(), []webfinger.Link{open, reply}, a.URL + "/write?to=" + escaped + "&text="},
		{"sharing is no reply", a.Host(), []webfinger.Link{share, open}, a.URL + "/open?o=" + escaped},
		{"no template", a.Host(), nil, ""},
		{"template elsewhere", a.Host(), []webfinger.Link{foreign}, ""},
		{"script", a.Host(), []webfinger.Link{script}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			offer(tt.links...)
			host, address, err := p.fed.Interact(t.Context(), tt.typed, object)
			if err != nil || host != a.Host() || address != tt.address {
				t.Errorf("Interact(%q) = %q, %q, %v, want %q, %q", tt.typed, host, address, err, a.Host(), tt.address)
			}
		})
	}
	for _, typed := range []string{"", "a b", "alice@", "@@", "http://u:p@" + a.Host(), canary.Host(), canary.URL, "127.0.0.1", "localhost:80",
		"[::1]:80", "0x7f.1", "2130706433", "169.254.169.254", "file:///etc/passwd", strings.TrimPrefix(p.URL, "http://"), "x@10.0.0.1"} {
		if host, address, err := p.fed.Interact(t.Context(), typed, object); !errors.Is(err, federation.ErrTyped) {
			t.Errorf("Interact(%q) = %q, %q, %v, want ErrTyped", typed, host, address, err)
		}
	}
	if n := len(canary.Deliveries(nil)) + canary.Asked(webfinger.Path); n != 0 {
		t.Errorf("the canary was asked %d times", n)
	}
	a.Close()
	if _, _, err := p.fed.Interact(t.Context(), "@bob@"+a.Host(), object); !errors.Is(err, federation.ErrUnreachable) {
		t.Errorf("a server that is away: %v, want ErrUnreachable", err)
	}
}
