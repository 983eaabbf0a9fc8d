package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// TestLog checks that of several sealers that work at once, each entry is sealed by one.
func TestLog(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		const entries = 60
		testkit.Write(t, db, func(tx *store.Tx) error {
			for i := range entries {
				e := policy.LogEntry{Challenge: policy.ID(i % 2), Action: policy.LogHide, Object: fmt.Sprint(i), ActorName: "Ada", Actor: 5, Reason: "r"}
				if err := tx.AddLog(ctx, &e); err != nil {
					return err
				}
			}
			return nil
		})
		seal := func(tx *store.Tx) (int, error) {
			list, err := tx.UnsealedLog(ctx, 7)
			if err != nil {
				return 0, err
			}
			for i := range list {
				head, err := tx.LogHead(ctx, list[i].Challenge)
				if err != nil {
					return 0, err
				}
				if head == nil {
					head = &policy.LogEntry{}
				}
				list[i].Seq, list[i].Prev, list[i].Hash = head.Seq+1, head.Hash, fmt.Sprintf("%d/%d", list[i].Challenge, head.Seq+1)
				if err := tx.SealLog(ctx, &list[i]); err != nil {
					return 0, err
				}
			}
			return len(list), nil
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for n := 1; n > 0; {
					err := db.Write(ctx, func(tx *store.Tx) (err error) {
						n, err = seal(tx)
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		for challenge := range policy.ID(2) {
			list, err := db.Log(ctx, challenge, store.Page{})
			if err != nil || len(list) != entries/2 {
				t.Fatalf("%d entries, %v; want %d", len(list), err, entries/2)
			}
			prev := ""
			for i, e := range list {
				if e.Seq != int64(i+1) || e.Prev != prev || e.Object != fmt.Sprint(2*i+int(challenge)) || e.ActorName != "Ada" || e.At.IsZero() {
					t.Fatalf("entry %d is %+v", i, e)
				}
				prev = e.Hash
			}
			rest, err := db.Log(ctx, challenge, store.Page{After: list[9].ID, Limit: 3})
			if err != nil || len(rest) != 3 || rest[0].Seq != 11 {
				t.Errorf("page after the tenth: %+v, %v", rest, err)
			}
			err = db.Write(ctx, func(tx *store.Tx) error { return tx.SealLog(ctx, &list[0]) })
			if !errors.Is(err, errs.Conflict) {
				t.Errorf("sealed twice: %v, want errs.Conflict", err)
			}
		}
	})
}
