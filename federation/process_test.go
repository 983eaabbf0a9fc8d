package federation_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

func TestMux(t *testing.T) {
	p := run(t)
	var got string
	on := func(activity, object string) {
		p.fed.On(activity, object, func(context.Context, *vocab.Object) error {
			got = activity + " " + object
			return nil
		})
	}
	on("Create", "Note")
	on("Create", "")
	on("", "Note")
	on("Like", "")
	tests := []struct{ body, want string }{
		{`{"type":"Create","object":{"type":"Note"}}`, "Create Note"},
		{`{"type":["Create","x"],"object":{"type":"Note"}}`, "Create Note"},
		{`{"type":"Create","object":{"type":"Article"}}`, "Create "},
		{`{"type":"Create","object":"https://a.example/1"}`, "Create "},
		{`{"type":"Create"}`, "Create "},
		{`{"type":"Announce","object":{"type":"Note"}}`, " Note"},
		{`{"type":"Like","object":{"type":"Note"}}`, "Like "},
		{`{"type":"Dance","object":"https://a.example/1"}`, ""},
	}
	for _, tt := range tests {
		got = ""
		body := strings.Replace(tt.body, "{", `{"actor":"https://a.example/x",`, 1)
		err := p.fed.Process(t.Context(), []byte(body), "https://a.example/x")
		if got != tt.want {
			t.Errorf("%s went to %q, want %q", tt.body, got, tt.want)
		}
		if tt.want == "" && (!errors.Is(err, federation.ErrDrop) || federation.Reason(err) != "unknown_type") || tt.want != "" && err != nil {
			t.Errorf("%s: %v", tt.body, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("the same pair twice did not panic")
		}
	}()
	on("Like", "")
}

func TestProcessDrops(t *testing.T) {
	p := run(t)
	p.fed.On("", "", func(context.Context, *vocab.Object) error { return federation.Drop("not_owner") })
	for body, want := range map[string]string{
		`{`: "json",
		`{"type":"Like","actor":"https://b.example/x"}`: "actor_mismatch",
		`{"type":"Like","actor":"https://a.example/x"}`: "not_owner",
	} {
		err := p.fed.Process(t.Context(), []byte(body), "https://a.example/x")
		if !errors.Is(err, federation.ErrDrop) || federation.Reason(err) != want {
			t.Errorf("Process(%s) = %v, want it dropped for %s", body, err, want)
		}
	}
}

// TestProcessBudget: one activity makes us fetch at most twenty documents.
func TestProcessBudget(t *testing.T) {
	a := fedtest.New(t)
	p := run(t, a)
	fetched := 0
	p.fed.On("Like", "", func(ctx context.Context, _ *vocab.Object) error {
		for i := range 50 {
			id := fmt.Sprintf("%s/notes/%d", a.URL, i)
			a.Serve(fmt.Sprintf("/notes/%d", i), M{"id": id, "type": "Note"})
			if _, err := p.fed.Fetch(ctx, id); err != nil {
				return err
			}
			fetched++
		}
		return nil
	})
	err := p.fed.Process(t.Context(), []byte(`{"type":"Like","actor":"https://a.example/x"}`), "https://a.example/x")
	if !errors.Is(err, federation.ErrBudget) || fetched != 20 {
		t.Errorf("fetched %d, %v; want 20 and ErrBudget", fetched, err)
	}
}

// TestFetch is rule 2: a document counts only if it says the id that was asked, there.
func TestFetch(t *testing.T) {
	a, c := fedtest.New(t), fedtest.New(t)
	p := run(t, a, c)
	note := func(id string) M { return M{"id": id, "type": "Note", "content": "x"} }
	reply := func(mediaType string, status int, id string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.WriteHeader(status)
			if _, err := fmt.Fprintf(w, `{"id":%q,"type":"Note"}`, id); err != nil {
				t.Error(err)
			}
		}
	}
	moved := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	a.Serve("/good", note(a.URL+"/good"))
	a.Serve("/other", note(c.URL+"/other"))
	a.Serve("/noid", M{"type": "Note"})
	a.Serve("/list", M{"id": []string{a.URL + "/list"}, "type": "Note"})
	a.Handle("/html", reply("text/html", 200, a.URL+"/html"))
	a.Handle("/json", reply("application/json", 200, a.URL+"/json"))
	a.Handle("/ld", reply(`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, 200, a.URL+"/ld"))
	a.Handle("/ldbare", reply("application/ld+json", 200, a.URL+"/ldbare"))
	a.Gone("/gone")
	a.Handle("/away", reply(vocab.MediaType, 503, a.URL+"/away"))
	a.Handle("/refused", reply(vocab.MediaType, 403, a.URL+"/refused"))
	a.Handle("/moved", moved(a.URL+"/moved2"))
	a.Serve("/moved2", note(a.URL+"/moved"))
	a.Handle("/movedaway", moved(c.URL+"/theirs"))
	c.Serve("/theirs", note(a.URL+"/movedaway"))
	a.Serve("/broken", `{"id":`)
	p.documents["/c/12"] = &federation.Document{Body: []byte(fmt.Sprintf(`{"id":%q,"type":"Group"}`, p.URL+"/c/12"))}
	tests := []struct {
		id     string
		err    error
		reason string
	}{
		{a.URL + "/good", nil, ""}, {a.URL + "/ld", nil, ""}, {a.URL + "/moved", nil, ""}, {p.URL + "/c/12", nil, ""},
		{a.URL + "/other", federation.ErrUntrue, "id_mismatch"}, {a.URL + "/noid", federation.ErrUntrue, "id_mismatch"},
		{a.URL + "/list", federation.ErrUntrue, "id_mismatch"},
		{a.URL + "/html", federation.ErrUntrue, "media_type"}, {a.URL + "/json", federation.ErrUntrue, "media_type"},
		{a.URL + "/ldbare", federation.ErrUntrue, "media_type"}, {a.URL + "/broken", federation.ErrUntrue, "json"},
		{a.URL + "/gone", federation.ErrGone, ""}, {a.URL + "/nothing", federation.ErrNotFound, ""},
		{a.URL + "/away", federation.ErrUnreachable, ""}, {a.URL + "/refused", federation.ErrUntrue, "status"},
		{a.URL + "/movedaway", federation.ErrUntrue, "redirect"},
		{p.URL + "/c/99", federation.ErrNotFound, ""},
		{"http://127.0.0.1:1/x", federation.ErrUntrue, "scheme"}, {"https://10.0.0.1/x", federation.ErrUntrue, "addr"},
		{"file:///etc/passwd", federation.ErrUntrue, "url_form"}, {"acct:x@y", federation.ErrUntrue, "url_form"},
		{"", federation.ErrUntrue, "url_form"}, {a.URL + "/Ä", federation.ErrUntrue, "url_form"},
	}
	for _, tt := range tests {
		got, err := p.fed.Fetch(t.Context(), tt.id)
		if !errors.Is(err, tt.err) || tt.reason != "" && federation.Reason(err) != tt.reason || err == nil && got.ID != tt.id {
			t.Errorf("Fetch(%s) = %v, %v (%s), want %v (%s)", tt.id, got, err, federation.Reason(err), tt.err, tt.reason)
		}
	}
}

// TestActor: remembered for a day, served old while its host is away, forgotten when gone.
func TestActor(t *testing.T) {
	a := fedtest.New(t)
	p := run(t, a)
	alice := a.Actor("alice")
	look := func(want error) {
		t.Helper()
		if got, err := p.fed.Actor(t.Context(), alice.ID); !errors.Is(err, want) || err == nil && got.ID != alice.ID {
			t.Errorf("Actor = %v, %v, want %v", got, err, want)
		}
	}
	asked := func(want int) {
		t.Helper()
		if n := a.Asked(alice.Path()); n != want {
			t.Errorf("asked %d times, want %d", n, want)
		}
	}
	look(nil)
	look(nil)
	asked(1)
	p.late = 25 * time.Hour
	a.Handle(alice.Path(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	look(nil)
	look(nil)
	asked(2)
	p.late += time.Minute
	a.Gone(alice.Path())
	look(federation.ErrGone)
	look(federation.ErrGone)
	asked(3)
	if len(p.actors) != 0 {
		t.Error("the document of an actor that is gone is kept")
	}
	a.Handle(alice.Path(), nil)
	p.late += 6 * time.Minute
	look(nil)
	if err := p.fed.ForgetActor(t.Context(), alice.ID); err != nil || len(p.actors) != 0 {
		t.Errorf("ForgetActor = %v, kept %d", err, len(p.actors))
	}
	look(nil)
	asked(5)
	if _, err := p.fed.RefreshActor(t.Context(), alice.ID); err != nil {
		t.Error(err)
	}
	asked(6)
	if _, err := p.fed.Actor(t.Context(), a.URL+"/notes/1"); !errors.Is(err, federation.ErrNotFound) {
		t.Errorf("no actor: %v", err)
	}
}

// TestActorElsewhere: what an actor's address redirects to is not the actor.
func TestActorElsewhere(t *testing.T) {
	a := fedtest.New(t)
	p := run(t, a)
	alice := a.Actor("alice")
	a.Handle("/users/old", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, alice.ID, http.StatusFound)
	})
	a.Serve("/notes/1", M{"id": a.URL + "/notes/1", "type": "Note"})
	for path, reason := range map[string]string{"/users/old": "redirect", "/notes/1": "not_actor"} {
		if _, err := p.fed.Actor(t.Context(), a.URL+path); federation.Reason(err) != reason {
			t.Errorf("Actor(%s) = %v, want %s", path, err, reason)
		}
	}
}
