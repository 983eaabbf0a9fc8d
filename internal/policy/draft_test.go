package policy

import (
	"errors"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

func TestEditable(t *testing.T) {
	for _, state := range []ChallengeState{ChallengeOpen, ChallengePaused, ChallengeAnswering, ChallengeConcluded, ChallengeWithdrawn} {
		if err := (&Challenge{State: state}).Editable(); !errors.Is(err, errs.Conflict) {
			t.Errorf("Editable() of one that is %s = %v, want errs.Conflict", state, err)
		}
	}
	if err := (&Challenge{State: ChallengeDraft}).Editable(); err != nil {
		t.Errorf("Editable() of a draft = %v, want nil", err)
	}
}

func TestRedraft(t *testing.T) {
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	c := Challenge{
		ID: 7, Number: 12, Actor: Actor{ID: 8, Handle: "damp"}, Title: "Old", Hold: true, State: ChallengeDraft, Created: now,
		Stages: []Stage{{ID: 9, Kind: StageGather, Closes: now.AddDate(0, 1, 0)}},
	}
	c.Redraft(&Challenge{Actor: Actor{Handle: "other"}, Title: " New ", Question: "Why?", State: ChallengeOpen, Closes: now.AddDate(0, 2, 0)}, now, "Amara")
	if c.ID != 7 || c.Number != 12 || c.Actor != (Actor{ID: 8, Handle: "damp"}) || c.State != ChallengeDraft || !c.Created.Equal(now) {
		t.Errorf("what stays has changed: %+v", c)
	}
	if c.Title != "New" || c.Summary != "Why?" || c.Responder != "Amara" || c.Hold {
		t.Errorf("what is new is not there: %+v", c)
	}
	if len(c.Stages) != 1 || c.Stages[0].ID != 9 || !c.Stages[0].Closes.Equal(now.AddDate(0, 2, 0)) {
		t.Errorf("stages = %+v, want the same one until the new closing date", c.Stages)
	}
}
