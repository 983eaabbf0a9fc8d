package policy

import (
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

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

// Extend moves the closing time of s: later, never earlier, and not once it has ended. Zero means
// open-ended.
//
// Source: policy.md 4.3 (Stage) and 4.4(4).
func (s *Stage) Extend(closes time.Time) error {
	if s.State == StageEnded || s.State == StageSkipped {
		return errs.Refuse(errs.Conflict, "This stage is over, so its closing date cannot change.")
	}
	if s.Closes.IsZero() && !closes.IsZero() || !closes.IsZero() && closes.Before(s.Closes) {
		return errs.Refuse(errs.Conflict, "A closing date can move later, never earlier: people plan around it.")
	}
	s.Closes = closes
	return nil
}

// TakesProposals reports whether proposals are published in s. The texts are worked on while
// drafting, and already while answers are gathered (decisions.md 16); weighing judges what is
// there, and new ones may still come.
func (s *Stage) TakesProposals() bool {
	switch s.Kind {
	case StageGather, StageDraft, StageWeigh:
		return true
	}
	return false
}
