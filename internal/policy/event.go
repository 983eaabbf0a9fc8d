package policy

import "time"

// EventKind says what happened.
type EventKind string

// The kinds of event. Each is stored in the transaction of what it tells of.
const (
	EventInstanceSetUp         EventKind = "instance.setUp"
	EventChallengeOpened       EventKind = "challenge.opened"
	EventProposalPublished     EventKind = "proposal.published"
	EventContributionReceived  EventKind = "contribution.received" // whatever its visibility and moderation
	EventContributionShown     EventKind = "contribution.shown"    // first time, or again after it was hidden
	EventContributionHidden    EventKind = "contribution.hidden"
	EventContributionEdited    EventKind = "contribution.edited"
	EventContributionWithdrawn EventKind = "contribution.withdrawn"
	EventContributionRead      EventKind = "contribution.read"
	EventContributionFeatured  EventKind = "contribution.featured"
	EventFollowed              EventKind = "actor.followed" // Subject: the local actor, Actor: the follower, Data: the Follow's bytes
	EventQuoteRequested        EventKind = "object.quoteRequested"
	EventReported              EventKind = "report.made"
	EventReactionsChanged      EventKind = "reactions.changed"
)

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
