package web

import (
	"slices"
	"time"

	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// The stages in the four plain words in which people are told of them (decisions.md 23): the ids
// of their sentences are "stage.<word>".
var plainStages = []string{"asking", "drafting", "doing", "checking"}

// plainStage is the plain word for each kind of stage.
var plainStage = map[policy.StageKind]string{
	policy.StageDefine: "asking", policy.StageGather: "asking",
	policy.StageDraft: "drafting", policy.StageWeigh: "drafting", policy.StageDecide: "drafting",
	policy.StageDeliver: "doing",
	policy.StageLearn:   "checking",
}

// stageNow returns the plain word for where a challenge stands: its running stage, or the last
// that ended, or the first one.
func stageNow(c *policy.Challenge) string {
	now := plainStages[0]
	for _, s := range c.Stages {
		if s.State == policy.StageRunning {
			return plainStage[s.Kind]
		}
		if s.State == policy.StageEnded {
			now = plainStage[s.Kind]
		}
	}
	return now
}

// stageView is one of the four in the tracker.
type stageView struct {
	Word      string // "asking"
	Done, Now bool
	Detail    string    // a sentence
	Day       time.Time // the day that it ends with; zero if it names none
}

// tracker returns the four stages of a challenge. Each says a date or a product, or that nothing
// is planned yet.
func (s *Server) tracker(p *locale.Printer, c *policy.Challenge) []stageView {
	now := slices.Index(plainStages, stageNow(c))
	if c.State == policy.ChallengeConcluded {
		now = len(plainStages)
	}
	views := make([]stageView, len(plainStages))
	for i, word := range plainStages {
		v := stageView{Word: word, Done: i < now, Now: i == now, Detail: p.T("stage.unplanned")}
		for _, stage := range c.Stages {
			if plainStage[stage.Kind] == word && !stage.Opens.IsZero() && stage.State == policy.StagePlanned {
				v.Detail, v.Day = p.T("stage.from"), stage.Opens
			}
		}
		switch {
		case word == "asking" && !c.Closes.IsZero():
			v.Detail, v.Day = p.T("stage.asking.until"), c.Closes
		case word == "asking" && !c.Opened.IsZero():
			v.Detail, v.Day = p.T("stage.asking.since"), c.Opened
		case word == "drafting" && c.Counts.Proposals > 0:
			v.Detail, v.Day = p.T("stage.drafting.proposals", "Count", c.Counts.Proposals), time.Time{}
		case word == "doing":
			v.Detail, v.Day = p.T("stage.doing.answer", "Responder", c.Responder), c.RespondBy
		}
		views[i] = v
	}
	return views
}
