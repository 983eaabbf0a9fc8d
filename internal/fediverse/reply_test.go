package fediverse

import (
	"testing"

	"github.com/folkmoot/folkmoot/internal/policy"
)

func TestReplyBecomesAContribution(t *testing.T) {
	w := newWorld(t)
	bo := w.someone("https://m.example/users/bo")
	opening := w.f.base.Opening(w.ch.Number)
	w.expect("", act(bo, "https://m.example/a/1", "Create", note(bo, "https://m.example/n/1", opening, "<p>Mould</p>", nil)))
	c := w.contribution("https://m.example/n/1")
	if c == nil || c.Text != "Mould" || c.Visibility != policy.VisibilityPublic || c.Number != 1 {
		t.Fatalf("contribution = %+v", c)
	}
	list, inboxes := w.queued("m.example")
	if len(list) != 1 || list[0].Type != "Create" || inboxes[0] != bo+"/inbox" {
		t.Errorf("queued %v for %v, want one receipt", list, inboxes)
	}
	t.Logf("%s", list[0].Raw)
	t.Log(w.document(opening))
	t.Log(w.document(w.ch.Actor.IRI))
}
