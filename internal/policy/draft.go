package policy

import (
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// Editable returns nil while what c asks can still be changed: as long as it is a draft, and
// nobody has been asked. Otherwise errs.Conflict with a sentence.
func (c *Challenge) Editable() error {
	if c.State != ChallengeDraft {
		return errs.Refuse(errs.Conflict, "Challenge %d is %s already. What people have been asked cannot be changed.", c.Number, c.State)
	}
	return nil
}

// Redraft replaces what a draft says by what text says, with the defaults of
// [Challenge.WithDefaults]. Number, handle and state stay as they are; its stages are planned
// anew.
func (c *Challenge) Redraft(text *Challenge, now time.Time, steward string) {
	fresh := *text
	fresh.ID, fresh.Number, fresh.Actor = c.ID, c.Number, c.Actor
	fresh.State, fresh.Created, fresh.Opened, fresh.Counts = c.State, c.Created, c.Opened, c.Counts
	fresh.Stages = nil
	fresh = fresh.WithDefaults(now, steward)
	for i := range min(len(fresh.Stages), len(c.Stages)) {
		fresh.Stages[i].ID = c.Stages[i].ID
	}
	*c = fresh
}
