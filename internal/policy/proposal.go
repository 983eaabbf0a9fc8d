package policy

import "time"

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	ProposalDraft     ProposalState = "draft"
	ProposalPublished ProposalState = "published"
	ProposalFrozen    ProposalState = "frozen"
	ProposalAnswered  ProposalState = "answered"
	ProposalMerged    ProposalState = "merged"
	ProposalWithdrawn ProposalState = "withdrawn"
)

// Proposal is a text that is improved in public and answered.
type Proposal struct {
	ID              ID
	Number          int64 // the 7 of /p/7, unique in the instance
	Challenge       ID
	ChallengeNumber int64
	ChallengeActor  Actor // the Group
	Title           string
	Summary         string // plain text
	State           ProposalState
	Current         Version
	Published       time.Time
	Likes           int64
	Shares          int64
	Answers         int64 // accepted replies in its thread
}

// Version is one text of a proposal. Versions are only added.
type Version struct {
	Number    int    // 1 for the first
	Text      string // Markdown as written
	HTML      string // Text made safe
	Summary   string
	Author    ID
	Published time.Time
}
