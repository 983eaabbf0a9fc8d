package policy

import "time"

// ChallengeState is where a challenge stands as a whole.
type ChallengeState string

// The states of a challenge.
const (
	ChallengeDraft     ChallengeState = "draft"
	ChallengeOpen      ChallengeState = "open"
	ChallengePaused    ChallengeState = "paused"
	ChallengeAnswering ChallengeState = "answering"
	ChallengeConcluded ChallengeState = "concluded"
	ChallengeWithdrawn ChallengeState = "withdrawn"
)

// Challenge is a question asked in public, the unit that people follow.
type Challenge struct {
	ID             ID
	Number         int64 // the 12 of /c/12; given when it is stored, drafts included
	Actor          Actor // the Group
	Title          string
	Question       string
	Summary        string // plain text, at most 400 characters; never empty once stored
	Background     string // Markdown as written; may be empty
	BackgroundHTML string // Background made safe
	Lang           string // BCP 47, such as "en"
	State          ChallengeState
	RespondBy      time.Time // the promise; required before it opens
	Closes         time.Time // zero means that answers are taken until it is concluded
	Responder      string    // who answers, as shown
	Reach          string    // how people who are often missed are reached; empty means not stated
	CanChange      string    // what answers can change; may be empty
	CannotChange   string    // what is decided already; may be empty
	Tags           []string  // without #
	Hold           bool      // every answer is read before it is shown
	ReadWithin     int       // working days within which a person reads an answer
	AddressedTo    []Addressee
	Stages         []Stage
	Created        time.Time
	Opened         time.Time // zero while it is a draft
	Counts         ChallengeCounts
}

// ChallengeCounts are the numbers shown with a challenge.
type ChallengeCounts struct {
	Answers   int64 // accepted and public: the "200 answers" of the page
	Read      int64 // of these, read by a person
	Hosts     int64 // distinct servers of their authors
	Followers int64 // of the challenge's Group
	Private   int64 // private submissions; for staff only
	Held      int64 // waiting to be shown; for staff only
	Proposals int64
	Likes     int64 // of the opening
	Shares    int64 // of the opening
}

// Addressee is an organisation that a challenge is addressed to.
type Addressee struct {
	Given  string // as the author wrote it: a handle or an address
	IRI    string // actor id; empty while it is unknown
	Name   string
	Handle string // "@handle@host" once it is known
	Inbox  string
	State  AddresseeState
}

// AddresseeState says whether an addressee has an account that could be told.
type AddresseeState string

// The states of an addressee.
const (
	AddresseeNew      AddresseeState = "new"      // not looked up yet
	AddresseeFound    AddresseeState = "found"    // mentioned when the challenge opened
	AddresseeNotFound AddresseeState = "notFound" // no account found; shown as such
)
