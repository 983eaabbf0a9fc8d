package store

import (
	"context"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// maxVoices bounds the answers of one challenge that are put in order.
const maxVoices = 100_000

// Voices lists what [policy.QuieterVoices] needs to know of the public answers to a challenge, in
// order of number. How often an answer was shown is not counted, so that reading writes nothing.
func (r Reader) Voices(ctx context.Context, challenge policy.ID) (_ []policy.Voice, err error) {
	defer errs.Wrap(&err, "store.Voices(%d)", challenge)
	return collect(ctx, r.conn, func(row scanner, v *policy.Voice) error {
		return row.Scan(&v.Number, &v.Author, &v.Host, moment{&v.Received}, &v.New)
	}, `
		SELECT c.number, c.author_id, c.host, c.received, NOT EXISTS (
			SELECT 1
			FROM contributions k
			WHERE k.author_id = c.author_id AND k.shown AND k.id < c.id)
		FROM contributions c
		WHERE c.challenge_id = $1 AND `+public+`
		ORDER BY c.number
		LIMIT $2`, challenge, maxVoices)
}

// ContributionsByNumber returns the contributions of a challenge with the given numbers, in the
// order given. Those that v may not see whole are left out.
func (r Reader) ContributionsByNumber(ctx context.Context, v policy.Viewer, challenge policy.ID, numbers []int64) (_ []policy.Contribution, err error) {
	defer errs.Wrap(&err, "store.ContributionsByNumber(%d)", challenge)
	if len(numbers) == 0 {
		return nil, nil
	}
	args := []any{challenge, v.Staff, len(numbers)}
	for _, n := range numbers {
		args = append(args, n)
	}
	list, err := r.listContributions(ctx, `
		SELECT `+contributionColumns+`
		FROM `+contributionTables+`
		WHERE c.challenge_id = $1 AND ($2 OR `+public+` AND ch.state <> 'draft')
			AND c.number IN `+in(4, len(numbers))+`
		LIMIT $3`, args...)
	if err != nil {
		return nil, err
	}
	byNumber := make(map[int64]policy.Contribution, len(list))
	for _, c := range list {
		byNumber[c.Number] = c
	}
	list = list[:0]
	for _, n := range numbers {
		if c, ok := byNumber[n]; ok {
			list = append(list, c)
		}
	}
	return list, nil
}

// AnswerNumbers returns the numbers of those public answers to a challenge that have one of the
// given ids.
func (r Reader) AnswerNumbers(ctx context.Context, challenge policy.ID, iris []string) (_ map[string]int64, err error) {
	defer errs.Wrap(&err, "store.AnswerNumbers(%d)", challenge)
	numbers := map[string]int64{}
	if len(iris) == 0 {
		return numbers, nil
	}
	args := []any{challenge, len(iris)}
	for _, iri := range iris {
		args = append(args, iri)
	}
	type line struct {
		iri    string
		number int64
	}
	lines, err := collect(ctx, r.conn, func(row scanner, l *line) error { return row.Scan(&l.iri, &l.number) }, `
		SELECT c.iri, c.number
		FROM contributions c
		WHERE c.challenge_id = $1 AND `+public+` AND c.iri IN `+in(3, len(iris))+`
		LIMIT $2`, args...)
	for _, l := range lines {
		numbers[l.iri] = l.number
	}
	return numbers, err
}

// ReceiptOf returns when the receipt for a contribution was written; errs.NotFound if there is
// none: its author had one for an earlier answer, or wants none.
func (r Reader) ReceiptOf(ctx context.Context, c *policy.Contribution) (_ time.Time, err error) {
	defer errs.Wrap(&err, "store.ReceiptOf(%s)", c.IRI)
	at, err := one(ctx, r.conn, func(row scanner, t *time.Time) error { return row.Scan(moment{t}) }, `
		SELECT created
		FROM messages
		WHERE challenge_id = $1 AND to_id = $2 AND contribution_id = $3`, c.Challenge, c.Author.ID, c.ID)
	if err != nil {
		return time.Time{}, err
	}
	return *at, nil
}

// LogKey returns the key of the entry that has a place in the chain of a challenge, for
// [Page].After; errs.NotFound.
func (r Reader) LogKey(ctx context.Context, challenge policy.ID, seq int64) (_ policy.ID, err error) {
	defer errs.Wrap(&err, "store.LogKey(%d, %d)", challenge, seq)
	id, err := one(ctx, r.conn, scanKey, `
		SELECT id
		FROM log
		WHERE challenge_id = $1 AND seq = $2 AND seq > 0`, challenge, seq)
	if err != nil {
		return 0, err
	}
	return *id, nil
}
