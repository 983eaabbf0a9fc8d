package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Host is what is known of a server.
type Host struct {
	Name      string
	Blocked   bool
	Reason    string // why it is blocked
	By        string
	BlockedAt time.Time
	FirstSeen time.Time
	Failures  int       // in a row
	Failing   time.Time // since; zero if it is well
	Next      time.Time // next try; zero if nothing is queued
	LastOK    time.Time
	Error     string
	Queued    int64
	Dead      bool
}

// addHost makes the row of a host, if there is none.
func (tx *Tx) addHost(ctx context.Context, host string) error {
	if host == "" {
		return nil
	}
	barred, err := tx.HostBlocked(ctx, host)
	if err != nil {
		return err
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO hosts (name, bare, blocked, barred, reason, by_name, blocked_at, first_seen,
			failures, failing, next, leased, called, token, last_ok, problem, dead)
		VALUES ($1, $2, FALSE, $3, '', '', 0, $4, 0, 0, NULL, FALSE, FALSE, 0, 0, '', FALSE)
		ON CONFLICT (name) DO NOTHING`, host, bare(host), barred, micros(tx.At))
	return err
}

// bare returns a host without its port.
func bare(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

// parents returns what may be blocked so that host is: itself, with and without its port, and its
// parent domains. A block of a name is one of all its ports.
func parents(host string) []string {
	names := []string{host}
	h := bare(host)
	if h != host {
		names = append(names, h)
	}
	if net.ParseIP(strings.Trim(h, "[]")) != nil {
		return names
	}
	for _, rest, ok := strings.Cut(h, "."); ok; _, rest, ok = strings.Cut(rest, ".") {
		names = append(names, rest)
	}
	return names
}

// BlockHost blocks a server, its subdomains included, and drops what is queued for them.
func (tx *Tx) BlockHost(ctx context.Context, host, reason, by string) (err error) {
	defer errs.Wrap(&err, "store.BlockHost(%s)", host)
	host = strings.ToLower(host)
	if err := tx.addHost(ctx, host); err != nil {
		return err
	}
	_, err = tx.conn.exec(ctx, `
		UPDATE hosts
		SET blocked = TRUE, reason = $2, by_name = $3, blocked_at = $4
		WHERE name = $1`, host, reason, by, micros(tx.At))
	if err != nil {
		return err
	}
	_, err = tx.conn.exec(ctx, `
		UPDATE hosts
		SET barred = TRUE, next = NULL, leased = FALSE, token = token + 1
		WHERE `+within, host)
	if err != nil {
		return err
	}
	_, err = tx.conn.exec(ctx, `
		DELETE FROM deliveries
		WHERE host IN (
			SELECT name
			FROM hosts
			WHERE `+within+`)`, host)
	return err
}

// within matches the hosts that a block of $1 concerns.
const within = `(name = $1 OR bare = $1 OR substr(bare, length(bare) - length($1)) = '.' || $1)`

// UnblockHost reverses that; errs.NotFound if it was not blocked. What was dropped stays dropped.
func (tx *Tx) UnblockHost(ctx context.Context, host string) (err error) {
	defer errs.Wrap(&err, "store.UnblockHost(%s)", host)
	host = strings.ToLower(host)
	n, err := tx.conn.exec(ctx, `
		UPDATE hosts
		SET blocked = FALSE, reason = '', by_name = '', blocked_at = 0
		WHERE name = $1 AND blocked`, host)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%w: %s is not blocked", errs.NotFound, host)
	}
	freed, err := collect(ctx, tx.conn, scanText, `
		SELECT name
		FROM hosts
		WHERE barred AND `+within, host)
	if err != nil {
		return err
	}
	for _, name := range freed { // another block may still concern it
		barred, err := tx.HostBlocked(ctx, name)
		if err != nil {
			return err
		}
		_, err = tx.conn.exec(ctx, `
			UPDATE hosts
			SET barred = $2
			WHERE name = $1`, name, barred)
		if err != nil {
			return err
		}
	}
	return nil
}

// HostBlocked reports whether a host, or a parent domain of it, is blocked.
func (r Reader) HostBlocked(ctx context.Context, host string) (_ bool, err error) {
	defer errs.Wrap(&err, "store.HostBlocked(%s)", host)
	names := parents(strings.ToLower(host))
	args := make([]any, len(names))
	for i, n := range names {
		args[i] = n
	}
	return value[bool](ctx, r.conn, `
		SELECT EXISTS (
			SELECT 1
			FROM hosts
			WHERE blocked AND name IN `+in(1, len(args))+`)`, args...)
}

// HostSeen reports whether an accepted contribution by this actor's host exists, and whether one
// by the actor does.
func (r Reader) HostSeen(ctx context.Context, host string, actor policy.ID) (hostSeen, actorSeen bool, err error) {
	defer errs.Wrap(&err, "store.HostSeen(%s)", host)
	hostSeen, err = value[bool](ctx, r.conn, `
		SELECT EXISTS (
			SELECT 1
			FROM contributions
			WHERE host = $1 AND shown)`, host)
	if err != nil || !hostSeen {
		return false, false, err
	}
	actorSeen, err = value[bool](ctx, r.conn, `
		SELECT EXISTS (
			SELECT 1
			FROM contributions
			WHERE host = $1 AND author_id = $2 AND shown)`, host, actor)
	return hostSeen, actorSeen, err
}

// ReviveHost makes a host that is in trouble due at once: it has signed something.
func (tx *Tx) ReviveHost(ctx context.Context, host string) (err error) {
	defer errs.Wrap(&err, "store.ReviveHost(%s)", host)
	n, err := tx.conn.exec(ctx, `
		UPDATE hosts
		SET next = CASE WHEN next IS NULL THEN NULL ELSE CAST($2 AS BIGINT) END,
			failures = CASE WHEN dead THEN 0 ELSE failures END,
			failing = CASE WHEN dead THEN 0 ELSE failing END,
			dead = FALSE
		WHERE name = $1 AND (failing > 0 OR dead) AND NOT leased`, strings.ToLower(host), micros(tx.At))
	tx.wakes = tx.wakes || n > 0
	return err
}

const hostColumns = `h.name, h.blocked, h.reason, h.by_name, h.blocked_at, h.first_seen, h.failures,
	h.failing, h.next, h.last_ok, h.problem, h.dead,
	(SELECT count(*) FROM deliveries d WHERE d.host = h.name)`

func scanHost(row scanner, h *Host) error {
	return row.Scan(&h.Name, &h.Blocked, &h.Reason, &h.By, moment{&h.BlockedAt}, moment{&h.FirstSeen},
		&h.Failures, moment{&h.Failing}, moment{&h.Next}, moment{&h.LastOK}, &h.Error, &h.Dead, &h.Queued)
}

// Host returns what is known of a server; errs.NotFound.
func (r Reader) Host(ctx context.Context, name string) (_ *Host, err error) {
	defer errs.Wrap(&err, "store.Host(%s)", name)
	return one(ctx, r.conn, scanHost, `
		SELECT `+hostColumns+`
		FROM hosts h
		WHERE h.name = $1`, strings.ToLower(name))
}

// Hosts lists at most limit servers by name: the blocked ones if blocked is set, else those with
// something queued or in trouble.
func (r Reader) Hosts(ctx context.Context, blocked bool, limit int) (_ []Host, err error) {
	defer errs.Wrap(&err, "store.Hosts")
	which := `h.name IN (
			SELECT name FROM hosts WHERE next IS NOT NULL
			UNION SELECT name FROM hosts WHERE failing > 0
			UNION SELECT name FROM hosts WHERE dead)`
	if blocked {
		which = `h.blocked`
	}
	return collect(ctx, r.conn, scanHost, `
		SELECT `+hostColumns+`
		FROM hosts h
		WHERE `+which+`
		ORDER BY h.name
		LIMIT $1`, Page{Limit: limit}.limit())
}

// isNotFound reports whether err says that a row is missing.
func isNotFound(err error) bool { return errors.Is(err, errs.NotFound) }
