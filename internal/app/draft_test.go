package app_test

import (
	"errors"
	"testing"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

func TestSaveDraft(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		c := policy.Challenge{
			Actor: policy.Actor{Handle: "trams"}, Title: "Trams", Question: "Where?", RespondBy: h.now.AddDate(0, 1, 0),
			AddressedTo: []policy.Addressee{{Given: "@a@one.example"}, {Given: "@b@two.example"}},
		}
		h.must(h.app.OpenChallenge(h.ctx(), h.by, &c, true))

		bad := policy.Challenge{Title: "Trams", Question: "Where?"}
		var faults policy.FieldErrors
		if err := h.app.SaveDraft(h.ctx(), c.Number, &bad); !errors.As(err, &faults) || faults[0].Field != "respond-by" {
			t.Errorf("SaveDraft without a day = %v, want an error about respond-by", err)
		}
		text := policy.Challenge{
			Actor: policy.Actor{Handle: "buses"}, Title: "Buses", Question: "Where to?", RespondBy: h.now.AddDate(0, 2, 0),
			Background: "*More*", AddressedTo: []policy.Addressee{{Given: "@b@two.example"}},
		}
		h.must(h.app.SaveDraft(h.ctx(), c.Number, &text))

		stored, err := h.db.Challenge(h.ctx(), staff, c.Number)
		h.must(err)
		if stored.Title != "Buses" || stored.Actor.Name != "Buses" || stored.Actor.Handle != "trams" || stored.BackgroundHTML == "" {
			t.Errorf("stored %q by %q @%s with background %q", stored.Title, stored.Actor.Name, stored.Actor.Handle, stored.BackgroundHTML)
		}
		if len(stored.AddressedTo) != 1 || stored.AddressedTo[0].Given != "@b@two.example" {
			t.Errorf("addressed to %v, want @b@two.example alone", stored.AddressedTo)
		}
		if _, err := h.db.Challenge(h.ctx(), policy.Public, c.Number); !errors.Is(err, errs.NotFound) {
			t.Errorf("the public gets the draft: %v", err)
		}

		if _, err := h.app.OpenDraft(h.ctx(), h.by, c.Number); err != nil {
			t.Fatal(err)
		}
		if err := h.app.SaveDraft(h.ctx(), c.Number, &text); !errors.Is(err, errs.Conflict) {
			t.Errorf("SaveDraft of an open one = %v, want errs.Conflict", err)
		}
		if err := h.app.SaveDraft(h.ctx(), 99, &text); !errors.Is(err, errs.NotFound) {
			t.Errorf("SaveDraft of none = %v, want errs.NotFound", err)
		}
	})
}
