package store_test

import (
	"testing"

	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

func TestOpenTwice(t *testing.T) {
	testkit.EachURL(t, func(t *testing.T, url string) {
		for range 2 {
			db := testkit.Open(t, store.Options{URL: url})
			if err := db.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
}
