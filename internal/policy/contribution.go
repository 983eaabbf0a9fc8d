package policy

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// Visibility is the audience that an author chose, widest first. It is a ceiling: what is shown
// never goes to more people than this.
type Visibility string

// The visibilities, named as Mastodon names them on the wire side.
const (
	VisibilityPublic    Visibility = "public"
	VisibilityUnlisted  Visibility = "unlisted"  // "Quiet public": shown and counted, never announced
	VisibilityFollowers Visibility = "followers" // private submission
	VisibilityDirect    Visibility = "direct"    // private submission
)

// Private reports whether a contribution is a private submission, for the desk only.
func (v Visibility) Private() bool { return v != VisibilityPublic && v != VisibilityUnlisted }

// Moderation says whether a contribution may be shown.
type Moderation string

// The moderation states. Private submissions stay [ModerationReceived].
const (
	ModerationReceived  Moderation = "received"
	ModerationHeld      Moderation = "held"
	ModerationAccepted  Moderation = "accepted"
	ModerationDeclined  Moderation = "declined"  // was held, will not be shown
	ModerationRemoved   Moderation = "removed"   // was shown, is hidden, with a reason
	ModerationWithdrawn Moderation = "withdrawn" // by its author; the words are erased
)

// Handling says what the organisation has done with a contribution.
type Handling string

// The handling states.
const (
	HandlingNew    Handling = "new"
	HandlingRead   Handling = "read"
	HandlingAsked  Handling = "asked"
	HandlingTraced Handling = "traced"
)

// Media is a picture, film or file that came with a contribution. It is linked, never loaded by
// the reader's browser from elsewhere.
type Media struct {
	URL         string
	MediaType   string
	Description string // empty means that the author gave none
}

// Contribution is what somebody said in answer to a challenge.
type Contribution struct {
	ID              ID
	Challenge       ID
	ChallengeNumber int64
	Number          int64  // per challenge, without gaps, given when it is first accepted; 0 means none
	Code            string // receipt code of four characters, such as "3F7K"; unique per challenge
	IRI             string // ActivityPub id of the post
	URL             string // page of the post at its origin; on the origin's host, or empty
	Author          Actor
	Kind            Kind
	ReplyTo         string // IRI of what it answers; empty for a bare mention
	Root            string // IRI of the opening or proposal whose thread it belongs to
	HTML            string // made safe; empty once withdrawn
	Text            string // the same as plain text, for feeds and previews
	Warning         string // content warning, plain text; empty if there is none
	Sensitive       bool
	Lang            string // BCP 47; empty if unknown
	Media           []Media
	Visibility      Visibility
	Moderation      Moderation
	Reason          string // why it is held, declined or removed
	Late            bool   // came after the challenge closed: shown, but can change nothing
	Handling        Handling
	ReadBy          string    // display name; empty unless read
	ReadAt          time.Time // zero unless read
	Published       time.Time // as its author says, never in the future
	Received        time.Time
	Edited          time.Time // zero if it was never edited
	Accepted        time.Time // when it was first shown; zero if never
	Featured        time.Time // when the Group announced it; zero if never
	Likes           int64
	Shares          int64
	Replies         int64 // accepted replies to it
}

// Shown reports whether the public sees the words of c.
func (c *Contribution) Shown() bool {
	return c.Moderation == ModerationAccepted && !c.Visibility.Private()
}

// The limits of what a contribution keeps of what was said.
const (
	MaxMedia       = 8
	MaxDescription = 1500    // characters of the description of a picture
	MaxWarning     = 500     // characters
	MaxText        = 64_000  // characters
	MaxHTML        = 512_000 // bytes, markup included
	MaxReport      = 5000    // characters
)

// Tidy brings what was said within limits and makes it consistent: nothing is published in the
// future or edited in it, the page of a post lies on its author's host, and a language that there
// is not is unknown. What cannot be cut without harm is refused: errs.Invalid.
func (c *Contribution) Tidy(now time.Time) error {
	if len(c.HTML) > MaxHTML {
		return errs.Refuse(errs.Invalid, "This answer is longer than we can keep.")
	}
	if c.Kind == "" {
		c.Kind = KindComment
	}
	if c.Published.IsZero() || c.Published.After(now) {
		c.Published = now
	}
	if c.Edited.After(now) {
		c.Edited = now
	}
	if u, err := url.Parse(c.URL); err != nil || !strings.EqualFold(u.Host, c.Author.Host) {
		c.URL = ""
	}
	if !ValidLang(c.Lang) {
		c.Lang = ""
	}
	c.Warning = Cut(c.Warning, MaxWarning)
	c.Text = Cut(c.Text, MaxText)
	c.Media = slices.Clone(c.Media[:min(len(c.Media), MaxMedia)])
	for i := range c.Media {
		c.Media[i].Description = Cut(c.Media[i].Description, MaxDescription)
	}
	return nil
}

// Cut returns the first max characters of s.
func Cut(s string, max int) string {
	for i := range s {
		if max == 0 {
			return s[:i]
		}
		max--
	}
	return s
}

// Rewrite puts the words, media and audience of a later form of the same post into c, if it is not
// older than what is there, and reports whether that changed anything, and whether words or media
// changed. A later form that does not say when it was edited was edited now. [Contribution.Place]
// decides whether c is still shown.
func (c *Contribution) Rewrite(later *Contribution, now time.Time) (changed, words bool) {
	if c.Moderation == ModerationWithdrawn || later.Edited.Before(c.Edited) {
		return false, false
	}
	words = c.HTML != later.HTML || c.Warning != later.Warning || c.Sensitive != later.Sensitive ||
		!slices.Equal(c.Media, later.Media)
	changed = words || c.Visibility != later.Visibility || c.Lang != later.Lang || c.URL != later.URL
	if !changed {
		return false, false
	}
	c.HTML, c.Text, c.Warning, c.Sensitive = later.HTML, later.Text, later.Warning, later.Sensitive
	c.Media, c.Lang, c.URL, c.Visibility = later.Media, later.Lang, later.URL, later.Visibility
	if c.Edited = later.Edited; c.Edited.IsZero() {
		c.Edited = now
	}
	return true, words
}
