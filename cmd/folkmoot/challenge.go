package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/server"
	"github.com/folkmoot/folkmoot/internal/store"
)

type challengeCmd struct {
	Open openCmd          `cmd:"" help:"Open a challenge."`
	List challengeListCmd `cmd:"" help:"List challenges, newest first."`
}

type openCmd struct {
	Handle         string   `help:"Handle of the challenge, such as damp."`
	Title          string   `help:"Short title."`
	Question       string   `help:"The question, in one sentence."`
	RespondBy      string   `help:"Day by which you publish what you will do, such as 2027-02-12; until its end in UTC." placeholder:"DATE"`
	Summary        string   `help:"What the post says; default: the question."`
	Closes         string   `help:"Last day on which answers can change something; default: none." placeholder:"DATE"`
	Responder      string   `help:"Who answers, as shown; default: the first steward."`
	Reach          string   `help:"How you reach people who are often missed; default: \"not stated\", and shown as such." placeholder:"TEXT"`
	AddressedTo    []string `help:"Handle or address of an organisation it is addressed to; may be repeated." placeholder:"ACTOR" sep:"none"`
	CanChange      string   `help:"What answers can change."`
	CannotChange   string   `help:"What is decided already."`
	Tag            []string `help:"Hashtag, with or without #; may be repeated." sep:"none"`
	Lang           string   `help:"Language, such as en or cy; default: en."`
	BackgroundFile string   `help:"Markdown file: why you ask." placeholder:"f"`
	Hold           bool     `help:"A person reads every answer before it is shown."`
	Draft          bool     `help:"Keep it as a draft, seen by staff only."`
	jsonFlag
}

type challengeResult struct {
	Number  int64  `json:"number"`
	ID      string `json:"id"` // the Group
	Handle  string `json:"handle"`
	Inbox   string `json:"inbox"`
	Opening string `json:"opening"`
	Page    string `json:"page"`
	State   string `json:"state"`
}

// Run opens the challenge.
func (c openCmd) Run(sh *shell) error {
	ch, err := c.challenge()
	if err != nil {
		return err
	}
	return sh.with(func(inst *server.Instance) error {
		by, err := inst.Operator(sh.ctx)
		if err != nil {
			return err
		}
		if err := inst.App.OpenChallenge(sh.ctx, by, ch, c.Draft); err != nil {
			return err
		}
		base := policy.Base(inst.Config.URL)
		res := challengeResult{
			Number: ch.Number, ID: ch.Actor.IRI, Handle: ch.Actor.At(), Inbox: ch.Actor.Inbox,
			Opening: base.Opening(ch.Number), Page: base.Challenge(ch.Number), State: string(ch.State),
		}
		return c.print(sh, res, func(w *tabwriter.Writer) {
			line(w, "number", res.Number)
			line(w, "id", res.ID)
			line(w, "handle", res.Handle)
			line(w, "inbox", res.Inbox)
			line(w, "opening", res.Opening)
			line(w, "page", res.Page)
		})
	})
}

// challenge makes the noun of the flags. All wrong dates are named at once.
func (c openCmd) challenge() (*policy.Challenge, error) {
	var wrong policy.FieldErrors
	day := func(field, s string) time.Time {
		t, err := policy.ParseDay(s)
		if err != nil {
			wrong = append(wrong, policy.BadDay(field, s)...)
		}
		return t
	}
	ch := &policy.Challenge{
		Title: c.Title, Question: c.Question, Summary: c.Summary, Responder: c.Responder, Reach: c.Reach,
		CanChange: c.CanChange, CannotChange: c.CannotChange, Tags: c.Tag, Lang: c.Lang, Hold: c.Hold,
		RespondBy: day("respond-by", c.RespondBy), Closes: day("closes", c.Closes),
	}
	ch.Actor.Handle = c.Handle
	for _, a := range c.AddressedTo {
		ch.AddressedTo = append(ch.AddressedTo, policy.Addressee{Given: a})
	}
	if c.BackgroundFile != "" {
		b, err := os.ReadFile(c.BackgroundFile)
		if err != nil {
			return nil, errs.Refuse(errs.Invalid, "--background-file: cannot read %s", c.BackgroundFile)
		}
		ch.Background = string(b)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return ch, nil
}

type challengeListCmd struct{ jsonFlag }

type challengeLine struct {
	challengeResult
	Title     string    `json:"title"`
	Question  string    `json:"question"`
	RespondBy time.Time `json:"respondBy"`
	Closes    time.Time `json:"closes,omitzero"`
	Answers   int64     `json:"answers"`
	Read      int64     `json:"read"`
	Private   int64     `json:"private"`
	Held      int64     `json:"held"`
	Followers int64     `json:"followers"`
	Proposals int64     `json:"proposals"`
}

// Run lists them all, drafts included.
func (c challengeListCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		base := policy.Base(inst.Config.URL)
		list := []challengeLine{}
		for after := policy.ID(0); ; {
			page, err := inst.DB.Challenges(sh.ctx, operator, store.Page{After: after, Limit: pageSize})
			if err != nil {
				return err
			}
			for _, ch := range page {
				list = append(list, challengeLine{
					challengeResult: challengeResult{
						Number: ch.Number, ID: ch.Actor.IRI, Handle: ch.Actor.At(), Inbox: ch.Actor.Inbox,
						Opening: base.Opening(ch.Number), Page: base.Challenge(ch.Number), State: string(ch.State),
					},
					Title: ch.Title, Question: ch.Question, RespondBy: ch.RespondBy, Closes: ch.Closes,
					Answers: ch.Counts.Answers, Read: ch.Counts.Read, Private: ch.Counts.Private, Held: ch.Counts.Held,
					Followers: ch.Counts.Followers, Proposals: ch.Counts.Proposals,
				})
				after = ch.ID
			}
			if len(page) < pageSize {
				break
			}
		}
		return c.print(sh, list, func(w *tabwriter.Writer) {
			line(w, "NUMBER", "STATE", "ANSWERS", "READ", "FOLLOWERS", "HANDLE", "TITLE")
			for _, ch := range list {
				line(w, ch.Number, ch.State, ch.Answers, ch.Read, ch.Followers, ch.Handle, short(ch.Title, 60))
			}
		})
	})
}

const pageSize = 200

// operator is who looks when a command lists: somebody with the database in hand.
var operator = policy.Viewer{Staff: true, Role: policy.RoleSteward}

// notFound turns an errs.NotFound into a sentence about what was named.
func notFound(err error, what string, args ...any) error {
	if errors.Is(err, errs.NotFound) {
		return errs.Refuse(errs.NotFound, "there is no %s", fmt.Sprintf(what, args...))
	}
	return err
}

// number is the number of a challenge, as an argument.
type number int64

// UnmarshalText reads it.
func (n *number) UnmarshalText(text []byte) error {
	k, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || k < 1 {
		return fmt.Errorf("%q is not the number of a challenge: write one such as 12", text)
	}
	*n = number(k)
	return nil
}
