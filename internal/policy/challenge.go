package policy

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// ChallengeState is where a challenge stands as a whole.
type ChallengeState string

// The states of a challenge.
const (
	ChallengeDraft     ChallengeState = "draft"
	ChallengeOpen      ChallengeState = "open"
	ChallengePaused    ChallengeState = "paused"
	ChallengeAnswering ChallengeState = "answering"
	ChallengeConcluded ChallengeState = "concluded"
	ChallengeWithdrawn ChallengeState = "withdrawn"
)

// Challenge is a question asked in public, the unit that people follow.
type Challenge struct {
	ID             ID
	Number         int64 // the 12 of /c/12; given when it is stored, drafts included
	Actor          Actor // the Group
	Title          string
	Question       string
	Summary        string // plain text, at most 400 characters; never empty once stored
	Background     string // Markdown as written; may be empty
	BackgroundHTML string // Background made safe
	Lang           string // BCP 47, such as "en"
	State          ChallengeState
	RespondBy      time.Time // the promise; required before it opens
	Closes         time.Time // zero means that answers are taken until it is concluded
	Responder      string    // who answers, as shown
	Reach          string    // how people who are often missed are reached; empty means not stated
	CanChange      string    // what answers can change; may be empty
	CannotChange   string    // what is decided already; may be empty
	Tags           []string  // without #
	Hold           bool      // every answer is read before it is shown
	ReadWithin     int       // working days within which a person reads an answer, at least 1
	AddressedTo    []Addressee
	Stages         []Stage
	Created        time.Time
	Opened         time.Time // zero while it is a draft
	Counts         ChallengeCounts
}

// ChallengeCounts are the numbers shown with a challenge.
type ChallengeCounts struct {
	Answers   int64 // accepted and public: the "200 answers" of the page
	Read      int64 // of these, read by a person
	Hosts     int64 // distinct servers of their authors
	Followers int64 // of the challenge's Group
	Private   int64 // private submissions; for staff only
	Held      int64 // waiting to be shown; for staff only
	Proposals int64
	Likes     int64 // of the opening
	Shares    int64 // of the opening
}

// Addressee is an organisation that a challenge is addressed to.
type Addressee struct {
	Given  string // as the author wrote it: a handle or an address
	IRI    string // actor id; empty while it is unknown
	Name   string
	Handle string // "@handle@host" once it is known
	Inbox  string
	State  AddresseeState
}

// AddresseeState says whether an addressee has an account that could be told.
type AddresseeState string

// The states of an addressee.
const (
	AddresseeNew      AddresseeState = "new"      // not looked up yet
	AddresseeFound    AddresseeState = "found"    // mentioned when the challenge opened
	AddresseeNotFound AddresseeState = "notFound" // no account found; shown as such
)

// The limits of what a challenge says, in characters; of the background in bytes.
const (
	QuestionFits  = 110 // what forms ask for, so that the question fits in a post with its title
	MaxQuestion   = 300
	MaxTitle      = 120
	MaxSummary    = 400
	MaxResponder  = 120
	MaxStatement  = 500 // reach, can-change, cannot-change
	MaxBackground = 20_000
	MaxTags       = 10
	MaxAddressees = 20
)

// ReadWithinDefault is the number of working days within which an answer is read if the challenge
// says nothing else.
const ReadWithinDefault = 5

// WithDefaults returns c, tidied, with the documented default for what is missing: the first
// steward as responder, the question as summary, English, answers read within five working days,
// and one gather stage that ends with the answers. An empty reach stays empty: it means "not
// stated", and is shown as such.
func (c Challenge) WithDefaults(now time.Time, steward string) Challenge {
	for _, s := range []*string{
		&c.Title, &c.Question, &c.Summary, &c.Background, &c.Lang, &c.Responder,
		&c.Reach, &c.CanChange, &c.CannotChange, &c.Actor.Handle,
	} {
		*s = strings.TrimSpace(*s)
	}
	c.Actor.Handle = strings.TrimPrefix(c.Actor.Handle, "@")
	c.Tags = tidyTags(c.Tags)
	c.AddressedTo = tidyAddressees(c.AddressedTo)

	if c.Responder == "" {
		c.Responder = steward
	}
	if c.Summary == "" {
		c.Summary = c.Question
	}
	if c.Lang == "" {
		c.Lang = "en"
	}
	if c.ReadWithin == 0 {
		c.ReadWithin = ReadWithinDefault
	}
	if len(c.Stages) == 0 {
		c.Stages = []Stage{{Kind: StageGather, Cycle: 1, Opens: now, Closes: c.Closes, State: StagePlanned}}
	}
	return c
}

// tidyTags drops the #, spaces and repetitions from tags.
func tidyTags(tags []string) []string {
	var tidy []string
	for _, t := range tags {
		t = strings.TrimPrefix(strings.TrimSpace(t), "#")
		same := func(other string) bool { return strings.EqualFold(other, t) }
		if t != "" && !slices.ContainsFunc(tidy, same) {
			tidy = append(tidy, t)
		}
	}
	return tidy
}

// tidyAddressees drops empty and repeated addressees.
func tidyAddressees(list []Addressee) []Addressee {
	var tidy []Addressee
	for _, a := range list {
		a.Given = strings.TrimSpace(a.Given)
		same := func(other Addressee) bool { return strings.EqualFold(other.Given, a.Given) }
		if a.Given == "" || slices.ContainsFunc(tidy, same) {
			continue
		}
		if a.State == "" {
			a.State = AddresseeNew
		}
		tidy = append(tidy, a)
	}
	return tidy
}

// CheckOpen returns what keeps c from being opened, after [Challenge.WithDefaults]. Every guard of
// the step from draft to open is here, but for the handle's being free.
//
// Source: policy.md 4.3 (Challenge, draft → open) and 4.4(1).
func (c *Challenge) CheckOpen(now time.Time) FieldErrors {
	var e FieldErrors
	e.require("question", c.Question)
	e.limit("question", c.Question, MaxQuestion)
	e.require("title", c.Title)
	e.limit("title", c.Title, MaxTitle)
	e = append(e, CheckHandle("handle", c.Actor.Handle)...)
	if c.Summary != c.Question {
		e.limit("summary", c.Summary, MaxSummary)
	}
	if len(c.Background) > MaxBackground {
		e.add("background", "long", "Max", MaxBackground, "Length", len(c.Background))
	}
	e.limit("can-change", c.CanChange, MaxStatement)
	e.limit("cannot-change", c.CannotChange, MaxStatement)
	e.limit("reach", c.Reach, MaxStatement)
	e = append(e, c.checkDates(now)...)
	e.require("responder", c.Responder)
	e.limit("responder", c.Responder, MaxResponder)
	if c.ReadWithin < 1 || c.ReadWithin > 60 {
		e.add("read-within", "range")
	}
	if len(c.Stages) == 0 {
		e.add("stage", "missing")
	}
	return append(e, c.checkLabels()...)
}

// checkDates checks the promise and the closing date.
func (c *Challenge) checkDates(now time.Time) FieldErrors {
	var e FieldErrors
	if !c.Closes.IsZero() && !c.Closes.After(now) {
		e.add("closes", "past")
	}
	switch {
	case c.RespondBy.IsZero():
		e.add("respond-by", "missing")
	case !c.RespondBy.After(now):
		e.add("respond-by", "past")
	case c.RespondBy.Before(c.Closes):
		e.add("respond-by", "early")
	}
	return e
}

// tagPattern is what Mastodon shows as a hashtag: letters, digits and underscores, not digits
// alone.
var tagPattern = regexp.MustCompile(`^[\pL\pM\pN_]*[\pL\pM_][\pL\pM\pN_]*$`)

// addresseePattern is how people write an account: a handle with its server, or an https address
// (http for servers on this machine).
var addresseePattern = regexp.MustCompile(`^(@?[^\s@/]+@[^\s@/]+|https?://[^\s/]+(/\S*)?)$`)

// checkLabels checks language, tags and addressees.
func (c *Challenge) checkLabels() FieldErrors {
	var e FieldErrors
	if !ValidLang(c.Lang) {
		e.add("lang", "shape", "Given", c.Lang)
	}
	if len(c.Tags) > MaxTags {
		e.add("tag", "many", "Max", MaxTags)
	}
	for _, t := range c.Tags {
		if !tagPattern.MatchString(t) || len(t) > 100 {
			e.add("tag", "shape", "Given", t)
		}
	}
	if len(c.AddressedTo) > MaxAddressees {
		e.add("addressed-to", "many", "Max", MaxAddressees)
	}
	for _, a := range c.AddressedTo {
		if !addresseePattern.MatchString(a.Given) || len(a.Given) > 500 {
			e.add("addressed-to", "shape", "Given", a.Given)
		}
	}
	return e
}

// ValidLang reports whether tag is a language tag after BCP 47 with subtags that exist.
func ValidLang(tag string) bool {
	t, err := language.Parse(tag)
	return err == nil && t != language.Und
}

// challengeSteps are the steps that a challenge can take from each state.
//
// Source: policy.md 4.3 (Challenge).
var challengeSteps = map[ChallengeState][]ChallengeState{
	ChallengeDraft:     {ChallengeOpen, ChallengeWithdrawn},
	ChallengeOpen:      {ChallengePaused, ChallengeAnswering, ChallengeWithdrawn},
	ChallengePaused:    {ChallengeOpen, ChallengeWithdrawn},
	ChallengeAnswering: {ChallengeConcluded, ChallengeWithdrawn},
	ChallengeConcluded: {ChallengeOpen},
}

// Can reports whether c can go from its state to another one. Each step has guards of its own.
func (c *Challenge) Can(to ChallengeState) bool {
	return slices.Contains(challengeSteps[c.State], to)
}

// Open takes c from draft to open: its planned gathering starts.
func (c *Challenge) Open(now time.Time) error {
	if !c.Can(ChallengeOpen) {
		return errs.Refuse(errs.Conflict, "Challenge %d is %s already.", c.Number, c.State)
	}
	if e := c.CheckOpen(now); len(e) > 0 {
		return e
	}
	c.State = ChallengeOpen
	c.Opened = now
	c.Stages = slices.Clone(c.Stages)
	c.Stages[0].Opens = now
	c.Stages[0].State = StageRunning
	return nil
}

// Closed reports whether answers that come now come too late to change anything: after the
// closing date, or once the organisation is answering or has ended the challenge.
func (c *Challenge) Closed(now time.Time) bool {
	if c.State != ChallengeOpen && c.State != ChallengePaused {
		return true
	}
	return !c.Closes.IsZero() && now.After(c.Closes)
}

// Accepts reports how c takes an answer of kind k: late means that it is shown but can change
// nothing. An answer is always taken (decisions.md 16); errors are errs.NotFound for a draft,
// which nobody has been asked, and errs.Invalid for a kind that there is not.
func (c *Challenge) Accepts(k Kind, now time.Time) (late bool, err error) {
	if c.State == ChallengeDraft {
		return false, errs.Refuse(errs.NotFound, "There is no such challenge.")
	}
	if !slices.Contains(Kinds, k) {
		return false, errs.Refuse(errs.Invalid, "%q is not a kind of answer.", k)
	}
	return c.Closed(now), nil
}

// AcceptsProposals returns nil if proposals can be published in c: from its gathering on, until
// it is concluded or withdrawn (decisions.md 16). Otherwise errs.Conflict with a sentence.
func (c *Challenge) AcceptsProposals() error {
	switch c.State {
	case ChallengeDraft:
		return errs.Refuse(errs.Conflict, "Challenge %d is a draft. Open it before you publish a proposal in it.", c.Number)
	case ChallengeConcluded, ChallengeWithdrawn:
		return errs.Refuse(errs.Conflict, "Challenge %d is %s, so it takes no more proposals.", c.Number, c.State)
	}
	for _, s := range c.Stages {
		if s.State == StageRunning && !s.TakesProposals() {
			return errs.Refuse(errs.Conflict, "Challenge %d takes no proposals in its stage %q.", c.Number, s.Kind)
		}
	}
	return nil
}

// Overdue reports whether the promised answer is late.
//
// Source: policy.md 4.3 (Challenge, derived). An open challenge past its promise is as late as
// one that is being answered.
func (c *Challenge) Overdue(now time.Time) bool {
	switch c.State {
	case ChallengeOpen, ChallengePaused, ChallengeAnswering:
		return now.After(c.RespondBy)
	}
	return false
}

// confined reports whether a stage with closed access is running: nothing that is said in it
// leaves the instance (policy.md 4.4(13)).
func (c *Challenge) confined() bool {
	return slices.ContainsFunc(c.Stages, func(s Stage) bool { return s.State == StageRunning && s.Closed })
}
