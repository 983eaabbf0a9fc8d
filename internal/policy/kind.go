package policy

// Kind is what a contribution is. Remote replies are [KindComment] unless they say otherwise.
type Kind string

// The kinds of contribution.
const (
	KindComment    Kind = "comment"
	KindExperience Kind = "experience"
	KindProblem    Kind = "problem"
	KindQuestion   Kind = "question"
	KindIdea       Kind = "idea"
	KindEvidence   Kind = "evidence"
	KindFix        Kind = "fix"
	KindCase       Kind = "case"
)

// Kinds lists every kind of contribution.
var Kinds = []Kind{
	KindComment, KindExperience, KindProblem, KindQuestion, KindIdea, KindEvidence, KindFix, KindCase,
}
