package app_test

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"sync"
	"testing"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

func TestSetUp(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.app = app.New(h.db, string(base)) // with keys of its own
		h.must(h.db.Write(h.ctx(), func(tx *store.Tx) error { return tx.SetSetupToken(h.ctx(), "hash") }))

		o := h.setUp()

		if o.Actor.IRI != "https://moot.example/org" || o.Actor.URL != "https://moot.example/" || o.Receipts != policy.ReceiptReply {
			t.Errorf("organisation %+v", o)
		}
		stored, err := h.db.Organisation(h.ctx())
		h.must(err)
		if stored.Actor.ID != o.Actor.ID || stored.BaseURL != string(base) || stored.Strap != "for people who rent" {
			t.Errorf("stored %+v", stored)
		}
		keys := map[string]bool{}
		for handle, want := range map[string]struct {
			kind policy.ActorKind
			iri  string
		}{
			"news":         {policy.KindOrganisation, "https://moot.example/org"},
			"steward":      {policy.KindPerson, "https://moot.example/@steward"},
			"moot.example": {policy.KindApplication, "https://moot.example/actor"},
		} {
			a, err := h.db.ActorByHandle(h.ctx(), handle)
			h.must(err)
			if a.Kind != want.kind || a.IRI != want.iri || !a.Local || a.Host != "moot.example" ||
				a.Inbox != want.iri+"/inbox" || a.SharedInbox != "https://moot.example/inbox" {
				t.Errorf("%s is %+v", handle, a)
			}
			keys[h.wantKeys(a.IRI)] = true
		}
		if len(keys) != 3 {
			t.Error("actors share a key")
		}
		account, _, err := h.db.AccountByEmail(h.ctx(), "amara@housing.example")
		h.must(err)
		if account.Role != policy.RoleSteward || account.PasswordHash != "$argon2id$…" {
			t.Errorf("account %+v", account)
		}
		if token, err := h.db.SetupToken(h.ctx()); err != nil || token != "" {
			t.Errorf("set-up link still works: %q, %v", token, err)
		}
		h.wantLog(0, "instance.setUp news () by Amara")
		h.wantEvents(policy.EventInstanceSetUp)
	})
}

// wantKeys checks that a local actor has an RSA and an Ed25519 key that work, and returns both.
func (h *house) wantKeys(iri string) string {
	h.t.Helper()
	k, err := h.db.Keys(h.ctx(), iri)
	h.must(err)
	private, err := x509.ParsePKCS8PrivateKey(k.RSA)
	h.must(err)
	if r, ok := private.(*rsa.PrivateKey); !ok || r.N.BitLen() != 2048 {
		h.t.Errorf("%s has a key of type %T", iri, private)
	}
	if len(k.Ed25519) != ed25519.SeedSize {
		h.t.Errorf("%s has an Ed25519 seed of %d bytes", iri, len(k.Ed25519))
	}
	return string(k.RSA) + string(k.Ed25519)
}

func TestSetUpASecondTime(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.setUp()
		h.events()

		_, err := h.app.SetUp(h.ctx(), app.SetUp{Name: "Other", Handle: "other", Email: "o@other.example"})

		h.wantRefusal(err, errs.Conflict)
		if o, err := h.db.Organisation(h.ctx()); err != nil || o.Actor.Handle != "news" {
			t.Errorf("organisation is %+v, %v", o, err)
		}
		h.wantEvents()
	})
}

func TestSetUpRefusesWhatIsWrong(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		_, err := h.app.SetUp(h.ctx(), app.SetUp{Handle: "Bad Handle", Email: "nobody"})

		h.wantFields(err, "name error.name.missing", "handle error.handle.shape", "email error.email.shape")
		h.wantFields(h.app.CheckSetUp(app.SetUp{Name: "A", Handle: "steward", Email: "a@b.example"}),
			"steward-handle error.steward-handle.same")

		_, err = h.app.SetUp(h.ctx(), app.SetUp{Name: "A", Handle: "moot.example", Email: "a@b.example"})
		h.wantFields(err, "handle error.handle.taken")

		if _, err := h.db.Organisation(h.ctx()); !errors.Is(err, errs.NotFound) {
			t.Errorf("an organisation was made: %v", err)
		}
		if _, err := h.db.ActorByIRI(h.ctx(), base.Instance()); !errors.Is(err, errs.NotFound) {
			t.Errorf("half of it is left: %v", err)
		}
		h.setUp() // and it still can be set up
	})
}

// The instance may sign fetches before anybody set it up; others then know its key.
func TestSetUpKeepsTheInstancesKeys(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.must(h.app.MakeInstance(h.ctx()))
		before := h.wantKeys(base.Instance())
		h.app = app.New(h.db, string(base)) // which makes other keys

		h.setUp()
		h.must(h.app.MakeInstance(h.ctx()))

		if after := h.wantKeys(base.Instance()); after != before {
			t.Error("the instance has other keys than before it was set up")
		}
		a, err := h.db.ActorByHandle(h.ctx(), "moot.example")
		h.must(err)
		if a.Name != "Housing Voices" || a.IRI != base.Instance() {
			t.Errorf("the instance is %+v", a)
		}
	})
}

// Whoever opens the set-up page twice, or beside the command, sets up one organisation.
func TestSetUpAtOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		const people = 4
		failed := make([]error, people)
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() {
				_, failed[i] = h.app.SetUp(t.Context(), app.SetUp{Name: "Housing Voices", Handle: "news", Email: "a@b.example"})
			})
		}
		wg.Wait()
		done := 0
		for _, err := range failed {
			if err == nil {
				done++
				continue
			}
			h.wantRefusal(err, errs.Conflict)
		}
		if done != 1 {
			t.Errorf("set up %d times", done)
		}
		h.wantEvents(policy.EventInstanceSetUp)
	})
}
