package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// tombstones counts rows that [put] made.
func tombstones(t *testing.T, db *store.DB) int64 {
	t.Helper()
	n, err := db.Int(t.Context(), `SELECT count(*) FROM tombstones`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// put writes a row.
func put(ctx context.Context, tx *store.Tx, name any) error {
	return tx.AddTombstone(ctx, fmt.Sprint("https://a.example/", name))
}

func TestWriteAllOrNothing(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		broken := errors.New("broken")
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := put(ctx, tx, 1); err != nil {
				return err
			}
			if dead, err := tx.Tombstone(ctx, "https://a.example/1"); !dead || err != nil {
				t.Errorf("a Tx does not see what it wrote (%v)", err)
			}
			if dead, err := db.Tombstone(ctx, "https://a.example/1"); dead || err != nil {
				t.Errorf("others see what is not committed (%v)", err)
			}
			return broken
		})
		if !errors.Is(err, broken) || tombstones(t, db) != 0 {
			t.Errorf("Write = %v, and %d rows stayed; want %v, 0", err, tombstones(t, db), broken)
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			if err := put(ctx, tx, 2); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO tombstones (iri) VALUES (NULL)`)
			return err
		})
		if err == nil || tombstones(t, db) != 0 {
			t.Errorf("Write = %v, and %d rows stayed; want an error and none", err, tombstones(t, db))
		}
		testkit.Write(t, db, func(tx *store.Tx) error { return put(ctx, tx, 3) })
		if n := tombstones(t, db); n != 1 {
			t.Errorf("%d rows after the next write, want 1", n)
		}
	})
}

// TestWriteSurvivesItsCallers has callers that panic, leave by Goexit, give up before their turn
// or fail, among those that do well; all that was confirmed is there, and nothing else.
func TestWriteSurvivesItsCallers(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		gone, cancel := context.WithCancel(ctx)
		cancel()
		const callers, each = 16, 30
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				for i := range each {
					name := fmt.Sprintf("%d/%d", c, i)
					lone := make(chan error, 1)
					go func() {
						err := errors.New("did not return")
						defer func() { lone <- err }()
						defer func() { _ = recover() }() // the panic below
						use := ctx
						if i%5 == 4 {
							use = gone
						}
						err = db.Write(use, func(tx *store.Tx) error {
							if err := put(ctx, tx, name); err != nil {
								return err
							}
							switch i % 5 {
							case 1:
								panic("unforeseen")
							case 2:
								runtime.Goexit()
							case 3:
								return errors.New("no")
							}
							return nil
						})
					}()
					if err := <-lone; (err == nil) != (i%5 == 0) {
						t.Errorf("write %s = %v", name, err)
					}
				}
			})
		}
		wg.Wait()
		if n := tombstones(t, db); n != callers*each/5 {
			t.Errorf("%d rows, want %d", n, callers*each/5)
		}
	})
}

// TestCancelledInTheMiddle checks that one caller's context does not end what others wrote.
func TestCancelledInTheMiddle(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var wg sync.WaitGroup
		confirmed := make(chan bool, 1000)
		for c := range 8 {
			wg.Go(func() {
				for i := range 40 {
					short, cancel := context.WithTimeout(ctx, time.Duration(i%7)*200*time.Microsecond)
					if c%2 == 0 {
						short = ctx
					}
					err := db.Write(short, func(tx *store.Tx) error {
						for k := range 3 {
							if err := put(short, tx, fmt.Sprintf("%d/%d/%d", c, i, k)); err != nil {
								return err
							}
						}
						return nil
					})
					cancel()
					if err == nil {
						confirmed <- true
					} else if c%2 == 0 {
						t.Errorf("a write that nobody cancelled: %v", err)
					}
				}
			})
		}
		wg.Wait()
		if n, want := tombstones(t, db), int64(3*len(confirmed)); n != want {
			t.Errorf("%d rows, want %d: three for each confirmed write", n, want)
		}
	})
}

func TestFullDisk(t *testing.T) {
	db := testkit.Open(t, store.Options{URL: filepath.Join(t.TempDir(), "folkmoot.db")})
	ctx := t.Context()
	limit := func(pages int64) {
		testkit.Write(t, db, func(tx *store.Tx) error {
			_, err := tx.Int(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
			return err
		})
	}
	used, err := db.Int(ctx, "PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	limit(used + 4)
	long := strings.Repeat("x", 3000)
	confirmed := int64(0)
	for i := range 40 {
		err := db.Write(ctx, func(tx *store.Tx) error { return put(ctx, tx, fmt.Sprint(i, long)) })
		if err == nil {
			confirmed++
		} else if !errors.Is(err, errs.Unavailable) {
			t.Fatalf("Write = %v, want errs.Unavailable", err)
		}
	}
	if confirmed == 0 || confirmed == 40 {
		t.Fatalf("%d of 40 writes went well; the disk was to become full in between", confirmed)
	}
	limit(1 << 30)
	testkit.Write(t, db, func(tx *store.Tx) error { return put(ctx, tx, "after") })
	if n := tombstones(t, db); n != confirmed+1 {
		t.Errorf("%d rows, want %d", n, confirmed+1)
	}
}

// TestGroupFails checks that nobody in a common transaction that is lost is told that all is well.
func TestGroupFails(t *testing.T) {
	db := testkit.Open(t, store.Options{URL: filepath.Join(t.TempDir(), "folkmoot.db")})
	ctx := t.Context()
	var wg sync.WaitGroup
	var mu sync.Mutex
	confirmed := int64(0)
	for c := range 16 {
		wg.Go(func() {
			for i := range 20 {
				err := db.Write(ctx, func(tx *store.Tx) error {
					if err := put(ctx, tx, fmt.Sprintf("%d/%d", c, i)); err != nil {
						return err
					}
					if i%7 == 6 { // as SQLite itself does when the disk is full
						_, err := tx.Exec(ctx, "ROLLBACK")
						return errors.Join(err, errors.New("lost"))
					}
					return nil
				})
				mu.Lock()
				if err == nil {
					confirmed++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if n := tombstones(t, db); n != confirmed || n == 0 {
		t.Errorf("%d rows, %d confirmed", n, confirmed)
	}
}

func TestListen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		a, stopA := db.Listen()
		b, stopB := db.Listen()
		defer stopB()
		woken := func(c <-chan struct{}) bool {
			select {
			case <-c:
				return true
			default:
				return false
			}
		}
		testkit.Write(t, db, func(tx *store.Tx) error { return put(ctx, tx, 1) })
		if woken(a) || woken(b) {
			t.Error("woken by a write that adds no work")
		}
		for i := range 2 {
			testkit.Write(t, db, func(tx *store.Tx) error {
				return tx.AddTask(ctx, store.Task{Kind: "k", Key: fmt.Sprint(i)})
			})
		}
		if !woken(a) || !woken(b) || woken(b) {
			t.Error("want each listener woken, and two signals to become one")
		}
		stopA()
		testkit.Write(t, db, func(tx *store.Tx) error { return tx.AddTask(ctx, store.Task{Kind: "k", Key: "3"}) })
		if woken(a) || !woken(b) {
			t.Error("want only the listener woken that has not stopped")
		}
	})
}

func TestIDs(t *testing.T) {
	clock := testkit.NewClock()
	var a, b store.IDs
	seen := map[policy.ID]bool{}
	last := policy.ID(0)
	for i := range 20_000 {
		switch i % 1000 {
		case 0:
			clock.Advance(time.Millisecond)
		case 500:
			clock.Advance(-time.Second) // clocks do go back
		case 501:
			clock.Advance(time.Second)
		}
		id := store.Next(&a, clock.Now())
		if id <= last || seen[id] {
			t.Fatalf("key %d after %d", id, last)
		}
		last = id
		seen[id] = true
		if other := store.Next(&b, clock.Now()); i%1000 == 0 && seen[other] { // one each ms: rarely the same
			t.Errorf("two processes made the key %d", other)
		}
	}
	if id := store.Next(&a, time.Date(2093, 1, 1, 0, 0, 0, 0, time.UTC)); id <= last {
		t.Errorf("key of 2093 is %d", id)
	}
}

func TestTextIsCleaned(t *testing.T) {
	tests := map[string]string{
		"plain":            "plain",
		"Überschwemmung 🏠": "Überschwemmung 🏠",
		"a\x00b":           "ab",
		"a\xff\xfeb":       "a\uFFFDb",
		"\xed\xa0\x80":     "\uFFFD", // half of a surrogate pair
	}
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		for in, want := range tests {
			if got := store.Clean(in); got != want {
				t.Errorf("Clean(%q) = %q, want %q", in, got, want)
			}
			a := testkit.Remote("a.example", "ann")
			a.Name = in
			testkit.Write(t, db, func(tx *store.Tx) error { return tx.AddActor(t.Context(), &a) })
			got, err := db.ActorByIRI(t.Context(), a.IRI)
			if err != nil || got.Name != want {
				t.Errorf("name %q came back as %q (%v), want %q", in, got.Name, err, want)
			}
		}
	})
}
