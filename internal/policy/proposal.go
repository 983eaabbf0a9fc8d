package policy

import (
	"strings"
	"time"
)

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
	Summary         string // plain text, at most 400 characters
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

// MaxProposal is the number of bytes that the text of a proposal may have.
const MaxProposal = 20_000

// Check returns what keeps p, whose current version has the given text, from being published.
func (p *Proposal) Check() FieldErrors {
	var e FieldErrors
	e.require("title", p.Title)
	e.limit("title", p.Title, MaxTitle)
	e.require("summary", p.Summary)
	e.limit("summary", p.Summary, MaxSummary)
	e.require("text", strings.TrimSpace(p.Current.Text))
	if n := len(p.Current.Text); n > MaxProposal {
		e.add("text", "long", "Max", MaxProposal, "Length", n)
	}
	return e
}

// Publish makes p public with what stands in p.Current as its first version.
func (p *Proposal) Publish(author ID, now time.Time) {
	p.State = ProposalPublished
	p.Published = now
	p.Current.Number = 1
	p.Current.Summary = p.Summary
	p.Current.Author = author
	p.Current.Published = now
}
