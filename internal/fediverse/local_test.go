package fediverse

import (
	"errors"
	"testing"

	"github.com/folkmoot/folkmoot/federation"
	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Every actor of ours is found by its handle, its id and its page; drafts are not.
func TestHandles(t *testing.T) {
	w := newWorld(t)
	draft := &policy.Challenge{Actor: policy.Actor{Handle: "draft"}, Title: "T", Question: "Q?", RespondBy: start.AddDate(1, 0, 0)}
	w.must(w.app.OpenChallenge(t.Context(), w.by(), draft, true))
	l := local{w.f}
	tests := []struct{ handle, actor, page string }{
		{"tenants", "https://moot.example/org", "https://moot.example/"},
		{"damp", "https://moot.example/c/1", "https://moot.example/c/1"},
		{"ada", "https://moot.example/@ada", "https://moot.example/@ada"},
		{"moot.example", "https://moot.example/actor", "https://moot.example/"},
	}
	for _, tt := range tests {
		if actor, page, err := l.Resolve(t.Context(), tt.handle); err != nil || actor != tt.actor || page != tt.page {
			t.Errorf("Resolve(%s) = %s, %s, %v, want %s, %s", tt.handle, actor, page, err, tt.actor, tt.page)
		}
		for _, address := range []string{tt.actor, "https://moot.example/@" + tt.handle} {
			handle, actor, page, err := l.Handle(t.Context(), address)
			if err != nil || handle != tt.handle || actor != tt.actor || page != tt.page {
				t.Errorf("Handle(%s) = %s, %s, %s, %v", address, handle, actor, page, err)
			}
		}
	}
	if handle, _, _, err := l.Handle(t.Context(), "https://moot.example"); err != nil || handle != "moot.example" {
		t.Errorf("Handle of the whole instance = %s, %v", handle, err)
	}
	if _, _, err := l.Resolve(t.Context(), "draft"); !errors.Is(err, federation.ErrNotFound) {
		t.Errorf("Resolve(draft) = %v", err)
	}
	for _, address := range []string{draft.Actor.IRI, "https://moot.example/@draft", "https://moot.example/c/1/opening", "https://evil.example/org", ""} {
		if handle, _, _, err := l.Handle(t.Context(), address); !errors.Is(err, federation.ErrNotFound) {
			t.Errorf("Handle(%s) = %s, %v, want ErrNotFound", address, handle, err)
		}
	}
}

// What cannot be a server, and what does not answer, are told apart for the form.
func TestInteractErrors(t *testing.T) {
	peer := fedtest.New(t)
	w, _ := served(t, &clock{now: start}, peer)
	peer.Close()
	for typed, want := range map[string]error{"not a server!": errs.Invalid, "": errs.Invalid, peer.Host(): errs.NotFound} {
		if host, address, err := w.f.Interact(t.Context(), typed, w.f.base.Opening(1)); !errors.Is(err, want) {
			t.Errorf("Interact(%q) = %s, %s, %v, want %v", typed, host, address, err, want)
		}
	}
}
