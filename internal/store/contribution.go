package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddContribution stores c once per IRI, makes its receipt code, and sets c.ID and c.Code. It
// reports false if the IRI is known already. c.Author must be stored before. A tombstone of the
// IRI refuses it with errs.Conflict.
func (tx *Tx) AddContribution(ctx context.Context, c *policy.Contribution) (isNew bool, err error) {
	defer errs.Wrap(&err, "store.AddContribution(%s)", c.IRI)
	dead, err := tx.Tombstone(ctx, c.IRI)
	if err != nil {
		return false, err
	}
	if dead {
		return false, fmt.Errorf("%w: it was deleted by its author", errs.Conflict)
	}
	const tries = 24
	for n := range tries {
		id, code := tx.NewID(), newCode(4+n/4) // longer where the challenge is crowded
		added, err := tx.insertContribution(ctx, c, id, code)
		if err != nil {
			return false, err
		}
		if added {
			c.ID, c.Code = id, code
			return true, nil
		}
		known, err := value[bool](ctx, tx.conn, `
			SELECT EXISTS (SELECT 1 FROM contributions WHERE iri = $1)`, c.IRI)
		if err != nil || known {
			return false, err
		}
	}
	return false, fmt.Errorf("no free receipt code in %d tries", tries)
}

// insertContribution reports false if the IRI or the code is taken.
func (tx *Tx) insertContribution(ctx context.Context, c *policy.Contribution, id policy.ID, code string) (bool, error) {
	n, err := tx.conn.exec(ctx, `
		INSERT INTO contributions (id, challenge_id, number, code, iri, url, author_id, host, kind,
			reply_to, root, html, plain, warning, sensitive, lang, media, visibility, moderation,
			reason, late, handling, read_by, read_at, published, received, edited, accepted, featured,
			shown)
		VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
			$19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
		ON CONFLICT DO NOTHING`,
		id, c.Challenge, code, c.IRI, c.URL, c.Author.ID, c.Author.Host, c.Kind, c.ReplyTo, c.Root,
		c.HTML, c.Text, c.Warning, c.Sensitive, c.Lang, asJSON(c.Media), c.Visibility, c.Moderation,
		c.Reason, c.Late, c.Handling, c.ReadBy, micros(c.ReadAt), micros(c.Published),
		micros(c.Received), micros(c.Edited), micros(c.Accepted), micros(c.Featured), c.Shown())
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.tally(ctx, c.Challenge, tally{}, tallyOf(c))
}

// tally is what a contribution adds to the counts of its challenge.
type tally struct{ answers, read int64 }

func tallyOf(c *policy.Contribution) (t tally) {
	if !c.Shown() {
		return t
	}
	t.answers = 1
	if c.Handling != policy.HandlingNew {
		t.read = 1
	}
	return t
}

// tally counts that a contribution adds something else to its challenge than before.
func (tx *Tx) tally(ctx context.Context, challenge policy.ID, before, after tally) error {
	if before == after {
		return nil
	}
	_, err := tx.conn.exec(ctx, `
		UPDATE challenges
		SET answers = answers + $2, read_answers = read_answers + $3
		WHERE id = $1`, challenge, after.answers-before.answers, after.read-before.read)
	return err
}

// codeAlphabet has no letters or digits that are taken for one another, and no vowels, so that
// no code is a word.
const codeAlphabet = "23456789BCDFGHJKMNPQRSTVWXYZ"

// newCode makes a receipt code of n characters. It begins with a digit and goes on with a letter,
// so that it is never taken for a number.
func newCode(n int) string {
	const digits = 8
	b := make([]byte, n)
	for i := range b {
		b[i] = codeAlphabet[rand.IntN(len(codeAlphabet))]
	}
	b[0] = codeAlphabet[rand.IntN(digits)]
	b[1] = codeAlphabet[digits+rand.IntN(len(codeAlphabet)-digits)]
	return string(b)
}

// NumberContribution gives c the next number of its challenge, if it has none, and sets c.Number.
func (tx *Tx) NumberContribution(ctx context.Context, c *policy.Contribution) (err error) {
	defer errs.Wrap(&err, "store.NumberContribution(%s)", c.IRI)
	// The challenge is locked until the commit, so that numbers are given in the order of commits
	// and none is lost; what follows sees what whoever held the lock before has done.
	if err := tx.lockRow(ctx, "challenges", c.Challenge); err != nil {
		return err
	}
	c.Number, err = value[int64](ctx, tx.conn, `
		SELECT number
		FROM contributions
		WHERE id = $1`, c.ID)
	if err != nil || c.Number > 0 {
		return err
	}
	c.Number, err = value[int64](ctx, tx.conn, `
		UPDATE challenges
		SET last_number = last_number + 1
		WHERE id = $1
		RETURNING last_number`, c.Challenge)
	if err != nil {
		return err
	}
	_, err = tx.conn.exec(ctx, `
		UPDATE contributions
		SET number = $2
		WHERE id = $1`, c.ID, c.Number)
	return err
}

// lockRow keeps other writers from a row until the commit, where they are not kept out anyway.
func (tx *Tx) lockRow(ctx context.Context, table string, id policy.ID) error {
	if tx.db.dialect.forUpdate == "" {
		return nil
	}
	_, err := tx.conn.exec(ctx, `
		SELECT id
		FROM `+table+`
		WHERE id = $1
		`+tx.db.dialect.forUpdate, id)
	return err
}

// SaveContribution stores the fields of c that may change: text, media, visibility, moderation,
// handling, dates.
func (tx *Tx) SaveContribution(ctx context.Context, c *policy.Contribution) (err error) {
	defer errs.Wrap(&err, "store.SaveContribution(%s)", c.IRI)
	before, err := one(ctx, tx.conn, func(row scanner, c *policy.Contribution) error {
		return row.Scan(&c.Challenge, &c.Visibility, &c.Moderation, &c.Handling)
	}, `
		SELECT challenge_id, visibility, moderation, handling
		FROM contributions
		WHERE id = $1
		`+tx.db.dialect.forUpdate, c.ID)
	if err != nil {
		return err
	}
	_, err = tx.conn.exec(ctx, `
		UPDATE contributions
		SET url = $2, kind = $3, html = $4, plain = $5, warning = $6, sensitive = $7, lang = $8,
			media = $9, visibility = $10, moderation = $11, reason = $12, late = $13, handling = $14,
			read_by = $15, read_at = $16, published = $17, edited = $18, accepted = $19,
			featured = $20, shown = $21
		WHERE id = $1`,
		c.ID, c.URL, c.Kind, c.HTML, c.Text, c.Warning, c.Sensitive, c.Lang, asJSON(c.Media),
		c.Visibility, c.Moderation, c.Reason, c.Late, c.Handling, c.ReadBy, micros(c.ReadAt),
		micros(c.Published), micros(c.Edited), micros(c.Accepted), micros(c.Featured), c.Shown())
	if err != nil {
		return err
	}
	return tx.tally(ctx, before.Challenge, tallyOf(before), tallyOf(c))
}

// LockContribution returns a contribution by key inside the transaction, locked against others
// where the database locks rows; errs.NotFound.
func (tx *Tx) LockContribution(ctx context.Context, id policy.ID) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "store.LockContribution(%d)", id)
	if err := tx.lockRow(ctx, "contributions", id); err != nil {
		return nil, err
	}
	return tx.contribution(ctx, policy.Viewer{Staff: true}, `c.id = $1`, id)
}

// FeaturedSince lists when the contributions of a challenge were featured, after a moment, oldest
// first. The challenge is locked until the commit, so that the list stays true.
func (tx *Tx) FeaturedSince(ctx context.Context, challenge policy.ID, since time.Time) (_ []time.Time, err error) {
	defer errs.Wrap(&err, "store.FeaturedSince(%d)", challenge)
	if err := tx.lockRow(ctx, "challenges", challenge); err != nil {
		return nil, err
	}
	return collect(ctx, tx.conn, func(row scanner, at *time.Time) error { return row.Scan(moment{at}) }, `
		SELECT featured
		FROM contributions
		WHERE challenge_id = $1 AND featured > 0 AND featured > $2
		ORDER BY featured
		LIMIT 100`, challenge, micros(since))
}

// AddTombstone marks an IRI as deleted, so that it is never taken in (again).
func (tx *Tx) AddTombstone(ctx context.Context, iri string) (err error) {
	defer errs.Wrap(&err, "store.AddTombstone(%s)", iri)
	_, err = tx.conn.exec(ctx, `
		INSERT INTO tombstones (iri, made)
		VALUES ($1, $2)
		ON CONFLICT (iri) DO NOTHING`, iri, micros(tx.At))
	return err
}

// Tombstone reports whether an IRI was deleted.
func (r Reader) Tombstone(ctx context.Context, iri string) (_ bool, err error) {
	defer errs.Wrap(&err, "store.Tombstone(%s)", iri)
	return value[bool](ctx, r.conn, `
		SELECT EXISTS (SELECT 1 FROM tombstones WHERE iri = $1)`, iri)
}
