package policy

import "time"

// LogAction names a use of power over the record.
type LogAction string

// The actions that are logged.
const (
	LogOpen    LogAction = "challenge.open"
	LogPublish LogAction = "proposal.publish"
	LogHold    LogAction = "contribution.hold"
	LogHide    LogAction = "contribution.hide"
	LogShow    LogAction = "contribution.show"
	LogDecline LogAction = "contribution.decline"
	LogFeature LogAction = "contribution.feature"
	LogRead    LogAction = "contribution.read"
	LogBlock   LogAction = "host.block"
	LogUnblock LogAction = "host.unblock"
)

// LogEntry is one use of power. Entries are only added; a sealer gives each its place in the
// chain of its challenge (instance-wide entries form the chain of challenge 0).
type LogEntry struct {
	ID        ID
	Challenge ID
	At        time.Time
	Actor     ID     // who; zero for the instance's own rules
	ActorName string // display name when it was written
	Action    LogAction
	Object    string // what it was done to: "12/61", "p/7", a host
	Reason    string
	Seq       int64  // place in the chain from 1; 0 until sealed
	Prev      string // hash of the entry before, hex; empty for the first
	Hash      string // hex SHA-256 over the entry and Prev; empty until sealed
}
