package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/folkmoot/folkmoot/internal/auth"
	"github.com/folkmoot/folkmoot/web"
)

// TestNothingPrivateLeaks puts a canary into everything that only some may see, and looks for it
// wherever the public can look: every route of the router, as a page and as JSON, signed and not,
// headers, feeds, the log, and every byte that another server received.
func TestNothingPrivateLeaks(t *testing.T) {
	p := startPeer(t)
	i := start(t, options{Peers: p.addr(), Log: "debug,json"})
	open := i.open("damp")
	held := i.open("held", "--hold")
	i.open("draft", "--draft", "--title", "zqcanarydraft", "--summary", "zqcanarysummary", "--background-file", textFile(t, "zqcanarybackground"))
	p.do("follow", o{"as": "follower", "actor": i.URL + "/org"}, nil)
	p.do("follow", o{"as": "follower", "actor": open.ID}, nil)

	post := func(as string, c challenge, visibility, text string) (reply sent) {
		p.do("create", o{"as": as, "to": c.ID, "inReplyTo": c.Opening, "visibility": visibility, "content": "<p>" + text + "</p>"}, &reply)
		return reply
	}
	post("open", open, "public", "visible to all")
	post("followers", open, "followers", "zqcanaryfollowers")
	post("direct", open, "direct", "zqcanarydirect")
	post("held", held, "public", "zqcanaryheld")
	post("hidden", open, "public", "zqcanaryhidden")
	deleted := post("gone", open, "public", "zqcanarydeleted")
	narrowed := post("narrow", open, "public", "zqcanarynarrowed")
	i.wait("all are there", 20*time.Second, func() bool { return len(i.answers(1, true)) == 6 && len(i.answers(2, true)) == 1 })
	for _, a := range i.answers(1, true) {
		if strings.Contains(a.Text, "zqcanaryhidden") {
			i.cli("contribution", "hide", fmt.Sprintf("1/%d", a.Number), "--reason", "it names a private person")
		}
		if strings.Contains(a.Text, "zqcanarydirect") {
			i.cli("contribution", "read", "1/"+a.Code)
		}
	}
	p.do("delete", o{"as": "gone", "to": open.ID, "object": deleted.Object}, nil)
	var answer struct{ Status int }
	p.do("post", o{"as": "narrow", "spec": "cavage", "inbox": open.Inbox, "body": o{
		"@context": "https://www.w3.org/ns/activitystreams", "id": p.Base + "/zqupdate", "type": "Update", "actor": p.user("narrow"), "to": []string{open.ID},
		"object": o{"id": narrowed.Object, "type": "Note", "attributedTo": p.user("narrow"), "inReplyTo": open.Opening, "content": "<p>zqcanarynarrowed</p>",
			"to": []string{open.ID}, "updated": time.Now().UTC().Format(time.RFC3339)},
	}}, &answer)
	p.do("post", o{"as": "reporter", "spec": "cavage", "inbox": open.Inbox, "body": o{
		"@context": "https://www.w3.org/ns/activitystreams", "id": p.Base + "/zqflag", "type": "Flag", "actor": p.user("reporter"), "content": "zqcanaryreport", "object": []string{open.Opening},
	}}, &answer)
	i.wait("only the visible one is listed", 20*time.Second, func() bool {
		return document(t, open.Opening+"/replies")["totalItems"] == 1.0
	})
	i.idle()

	for _, path := range addresses(t) {
		for _, accept := range []string{asHTML, asJSON} {
			code, header, body := get(t, i.URL+path, accept)
			noCanary(t, fmt.Sprintf("GET %s as %s (%d)", path, accept, code), fmt.Sprint(header)+body)
		}
		var signed struct{ Body string }
		p.do("get", o{"as": "stranger", "url": i.URL + path}, &signed)
		noCanary(t, "signed GET "+path, signed.Body)
	}
	for _, r := range p.log() {
		noCanary(t, "received by the peer", r.Raw)
	}
	noCanary(t, "log", i.log.String())
}

var canary = regexp.MustCompile(`zqcanary\w*|steward@housing\.example`)

func noCanary(t *testing.T, where, text string) {
	t.Helper()
	if found := canary.FindString(text); found != "" {
		t.Errorf("%s shows %s", where, found)
	}
}

// addresses lists every GET route of the router with every number and name that might fit, and
// the collections that only exist as documents.
func addresses(t *testing.T) []string {
	t.Helper()
	none := func(next http.Handler) http.Handler { return next }
	routes, ok := web.New(web.Config{URL: "http://localhost", Auth: auth.New(nil, false), Inbox: http.NotFoundHandler(), WellKnown: http.NotFoundHandler(), Negotiate: none}).Handler().(chi.Routes)
	if !ok {
		t.Fatal("the handler does not list its routes")
	}
	var list []string
	err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodGet {
			list = append(list, spell(route)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 {
		t.Fatalf("only %d addresses: %v", len(list), list)
	}
	for _, actor := range []string{"/org", "/actor", "/@steward", "/c/1", "/c/2", "/c/3"} {
		for _, collection := range []string{"", "/inbox", "/outbox", "/outbox?page=1", "/followers", "/following", "/featured", "/moderators", "/proposals"} {
			list = append(list, actor+collection)
		}
	}
	for _, object := range []string{"/c/1/opening", "/c/2/opening", "/c/3/opening", "/c/1/1"} {
		for _, collection := range []string{"", "/replies", "/replies?page=1", "/context", "/context?page=1", "/likes", "/shares"} {
			list = append(list, object+collection)
		}
	}
	return list
}

// spell fills the parameters of a route with all that might fit.
func spell(route string) []string {
	values := map[string][]string{
		"{n}": {"1", "2", "3"}, "{k}": {"1", "2", "3", "4", "5", "6"}, "{v}": {"1"}, "{handle}": {"news", "damp", "held", "draft", "steward"},
	}
	list := []string{strings.ReplaceAll(route, "*", "webfinger?resource=acct:draft@127.0.0.1")}
	for parameter, all := range values {
		var next []string
		for _, path := range list {
			if !strings.Contains(path, parameter) {
				next = append(next, path)
				continue
			}
			for _, v := range all {
				next = append(next, strings.ReplaceAll(path, parameter, v))
			}
		}
		list = next
	}
	return list
}
