package policy

import "time"

// StageKind is what a stage is for. The words are those on the wire.
type StageKind string

// The kinds of stage, in order.
const (
	StageDefine  StageKind = "define"
	StageGather  StageKind = "gather"
	StageDraft   StageKind = "draft"
	StageWeigh   StageKind = "weigh"
	StageDecide  StageKind = "decide"
	StageDeliver StageKind = "deliver"
	StageLearn   StageKind = "learn"
)

// StageState is where a stage stands.
type StageState string

// The states of a stage.
const (
	StagePlanned StageState = "planned"
	StageRunning StageState = "running"
	StageEnded   StageState = "ended"
	StageSkipped StageState = "skipped"
)

// Stage is a part of a challenge with rules of its own.
type Stage struct {
	ID     ID
	Kind   StageKind
	Cycle  int // 1 for the first time round
	Opens  time.Time
	Closes time.Time // zero means open-ended; may move later, never earlier
	Closed bool      // true for closed access: its contents never leave the instance
	Reason string    // why access is closed
	State  StageState
}
