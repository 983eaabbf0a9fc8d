package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// moderationSteps are the steps on the first axis of a contribution. Every state also leads to
// withdrawn, by the author alone. Accepted leads back to received only when the author narrows the
// audience, and received to accepted or held when an answer comes in or its author widens it.
//
// Source: policy.md 4.3 (Contribution). Whoever declined or removed an answer may change their
// mind, in the log.
var moderationSteps = map[Moderation][]Moderation{
	ModerationReceived: {ModerationAccepted, ModerationHeld, ModerationWithdrawn},
	ModerationHeld:     {ModerationAccepted, ModerationDeclined, ModerationWithdrawn},
	ModerationAccepted: {ModerationHeld, ModerationRemoved, ModerationReceived, ModerationWithdrawn},
	ModerationDeclined: {ModerationAccepted, ModerationWithdrawn},
	ModerationRemoved:  {ModerationAccepted, ModerationWithdrawn},
}

// Can reports whether m leads to another state.
func (m Moderation) Can(to Moderation) bool { return slices.Contains(moderationSteps[m], to) }

// handlingSteps are the steps on the second axis.
//
// Source: policy.md 4.3 (Contribution).
var handlingSteps = map[Handling][]Handling{
	HandlingNew:   {HandlingRead},
	HandlingRead:  {HandlingAsked, HandlingTraced},
	HandlingAsked: {HandlingTraced},
}

// Can reports whether h leads to another state.
func (h Handling) Can(to Handling) bool { return slices.Contains(handlingSteps[h], to) }

// HoldReason is why the rules, and not a person, hold a contribution. It is stored as the reason,
// and is the id of the sentence in internal/locale that says it.
type HoldReason string

// The reasons of the rules.
const (
	HeldByChallenge HoldReason = "held.challenge" // every answer is read first
	HeldByAccount   HoldReason = "held.account"   // the account is limited
	HeldByStage     HoldReason = "held.stage"     // the stage is closed to the public
	HeldByLink      HoldReason = "held.link"      // first post of a server nobody here has seen, with a link
)

// HoldReasons lists them.
var HoldReasons = []HoldReason{HeldByChallenge, HeldByAccount, HeldByStage, HeldByLink}

// Sender is what is known, apart from the post itself, of whoever sent a contribution.
type Sender struct {
	Local    bool
	State    ActorState
	HostSeen bool // an accepted contribution from the same host exists
	Link     bool // the post has a link, mentions and hashtags apart
}

// Decide returns what a contribution of the given audience becomes in a challenge: private
// submissions stay received; everything else is shown (post-moderation), unless a rule holds it
// until a person has looked.
//
// Source: decisions.md 16 and 27; policy.md, privacy rules 1 and 6.
func Decide(v Visibility, ch *Challenge, s Sender) (Moderation, HoldReason) {
	switch {
	case v.Private():
		return ModerationReceived, ""
	case ch.confined():
		return ModerationHeld, HeldByStage
	case s.State != ActorActive:
		return ModerationHeld, HeldByAccount
	case ch.Hold:
		return ModerationHeld, HeldByChallenge
	case s.Link && !s.HostSeen && !s.Local:
		return ModerationHeld, HeldByLink
	}
	return ModerationAccepted, ""
}

// Place puts c, new or rewritten by its author, where [Decide] says. An author cannot undo what a
// person decided: what is held, declined or removed stays so, and what is shown stays shown while
// its words are the same.
func (c *Contribution) Place(ch *Challenge, s Sender, words bool, now time.Time) {
	switch c.Moderation {
	case ModerationHeld, ModerationDeclined, ModerationRemoved, ModerationWithdrawn:
		return
	case ModerationAccepted:
		if !words && !c.Visibility.Private() {
			return
		}
	}
	m, why := Decide(c.Visibility, ch, s)
	c.Moderation, c.Reason = m, string(why)
	if m == ModerationAccepted {
		c.accept(now)
	}
}

// accept lets the public see c.
func (c *Contribution) accept(now time.Time) {
	c.Moderation, c.Reason = ModerationAccepted, ""
	if c.Accepted.IsZero() {
		c.Accepted = now
	}
}

// Hold takes c from sight until a person has looked at it. It reports false if it is held already.
func (c *Contribution) Hold(reason string) (changed bool, err error) {
	return c.step(ModerationHeld, reason)
}

// Hide removes c from sight; a held one becomes declined. It reports false if it is hidden already.
func (c *Contribution) Hide(reason string) (changed bool, err error) {
	if c.Moderation == ModerationHeld || c.Moderation == ModerationDeclined {
		return c.step(ModerationDeclined, reason)
	}
	return c.step(ModerationRemoved, reason)
}

// Show lets the public see c (again). It reports false if it is shown already. Private
// submissions are errs.Forbidden: only their author can widen the audience.
func (c *Contribution) Show(now time.Time) (changed bool, err error) {
	if c.Visibility.Private() && c.Moderation != ModerationWithdrawn {
		return false, errs.Refuse(errs.Forbidden,
			"This answer was sent privately, so it cannot be shown. Only its author can make it public.")
	}
	changed, err = c.step(ModerationAccepted, "")
	if changed {
		c.accept(now)
	}
	return changed, err
}

// step goes to a state that a person chose. It reports false if c is in that state already.
func (c *Contribution) step(to Moderation, reason string) (changed bool, err error) {
	switch {
	case c.Moderation == to:
		return false, nil
	case c.Moderation == ModerationWithdrawn:
		return false, errs.Refuse(errs.Conflict, "This answer was deleted by its author.")
	case c.Visibility.Private():
		return false, errs.Refuse(errs.Conflict, "This answer was sent privately: nobody but staff sees it.")
	case !c.Moderation.Can(to):
		return false, errs.Refuse(errs.Conflict, "This answer is %s, so it cannot become %s.", c.Moderation, to)
	}
	c.Moderation, c.Reason = to, strings.TrimSpace(reason)
	return true, nil
}

// Withdraw erases the words, media and dates of c, by its author's wish. Number and code stay, so
// that the record of decisions stays coherent. It reports false if that was done before.
//
// Source: policy.md, privacy rule 3, and 4.4(14).
func (c *Contribution) Withdraw() (changed bool) {
	if c.Moderation == ModerationWithdrawn {
		return false
	}
	c.Moderation, c.Reason = ModerationWithdrawn, ""
	c.HTML, c.Text, c.Warning, c.URL, c.Lang = "", "", "", "", ""
	c.Sensitive, c.Media = false, nil
	return true
}

// Read notes that a person has read c. The first reader stays; it reports false for later ones.
func (c *Contribution) Read(by string, now time.Time) (changed bool, err error) {
	if c.Moderation == ModerationWithdrawn {
		return false, errs.Refuse(errs.Conflict, "This answer was deleted by its author.")
	}
	if !c.Handling.Can(HandlingRead) {
		return false, nil
	}
	c.Handling, c.ReadBy, c.ReadAt = HandlingRead, by, now
	return true, nil
}

// The bounds of featuring.
const (
	MaxFeatured    = 5
	FeaturedWithin = 24 * time.Hour
)

// Feature notes that c is announced to the followers of its challenge. featured are the times
// when others of the challenge were, oldest first. It reports false if c was featured before.
// Quiet public answers are never announced.
//
// Source: policy.md, privacy rule 1; wire.md §1.5.
func (c *Contribution) Feature(featured []time.Time, now time.Time) (changed bool, err error) {
	if !c.Shown() {
		return false, errs.Refuse(errs.Conflict, "Only an answer that is shown to everybody can be featured.")
	}
	if c.Visibility != VisibilityPublic {
		return false, errs.Refuse(errs.Conflict, "Its author posted this answer quietly, so it is not announced to followers.")
	}
	if !c.Featured.IsZero() {
		return false, nil
	}
	recent := slices.DeleteFunc(slices.Clone(featured), func(t time.Time) bool { return now.Sub(t) >= FeaturedWithin })
	if len(recent) >= MaxFeatured {
		next := recent[len(recent)-MaxFeatured].Add(FeaturedWithin)
		return false, errs.Refuse(errs.Conflict,
			"%d answers were featured in the last 24 hours, which is as many as followers get. The next can be featured at %s UTC.",
			len(recent), next.UTC().Format("15:04 on 2 January 2006"))
	}
	c.Featured = now
	return true, nil
}
