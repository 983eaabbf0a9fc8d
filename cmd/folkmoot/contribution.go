package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/server"
	"github.com/folkmoot/folkmoot/internal/store"
)

type contributionCmd struct {
	List    contributionListCmd `cmd:"" help:"List the answers to a challenge."`
	Read    readCmd             `cmd:"" help:"Mark an answer as read by a person."`
	Hide    hideCmd             `cmd:"" help:"Take an answer out of sight, with a reason."`
	Show    showCmd             `cmd:"" help:"Show an answer that was held or hidden."`
	Feature featureCmd          `cmd:"" help:"Announce an answer to the followers of the challenge."`
}

type contributionLine struct {
	Challenge  int64     `json:"challenge"`
	Number     int64     `json:"number"` // 0: it has none
	Code       string    `json:"code"`
	ID         string    `json:"id"`
	URL        string    `json:"url,omitempty"`
	Page       string    `json:"page,omitempty"`
	Author     string    `json:"author"`
	AuthorID   string    `json:"authorId"`
	AuthorName string    `json:"authorName"`
	Kind       string    `json:"kind"`
	ReplyTo    string    `json:"replyTo,omitempty"`
	Visibility string    `json:"visibility"`
	Moderation string    `json:"moderation"`
	Handling   string    `json:"handling"`
	Reason     string    `json:"reason,omitempty"`
	Late       bool      `json:"late"`
	Featured   bool      `json:"featured"`
	Language   string    `json:"language,omitempty"`
	Warning    string    `json:"warning,omitempty"`
	Text       string    `json:"text"`
	HTML       string    `json:"html"`
	Media      []media   `json:"media"`
	Likes      int64     `json:"likes"`
	Shares     int64     `json:"shares"`
	Published  time.Time `json:"published"`
	Received   time.Time `json:"received"`
	Edited     time.Time `json:"edited,omitzero"`
	ReadAt     time.Time `json:"readAt,omitzero"`
}

type media struct {
	URL         string `json:"url"`
	MediaType   string `json:"mediaType"`
	Description string `json:"description"`
}

func newContributionLine(base policy.Base, c *policy.Contribution) contributionLine {
	l := contributionLine{
		Challenge: c.ChallengeNumber, Number: c.Number, Code: c.Code, ID: c.IRI, URL: c.URL,
		Author: c.Author.At(), AuthorID: c.Author.IRI, AuthorName: c.Author.Name, Kind: string(c.Kind), ReplyTo: c.ReplyTo,
		Visibility: string(c.Visibility), Moderation: string(c.Moderation), Handling: string(c.Handling),
		Reason: c.Reason, Late: c.Late, Featured: !c.Featured.IsZero(), Language: c.Lang, Warning: c.Warning, Text: c.Text, HTML: c.HTML,
		Media: []media{}, Likes: c.Likes, Shares: c.Shares, Published: c.Published, Received: c.Received,
		Edited: c.Edited, ReadAt: c.ReadAt,
	}
	for _, m := range c.Media {
		l.Media = append(l.Media, media(m))
	}
	if c.Number != 0 {
		l.Page = base.Contribution(c.ChallengeNumber, c.Number)
	}
	return l
}

// address is how people name it: 12/61, or 12/3F7K while it has no number.
func (l contributionLine) address() string {
	if l.Number == 0 {
		return fmt.Sprintf("%d/%s", l.Challenge, l.Code)
	}
	return fmt.Sprintf("%d/%d", l.Challenge, l.Number)
}

type contributionListCmd struct {
	Challenge number `arg:"" help:"Number of the challenge."`
	All       bool   `help:"Also private, held, hidden and withdrawn ones."`
	jsonFlag
}

// Run lists the answers in order of number, or of arrival with --all.
func (c contributionListCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		ch, err := inst.DB.Challenge(sh.ctx, operator, int64(c.Challenge))
		if err != nil {
			return notFound(err, "challenge %d", c.Challenge)
		}
		list := []contributionLine{}
		filter := store.ContributionFilter{Challenge: ch.ID, All: c.All}
		for after := policy.ID(0); ; {
			page, err := inst.DB.Contributions(sh.ctx, operator, filter, store.Page{After: after, Limit: pageSize})
			if err != nil {
				return err
			}
			for i := range page {
				list = append(list, newContributionLine(policy.Base(inst.Config.URL), &page[i]))
				after = page[i].ID
			}
			if len(page) < pageSize {
				break
			}
		}
		return c.print(sh, list, func(w *tabwriter.Writer) {
			line(w, "ANSWER", "VISIBILITY", "MODERATION", "HANDLING", "RECEIVED", "AUTHOR", "TEXT")
			for _, l := range list {
				line(w, l.address(), l.Visibility, l.Moderation, l.Handling, l.Received, l.Author, short(l.Text, 60))
			}
		})
	})
}

// oneAnswer is the argument of the commands that act on an answer.
type oneAnswer struct {
	Answer string `arg:"" help:"Challenge and number, such as 12/61; or receipt code, such as 12/3F7K."`
	jsonFlag
}

// act finds the answer, carries out verb, and prints what it is now.
func (c oneAnswer) act(sh *shell, verb func(context.Context, *app.App, app.By, policy.ID) (*policy.Contribution, error)) error {
	return sh.with(func(inst *server.Instance) error {
		found, err := c.find(sh.ctx, inst)
		if err != nil {
			return err
		}
		by, err := inst.Operator(sh.ctx)
		if err != nil {
			return err
		}
		done, err := verb(sh.ctx, inst.App, by, found.ID)
		if err != nil {
			return err
		}
		l := newContributionLine(policy.Base(inst.Config.URL), done)
		return c.print(sh, l, func(w *tabwriter.Writer) { line(w, l.address(), l.Moderation, l.Handling) })
	})
}

func (c oneAnswer) find(ctx context.Context, inst *server.Instance) (*policy.Contribution, error) {
	challenge, which, ok := strings.Cut(c.Answer, "/")
	n, err := strconv.ParseInt(challenge, 10, 64)
	if !ok || err != nil || which == "" {
		return nil, errs.Refuse(errs.Invalid, "%q is no answer: write challenge and number, such as 12/61", c.Answer)
	}
	if k, numErr := strconv.ParseInt(which, 10, 64); numErr == nil {
		found, err := inst.DB.Contribution(ctx, operator, n, k)
		if err == nil {
			return found, nil
		}
	}
	found, err := inst.DB.ContributionByCode(ctx, operator, n, strings.ToUpper(which))
	return found, notFound(err, "answer %s", c.Answer)
}

type readCmd struct {
	oneAnswer
	Reason string `help:"Kept in the log." placeholder:"R"`
}

// Run marks as read.
func (c readCmd) Run(sh *shell) error {
	return c.act(sh, func(ctx context.Context, a *app.App, by app.By, id policy.ID) (*policy.Contribution, error) {
		return a.Read(ctx, by, id, c.Reason)
	})
}

type hideCmd struct {
	oneAnswer
	Reason string `help:"Why; shown to everybody." placeholder:"R"`
}

// Run hides.
func (c hideCmd) Run(sh *shell) error {
	return c.act(sh, func(ctx context.Context, a *app.App, by app.By, id policy.ID) (*policy.Contribution, error) {
		return a.Hide(ctx, by, id, c.Reason)
	})
}

type showCmd struct {
	oneAnswer
	Reason string `help:"Why; kept in the log." placeholder:"R"`
}

// Run shows.
func (c showCmd) Run(sh *shell) error {
	return c.act(sh, func(ctx context.Context, a *app.App, by app.By, id policy.ID) (*policy.Contribution, error) {
		return a.Show(ctx, by, id, c.Reason)
	})
}

type featureCmd struct {
	oneAnswer
	Reason string `help:"Why; kept in the log." placeholder:"R"`
}

// Run features.
func (c featureCmd) Run(sh *shell) error {
	return c.act(sh, func(ctx context.Context, a *app.App, by app.By, id policy.ID) (*policy.Contribution, error) {
		return a.Feature(ctx, by, id, c.Reason)
	})
}
