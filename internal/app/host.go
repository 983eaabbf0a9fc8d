package app

import (
	"context"
	"errors"
	"strings"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// BlockHost lets nothing in from a server and its subdomains any more, and sends nothing there.
// It needs a reason. Blocking it again changes nothing.
func (a *App) BlockHost(ctx context.Context, by By, host, reason string) (err error) {
	defer errs.Wrap(&err, "app.BlockHost(%s)", host)

	name, e := policy.CheckHost(host, a.base.Host())
	if e = append(e, policy.CheckReason(reason)...); len(e) > 0 {
		return e
	}
	reason = strings.TrimSpace(reason)
	return a.db.Write(ctx, func(tx *store.Tx) error {
		known, err := tx.Host(ctx, name)
		if err != nil && !errors.Is(err, errs.NotFound) {
			return err
		}
		if err == nil && known.Blocked {
			return nil
		}
		if err := tx.BlockHost(ctx, name, reason, by.Name); err != nil {
			return err
		}
		return by.log(ctx, tx, policy.LogEntry{Action: policy.LogBlock, Object: name, Reason: reason})
	})
}

// UnblockHost reverses that; errs.NotFound if the server is not blocked. Its reason may be empty.
func (a *App) UnblockHost(ctx context.Context, by By, host, reason string) (err error) {
	defer errs.Wrap(&err, "app.UnblockHost(%s)", host)

	name, e := policy.CheckHost(host, a.base.Host())
	if e = append(e, policy.CheckOptionalReason(reason)...); len(e) > 0 {
		return e
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		err := tx.UnblockHost(ctx, name)
		if errors.Is(err, errs.NotFound) {
			return errs.Refuse(errs.NotFound, "The server %s is not blocked.", name)
		}
		if err != nil {
			return err
		}
		return by.log(ctx, tx, policy.LogEntry{Action: policy.LogUnblock, Object: name, Reason: strings.TrimSpace(reason)})
	})
}
