package main

import (
	"os"
	"text/tabwriter"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/server"
)

type proposalCmd struct {
	Publish publishCmd `cmd:"" help:"Publish a proposal in a challenge."`
}

type publishCmd struct {
	Challenge number `arg:"" help:"Number of the challenge."`
	Title     string `help:"Title."`
	Summary   string `help:"What it would change, in at most 400 characters."`
	File      string `help:"Markdown file with the text." placeholder:"p.md"`
	jsonFlag
}

type proposalResult struct {
	Number    int64  `json:"number"`
	ID        string `json:"id"`
	Page      string `json:"page"`
	Version   int    `json:"version"`
	Challenge int64  `json:"challenge"`
}

// Run publishes version 1.
func (c publishCmd) Run(sh *shell) error {
	p := &policy.Proposal{Title: c.Title, Summary: c.Summary}
	if c.File != "" {
		b, err := os.ReadFile(c.File)
		if err != nil {
			return errs.Refuse(errs.Invalid, "--file: cannot read %s", c.File)
		}
		p.Current.Text = string(b)
	}
	return sh.with(func(inst *server.Instance) error {
		by, err := inst.Operator(sh.ctx)
		if err != nil {
			return err
		}
		if err := inst.App.PublishProposal(sh.ctx, by, int64(c.Challenge), p); err != nil {
			return notFound(asFlag(err, "text", "file"), "challenge %d", c.Challenge)
		}
		iri := policy.Base(inst.Config.URL).Proposal(p.Number)
		res := proposalResult{Number: p.Number, ID: iri, Page: iri, Version: p.Current.Number, Challenge: int64(c.Challenge)}
		return c.print(sh, res, func(w *tabwriter.Writer) {
			line(w, "number", res.Number)
			line(w, "id", res.ID)
			line(w, "page", res.Page)
			line(w, "version", res.Version)
		})
	})
}
