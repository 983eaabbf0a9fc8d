package main

import (
	"text/tabwriter"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/server"
	"github.com/folkmoot/folkmoot/internal/store"
)

type logCmd struct {
	Check logCheckCmd `cmd:"" help:"Check that no entry of a log was changed since it was chained."`
}

type logCheckCmd struct {
	Challenge number `arg:"" optional:"" help:"Number of the challenge; without it, the log of the instance."`
	jsonFlag
}

type logResult struct {
	Entries int    `json:"entries"`
	Head    string `json:"head"` // hash of the last; empty for none
}

// Run checks the chain from its first entry on.
func (c logCheckCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		var challenge policy.ID
		if c.Challenge != 0 {
			ch, err := inst.DB.Challenge(sh.ctx, operator, int64(c.Challenge))
			if err != nil {
				return notFound(err, "challenge %d", c.Challenge)
			}
			challenge = ch.ID
		}
		var chain []policy.LogEntry
		for after := policy.ID(0); ; {
			page, err := inst.DB.Log(sh.ctx, challenge, store.Page{After: after, Limit: pageSize})
			if err != nil {
				return err
			}
			for _, e := range page {
				after = e.ID
				if e.Seq > 0 { // the others get their place within a second
					chain = append(chain, e)
				}
			}
			if len(page) < pageSize {
				break
			}
		}
		if err := policy.VerifyChain(chain); err != nil {
			return errs.Refuse(errs.Conflict, "%v", err)
		}
		res := logResult{Entries: len(chain)}
		if len(chain) > 0 {
			res.Head = chain[len(chain)-1].Hash
		}
		return c.print(sh, res, func(w *tabwriter.Writer) {
			line(w, "entries", res.Entries)
			line(w, "head", res.Head)
		})
	})
}
