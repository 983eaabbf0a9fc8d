package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// What the public may see of contributions, as conditions. public is whole: the database itself
// refuses a row that is shown against its author's audience or a moderator. tombstone is the fact
// that something was here. undrafted leaves out what belongs to a draft.
const (
	public    = `c.shown`
	undrafted = ` AND c.challenge_id NOT IN (SELECT d.id FROM challenges d WHERE d.state = 'draft')`
	tombstone = `(c.moderation IN ('removed', 'withdrawn') AND c.accepted > 0 AND c.number > 0
		AND c.visibility IN ('public', 'unlisted'))`
)

const contributionColumns = `c.id, c.challenge_id, ch.number, c.number, c.code, c.iri, c.url, c.kind,
	c.reply_to, c.root, c.html, c.plain, c.warning, c.sensitive, c.lang, c.media, c.visibility,
	c.moderation, c.reason, c.late, c.handling, c.read_by, c.read_at, c.published, c.received, c.edited,
	c.accepted, c.featured, ` + actorColumns

const contributionTables = `contributions c
		JOIN challenges ch ON ch.id = c.challenge_id
		JOIN actors a ON a.id = c.author_id`

func scanContribution(row scanner, c *policy.Contribution) error {
	return row.Scan(append([]any{&c.ID, &c.Challenge, &c.ChallengeNumber, &c.Number, &c.Code, &c.IRI,
		&c.URL, &c.Kind, &c.ReplyTo, &c.Root, &c.HTML, &c.Text, &c.Warning, &c.Sensitive, &c.Lang,
		fromJSON{&c.Media}, &c.Visibility, &c.Moderation, &c.Reason, &c.Late, &c.Handling, &c.ReadBy,
		moment{&c.ReadAt}, moment{&c.Published}, moment{&c.Received}, moment{&c.Edited},
		moment{&c.Accepted}, moment{&c.Featured}}, actorFields(&c.Author)...)...)
}

// listContributions reads what a query over contributionTables selects with contributionColumns,
// and how each was received. That is asked for all of them at once: a count in each row is planned
// by how often things are liked or replied to on the whole, which is wrong for nearly all of them,
// and then reads the table for each.
func (r Reader) listContributions(ctx context.Context, query string, args ...any) ([]policy.Contribution, error) {
	list, err := collect(ctx, r.conn, scanContribution, query, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	byIRI := make(map[string]*policy.Contribution, len(list))
	var iris []any
	for i := range list {
		byIRI[list[i].IRI] = &list[i]
		iris = append(iris, list[i].IRI)
	}
	type line struct {
		iri string
		n   int64
	}
	count := func(add func(c *policy.Contribution, n int64), query string) error {
		lines, err := collect(ctx, r.conn, func(row scanner, l *line) error { return row.Scan(&l.iri, &l.n) }, query, iris...)
		for _, l := range lines {
			add(byIRI[l.iri], l.n)
		}
		return err
	}
	these := in(1, len(iris))
	err = errors.Join(
		count(func(c *policy.Contribution, n int64) { c.Likes = n }, `
			SELECT object, count(*)
			FROM reactions
			WHERE object IN `+these+` AND kind = 'like'
			GROUP BY object`),
		count(func(c *policy.Contribution, n int64) { c.Shares = n }, `
			SELECT object, count(*)
			FROM reactions
			WHERE object IN `+these+` AND kind = 'share'
			GROUP BY object`),
		count(func(c *policy.Contribution, n int64) { c.Replies = n }, `
			SELECT reply_to, count(*)
			FROM contributions
			WHERE reply_to IN `+these+` AND shown
			GROUP BY reply_to`))
	return list, err
}

// Contribution returns a contribution by its address /c/12/61. The public gets accepted public
// ones whole; those that were shown and are removed or withdrawn without words, author and links
// (a tombstone to show); for private and held ones errs.NotFound. Staff get everything.
func (r Reader) Contribution(ctx context.Context, v policy.Viewer, challenge, number int64) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "store.Contribution(%d/%d)", challenge, number)
	return r.contribution(ctx, v, `ch.number = $1 AND c.number = $2 AND c.number > 0`, challenge, number)
}

// ContributionByCode is Contribution by receipt code, for staff only.
func (r Reader) ContributionByCode(ctx context.Context, v policy.Viewer, challenge int64, code string) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "store.ContributionByCode(%d)", challenge)
	if !v.Staff {
		return nil, errs.NotFound
	}
	return r.contribution(ctx, v, `ch.number = $1 AND c.code = $2`, challenge, strings.ToUpper(code))
}

// ContributionByID is Contribution by key, with the same rules.
func (r Reader) ContributionByID(ctx context.Context, v policy.Viewer, id policy.ID) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "store.ContributionByID(%d)", id)
	return r.contribution(ctx, v, `c.id = $1`, id)
}

// ContributionByIRI is Contribution by ActivityPub id, with the same rules.
func (r Reader) ContributionByIRI(ctx context.Context, v policy.Viewer, iri string) (_ *policy.Contribution, err error) {
	defer errs.Wrap(&err, "store.ContributionByIRI(%s)", iri)
	return r.contribution(ctx, v, `c.iri = $1`, iri)
}

// contribution reads the one that matches and that v may see.
func (r Reader) contribution(ctx context.Context, v policy.Viewer, which string, args ...any) (*policy.Contribution, error) {
	if !v.Staff {
		which += undrafted + ` AND (` + public + ` OR ` + tombstone + `)`
	}
	list, err := r.listContributions(ctx, `
		SELECT `+contributionColumns+`
		FROM `+contributionTables+`
		WHERE `+which, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound
	}
	c := &list[0]
	if !v.Staff && !c.Shown() {
		c = emptied(c)
	}
	return c, nil
}

// emptied returns what is left to show of a contribution that is removed or withdrawn.
func emptied(c *policy.Contribution) *policy.Contribution {
	return &policy.Contribution{
		ID: c.ID, Challenge: c.Challenge, ChallengeNumber: c.ChallengeNumber, Number: c.Number,
		Kind: c.Kind, Root: c.Root, Visibility: c.Visibility, Moderation: c.Moderation,
		Reason: c.Reason, Handling: c.Handling, Received: c.Received, Accepted: c.Accepted,
	}
}

// ContributionFilter says which contributions are wanted. Zero fields do not filter.
type ContributionFilter struct {
	Challenge   policy.ID
	Root        string // IRI of the opening or proposal
	ReplyTo     string
	Author      policy.ID
	Unread      bool // new, and not declined, removed or withdrawn
	Held        bool // waiting to be shown; not those that their author has made private since
	Private     bool // private submissions that are not withdrawn
	Hidden      bool // declined or removed, for staff
	All         bool // for staff: also private, held, declined, removed, withdrawn ones
	NewestFirst bool
}

// Contributions lists contributions: the public ones of a challenge or thread in order of number,
// others (All, Held, Private, Hidden, or of no challenge or thread) in order of arrival. The public never
// gets private, held, declined, removed or withdrawn ones.
func (r Reader) Contributions(ctx context.Context, v policy.Viewer, f ContributionFilter, p Page) (_ []policy.Contribution, err error) {
	defer errs.Wrap(&err, "store.Contributions")
	q := f.query(v.Staff)
	q.page(p)
	return r.listContributions(ctx, `
		SELECT `+contributionColumns+`
		FROM `+contributionTables+`
		WHERE `+q.where+q.after+`
		ORDER BY `+q.order+`
		LIMIT `+q.limit, q.args...)
}

// ContributionIRIs lists the ids of what Contributions would list to the public, for collections.
// last is the key of the last one, zero if there is none; total counts them all.
func (r Reader) ContributionIRIs(ctx context.Context, f ContributionFilter, p Page) (iris []string, last policy.ID, total int64, err error) {
	defer errs.Wrap(&err, "store.ContributionIRIs")
	q := f.query(false)
	total, err = value[int64](ctx, r.conn, `
		SELECT count(*)
		FROM contributions c
		WHERE `+q.where, q.args...)
	if err != nil {
		return nil, 0, 0, err
	}
	type line struct {
		id  policy.ID
		iri string
	}
	q.page(p)
	lines, err := collect(ctx, r.conn, func(row scanner, l *line) error { return row.Scan(&l.id, &l.iri) }, `
		SELECT c.id, c.iri
		FROM contributions c
		WHERE `+q.where+q.after+`
		ORDER BY `+q.order+`
		LIMIT `+q.limit, q.args...)
	for _, l := range lines {
		iris, last = append(iris, l.iri), l.id
	}
	return iris, last, total, err
}

// contributionQuery is a list of contributions as SQL.
type contributionQuery struct {
	where, after, order, limit string
	args                       []any
	key                        string // column of the order
	newest                     bool
}

// query returns the conditions of f. Only staff get beyond what is public.
func (f ContributionFilter) query(staff bool) *contributionQuery {
	q := &contributionQuery{newest: f.NewestFirst, key: "c.id"}
	if staff && (f.All || f.Held || f.Private || f.Hidden) {
		q.where = `TRUE`
	} else {
		q.where = public + undrafted
		if f.Challenge != 0 || f.Root != "" || f.ReplyTo != "" {
			q.key = "c.number"
		}
	}
	if f.Challenge != 0 {
		q.and(`c.challenge_id = `, f.Challenge)
	}
	if f.Root != "" {
		q.and(`c.root = `, f.Root)
	}
	if f.ReplyTo != "" {
		q.and(`c.reply_to = `, f.ReplyTo)
	}
	if f.Author != 0 {
		q.and(`c.author_id = `, f.Author)
	}
	if f.Unread {
		q.where += ` AND ` + unread
	}
	if f.Held {
		q.where += ` AND c.moderation = 'held' AND c.visibility IN ('public', 'unlisted')`
	}
	if f.Private {
		q.where += ` AND c.visibility IN ('followers', 'direct') AND c.moderation <> 'withdrawn'`
	}
	if f.Hidden {
		q.where += ` AND c.moderation IN ('declined', 'removed')`
	}
	return q
}

// bind adds a parameter and returns its name.
func (q *contributionQuery) bind(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *contributionQuery) and(condition string, v any) {
	q.where += ` AND ` + condition + q.bind(v)
}

// page adds order and bounds.
func (q *contributionQuery) page(p Page) {
	than, direction := ">", ""
	if q.newest {
		than, direction = "<", " DESC"
	}
	q.order = q.key + direction
	if p.After != 0 {
		after := q.bind(p.After)
		if q.key == "c.number" {
			after = `(SELECT k.number FROM contributions k WHERE k.id = ` + after + `)`
		}
		q.after = ` AND ` + q.key + ` ` + than + ` ` + after
	}
	q.limit = q.bind(p.limit())
}
