package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// Until it is set up an instance may be given another address; then never again.
func TestBindURL(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		bind := func(url string) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return tx.BindURL(t.Context(), url) })
		}
		org := testkit.Local(policy.KindOrganisation, "https://two.example/org", "news", "News")
		addActor := func(iri string) {
			testkit.Write(t, db, func(tx *store.Tx) error {
				a := testkit.Local(policy.KindApplication, iri, "instance", "")
				if err := tx.AddActor(t.Context(), &a); err != nil {
					return err
				}
				return tx.ClaimHandle(t.Context(), "instance", a.ID)
			})
		}
		for _, url := range []string{"https://one.example", "https://one.example", "https://two.example"} {
			if err := bind(url); err != nil {
				t.Fatal(err)
			}
			if url == "https://one.example" {
				if _, err := db.ActorByHandle(t.Context(), "instance"); errors.Is(err, errs.NotFound) {
					addActor(url + "/actor")
				}
			}
		}
		addActor("https://two.example/actor") // the handle is free again
		testkit.Write(t, db, func(tx *store.Tx) error {
			if err := tx.AddActor(t.Context(), &org); err != nil {
				return err
			}
			return tx.AddOrganisation(t.Context(), &policy.Organisation{Actor: org, BaseURL: "https://two.example"})
		})
		if err := bind("https://two.example"); err != nil {
			t.Error(err)
		}
		err := bind("https://three.example")
		if !errors.Is(err, errs.Conflict) || !strings.Contains(errs.Sentence(err), "FOLKMOOT_URL=https://two.example") {
			t.Errorf("BindURL of another address = %v, want a refusal that names the first", err)
		}
	})
}
