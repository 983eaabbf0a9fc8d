package store

import (
	"context"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// AddChallenge stores c with its stages and addressees, gives it the next number of the instance
// unless it has taken one, and sets c.ID, c.Number and the ids of its stages. c.Actor must be
// stored before (its IRI needs the number: see [Tx.NextChallengeNumber]).
func (tx *Tx) AddChallenge(ctx context.Context, c *policy.Challenge) (err error) {
	defer errs.Wrap(&err, "store.AddChallenge(%s)", c.Actor.IRI)
	if c.Number == 0 {
		if c.Number, err = tx.NextChallengeNumber(ctx); err != nil {
			return err
		}
	}
	c.ID = tx.NewID()
	if c.Created.IsZero() {
		c.Created = tx.At
	}
	_, err = tx.conn.exec(ctx, `
		INSERT INTO challenges (id, number, actor_id, title, question, summary, background,
			background_html, lang, state, respond_by, closes, responder, reach, can_change,
			cannot_change, tags, hold, read_within, created, opened, last_number, answers, read_answers)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
			$20, $21, 0, 0, 0)`,
		c.ID, c.Number, c.Actor.ID, c.Title, c.Question, c.Summary, c.Background,
		c.BackgroundHTML, c.Lang, c.State, micros(c.RespondBy), micros(c.Closes), c.Responder, c.Reach,
		c.CanChange, c.CannotChange, asJSON(c.Tags), c.Hold, c.ReadWithin, micros(c.Created),
		micros(c.Opened))
	if err != nil {
		return err
	}
	if err := tx.saveStages(ctx, c); err != nil {
		return err
	}
	for i, a := range c.AddressedTo {
		if err := tx.addAddressee(ctx, c.ID, i, a); err != nil {
			return err
		}
	}
	return nil
}

// NextChallengeNumber takes a number; AddChallenge uses c.Number when it is not zero.
func (tx *Tx) NextChallengeNumber(ctx context.Context) (_ int64, err error) {
	defer errs.Wrap(&err, "store.NextChallengeNumber")
	return tx.count(ctx, "challenge")
}

// count takes the next number of a counter. Who takes it holds the counter until the commit.
func (tx *Tx) count(ctx context.Context, name string) (int64, error) {
	return value[int64](ctx, tx.conn, `
		UPDATE counters
		SET value = value + 1
		WHERE name = $1
		RETURNING value`, name)
}

// SaveChallenge stores the fields of c that may change: texts, dates, state, stages. Addressees
// that are not stored yet are added, those that c does not have any more are removed.
func (tx *Tx) SaveChallenge(ctx context.Context, c *policy.Challenge) (err error) {
	defer errs.Wrap(&err, "store.SaveChallenge(%d)", c.Number)
	err = tx.mustExec(ctx, `
		UPDATE challenges
		SET title = $2, question = $3, summary = $4, background = $5, background_html = $6, lang = $7,
			state = $8, respond_by = $9, closes = $10, responder = $11, reach = $12, can_change = $13,
			cannot_change = $14, tags = $15, hold = $16, read_within = $17, opened = $18
		WHERE id = $1`,
		c.ID, c.Title, c.Question, c.Summary, c.Background, c.BackgroundHTML, c.Lang, c.State,
		micros(c.RespondBy), micros(c.Closes), c.Responder, c.Reach, c.CanChange, c.CannotChange,
		asJSON(c.Tags), c.Hold, c.ReadWithin, micros(c.Opened))
	if err != nil {
		return err
	}
	if err := tx.saveStages(ctx, c); err != nil {
		return err
	}
	if err := tx.removeAddressees(ctx, c); err != nil {
		return err
	}
	for i, a := range c.AddressedTo {
		if err := tx.addAddressee(ctx, c.ID, i, a); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) saveStages(ctx context.Context, c *policy.Challenge) error {
	for i := range c.Stages {
		s := &c.Stages[i]
		if s.ID == 0 {
			s.ID = tx.NewID()
		}
		_, err := tx.conn.exec(ctx, `
			INSERT INTO stages (id, challenge_id, kind, cycle, opens, closes, closed, reason, state)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (id) DO UPDATE
			SET opens = excluded.opens, closes = excluded.closes, closed = excluded.closed,
				reason = excluded.reason, state = excluded.state`,
			s.ID, c.ID, s.Kind, s.Cycle, micros(s.Opens), micros(s.Closes), s.Closed, s.Reason, s.State)
		if err != nil {
			return err
		}
	}
	return nil
}

// removeAddressees removes the addressees that c does not have any more.
func (tx *Tx) removeAddressees(ctx context.Context, c *policy.Challenge) error {
	args, others := []any{c.ID}, ""
	for _, a := range c.AddressedTo {
		args = append(args, a.Given)
	}
	if len(c.AddressedTo) > 0 {
		others = ` AND given NOT IN ` + in(2, len(c.AddressedTo))
	}
	_, err := tx.conn.exec(ctx, `
		DELETE FROM addressees
		WHERE challenge_id = $1`+others, args...)
	return err
}

func (tx *Tx) addAddressee(ctx context.Context, challenge policy.ID, place int, a policy.Addressee) error {
	_, err := tx.conn.exec(ctx, `
		INSERT INTO addressees (challenge_id, given, place, iri, name, handle, inbox, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (challenge_id, given) DO NOTHING`,
		challenge, a.Given, place, a.IRI, a.Name, a.Handle, a.Inbox, a.State)
	return err
}

// SaveAddressee stores what was found out about an addressee, by Given; errs.NotFound.
func (tx *Tx) SaveAddressee(ctx context.Context, challenge policy.ID, a policy.Addressee) (err error) {
	defer errs.Wrap(&err, "store.SaveAddressee(%s)", a.Given)
	return tx.mustExec(ctx, `
		UPDATE addressees
		SET iri = $3, name = $4, handle = $5, inbox = $6, state = $7
		WHERE challenge_id = $1 AND given = $2`,
		challenge, a.Given, a.IRI, a.Name, a.Handle, a.Inbox, a.State)
}

const challengeColumns = `c.id, c.number, c.title, c.question, c.summary, c.background,
	c.background_html, c.lang, c.state, c.respond_by, c.closes, c.responder, c.reach, c.can_change,
	c.cannot_change, c.tags, c.hold, c.read_within, c.created, c.opened, c.answers, c.read_answers, ` +
	actorColumns

func scanChallenge(row scanner, c *policy.Challenge) error {
	return row.Scan(append([]any{&c.ID, &c.Number, &c.Title, &c.Question, &c.Summary, &c.Background,
		&c.BackgroundHTML, &c.Lang, &c.State, moment{&c.RespondBy}, moment{&c.Closes}, &c.Responder,
		&c.Reach, &c.CanChange, &c.CannotChange, fromJSON{&c.Tags}, &c.Hold, &c.ReadWithin,
		moment{&c.Created}, moment{&c.Opened}, &c.Counts.Answers, &c.Counts.Read}, actorFields(&c.Actor)...)...)
}

// Challenge returns a challenge by number, with counts, stages and addressees; errs.NotFound,
// also for drafts if v is not staff.
func (r Reader) Challenge(ctx context.Context, v policy.Viewer, number int64) (_ *policy.Challenge, err error) {
	defer errs.Wrap(&err, "store.Challenge(%d)", number)
	return r.challenge(ctx, v, `c.number = $2`, number)
}

// LockChallenge returns a challenge by number, drafts included, locked against others where the
// database locks rows; errs.NotFound.
func (tx *Tx) LockChallenge(ctx context.Context, number int64) (_ *policy.Challenge, err error) {
	defer errs.Wrap(&err, "store.LockChallenge(%d)", number)
	id, err := value[policy.ID](ctx, tx.conn, `
		SELECT id
		FROM challenges
		WHERE number = $1`, number)
	if err != nil {
		return nil, err
	}
	if err := tx.lockRow(ctx, "challenges", id); err != nil {
		return nil, err
	}
	return tx.ChallengeByID(ctx, policy.Viewer{Staff: true}, id)
}

// ChallengeByID is Challenge by key.
func (r Reader) ChallengeByID(ctx context.Context, v policy.Viewer, id policy.ID) (_ *policy.Challenge, err error) {
	defer errs.Wrap(&err, "store.ChallengeByID(%d)", id)
	return r.challenge(ctx, v, `c.id = $2`, id)
}

// ChallengeByActor is Challenge by the IRI of its Group.
func (r Reader) ChallengeByActor(ctx context.Context, v policy.Viewer, iri string) (_ *policy.Challenge, err error) {
	defer errs.Wrap(&err, "store.ChallengeByActor(%s)", iri)
	return r.challenge(ctx, v, `a.iri = $2`, iri)
}

func (r Reader) challenge(ctx context.Context, v policy.Viewer, which string, arg any) (*policy.Challenge, error) {
	c, err := one(ctx, r.conn, scanChallenge, `
		SELECT `+challengeColumns+`
		FROM challenges c
		JOIN actors a ON a.id = c.actor_id
		WHERE (c.state <> 'draft' OR $1) AND `+which, v.Staff, arg)
	if err != nil {
		return nil, err
	}
	return c, r.fillChallenge(ctx, v, c)
}

// Challenges lists challenges, newest first, in the given states (none: all), with counts, stages
// and addressees.
func (r Reader) Challenges(ctx context.Context, v policy.Viewer, p Page, states ...policy.ChallengeState) (_ []policy.Challenge, err error) {
	defer errs.Wrap(&err, "store.Challenges")
	args := []any{v.Staff, p.After, p.limit()}
	which := ""
	if len(states) > 0 {
		which = `AND c.state IN ` + in(4, len(states))
		for _, s := range states {
			args = append(args, s)
		}
	}
	list, err := collect(ctx, r.conn, scanChallenge, `
		SELECT `+challengeColumns+`
		FROM challenges c
		JOIN actors a ON a.id = c.actor_id
		WHERE (c.state <> 'draft' OR $1) AND (c.id < $2 OR $2 = 0) `+which+`
		ORDER BY c.id DESC
		LIMIT $3`, args...)
	for i := range list {
		if err := r.fillChallenge(ctx, v, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, err
}

// fillChallenge reads stages, addressees and counts.
func (r Reader) fillChallenge(ctx context.Context, v policy.Viewer, c *policy.Challenge) (err error) {
	c.Stages, err = collect(ctx, r.conn, func(row scanner, s *policy.Stage) error {
		return row.Scan(&s.ID, &s.Kind, &s.Cycle, moment{&s.Opens}, moment{&s.Closes}, &s.Closed, &s.Reason, &s.State)
	}, `
		SELECT id, kind, cycle, opens, closes, closed, reason, state
		FROM stages
		WHERE challenge_id = $1
		ORDER BY id
		LIMIT 1000`, c.ID)
	if err != nil {
		return err
	}
	c.AddressedTo, err = collect(ctx, r.conn, func(row scanner, a *policy.Addressee) error {
		return row.Scan(&a.Given, &a.IRI, &a.Name, &a.Handle, &a.Inbox, &a.State)
	}, `
		SELECT given, iri, name, handle, inbox, state
		FROM addressees
		WHERE challenge_id = $1
		ORDER BY place, given
		LIMIT 1000`, c.ID)
	if err != nil {
		return err
	}
	return r.countChallenge(ctx, v, c)
}
