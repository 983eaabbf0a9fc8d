package policy

import (
	"encoding/json"
	"time"
)

// EventKind says what happened.
type EventKind string

// The kinds of event. Each is stored in the transaction of what it tells of. Where nothing is said
// of Data it is nil; [Event.Subject] is the row of what the kind names.
const (
	// Subject: the actor of the organisation.
	EventInstanceSetUp EventKind = "instance.setUp"

	EventChallengeOpened   EventKind = "challenge.opened"
	EventProposalPublished EventKind = "proposal.published"

	// An answer came in, whatever its visibility and moderation. Actor: its author.
	EventContributionReceived EventKind = "contribution.received"
	// The public sees it, for the first time or again: after it was accepted, shown again by a
	// person, or widened by its author.
	EventContributionShown EventKind = "contribution.shown"
	// The public does not see it any more, or never will: it was held, hidden or declined by a
	// person, or narrowed by its author.
	EventContributionHidden    EventKind = "contribution.hidden"
	EventContributionEdited    EventKind = "contribution.edited"
	EventContributionWithdrawn EventKind = "contribution.withdrawn"
	EventContributionRead      EventKind = "contribution.read"
	EventContributionFeatured  EventKind = "contribution.featured"

	// Subject: the local actor, Actor: the follower, Data: the Follow as it came.
	EventFollowed EventKind = "actor.followed"
	// Subject: the challenge or proposal, Actor: who asks, Data: [QuoteRequested].
	EventQuoteRequested EventKind = "object.quoteRequested"
	// Subject: the contribution or 0, Actor: who reports, Data: [ObjectData].
	EventReported EventKind = "report.made"
	// Likes or shares changed. Subject: the challenge, proposal or contribution, or 0 where a
	// reaction was taken back from something else, Data: [ObjectData].
	EventReactionsChanged EventKind = "reactions.changed"
)

// ObjectData is the Data of an event about an object.
type ObjectData struct {
	Object string `json:"object"` // its IRI
}

// QuoteRequested is the Data of [EventQuoteRequested].
type QuoteRequested struct {
	Quote   string          `json:"quote"`   // IRI of the permission
	Object  string          `json:"object"`  // ours
	Quoting string          `json:"quoting"` // theirs
	Request json.RawMessage `json:"request"` // the QuoteRequest as it came
}

// Event is something that happened. Events are only added.
type Event struct {
	ID        ID
	At        time.Time
	Kind      EventKind
	Challenge ID     // zero if it concerns none
	Subject   ID     // row of the contribution, proposal, challenge or actor that it is about
	Actor     ID     // who did it; zero for the instance itself
	Data      []byte // what the consequence needs beyond that, as JSON; may be nil
}
