package app

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// sealAtOnce is how many log entries are sealed in one transaction.
const sealAtOnce = 500

// SealLog chains the log entries that have no place yet, each to the one before it in its
// challenge, and returns how many it sealed.
func (a *App) SealLog(ctx context.Context) (sealed int, err error) {
	defer errs.Wrap(&err, "app.SealLog")

	for {
		var n int
		err := a.db.Write(ctx, func(tx *store.Tx) error {
			n, err = sealSome(ctx, tx)
			return err
		})
		if err != nil {
			return sealed, err
		}
		sealed += n
		if n < sealAtOnce {
			return sealed, nil
		}
	}
}

// sealSome seals the oldest entries that have no place yet.
func sealSome(ctx context.Context, tx *store.Tx) (int, error) {
	list, err := tx.UnsealedLog(ctx, sealAtOnce)
	if err != nil {
		return 0, err
	}
	heads := map[policy.ID]*policy.LogEntry{}
	for i := range list {
		e := &list[i]
		head, known := heads[e.Challenge]
		if !known {
			if head, err = tx.LogHead(ctx, e.Challenge); err != nil {
				return 0, err
			}
		}
		policy.Seal(head, e)
		if err := tx.SealLog(ctx, e); err != nil {
			return 0, err
		}
		heads[e.Challenge] = e
	}
	return len(list), nil
}
