package main

import (
	"text/tabwriter"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/server"
	"github.com/folkmoot/folkmoot/internal/store"
)

type hostCmd struct {
	Block   blockCmd    `cmd:"" help:"Take nothing more from a server, and send it nothing."`
	Unblock unblockCmd  `cmd:"" help:"Reverse that."`
	List    hostListCmd `cmd:"" help:"List blocked servers."`
}

type blockCmd struct {
	Host   string `arg:"" help:"Host name; its sub-domains are blocked too."`
	Reason string `help:"Why; shown to everybody." placeholder:"R"`
	jsonFlag
}

type hostResult struct {
	Host    string `json:"host"`
	Blocked bool   `json:"blocked"`
}

// Run blocks.
func (c blockCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		by, err := inst.Operator(sh.ctx)
		if err != nil {
			return err
		}
		if err := inst.App.BlockHost(sh.ctx, by, c.Host, c.Reason); err != nil {
			return asFlag(err, "host", "<host>")
		}
		host, _ := policy.CheckHost(c.Host, "") // as it is stored
		return c.print(sh, hostResult{host, true}, func(w *tabwriter.Writer) { line(w, host, "blocked") })
	})
}

type unblockCmd struct {
	Host   string `arg:"" help:"Host name."`
	Reason string `help:"Why; kept in the log." placeholder:"R"`
	jsonFlag
}

// Run unblocks.
func (c unblockCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		by, err := inst.Operator(sh.ctx)
		if err != nil {
			return err
		}
		if err := inst.App.UnblockHost(sh.ctx, by, c.Host, c.Reason); err != nil {
			return asFlag(err, "host", "<host>")
		}
		host, _ := policy.CheckHost(c.Host, "")
		return c.print(sh, hostResult{host, false}, func(w *tabwriter.Writer) { line(w, host, "unblocked") })
	})
}

type hostListCmd struct{ jsonFlag }

type hostLine struct {
	Host   string    `json:"host"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
}

const hostLimit = 10_000

// Run lists blocked servers.
func (c hostListCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		hosts, err := inst.DB.Hosts(sh.ctx, true, hostLimit)
		if err != nil {
			return err
		}
		list := []hostLine{}
		for _, h := range hosts {
			list = append(list, hostLine{h.Name, h.Reason, h.By, h.BlockedAt})
		}
		return c.print(sh, list, func(w *tabwriter.Writer) {
			line(w, "HOST", "SINCE", "BY", "REASON")
			for _, h := range list {
				line(w, h.Host, h.Since, h.By, h.Reason)
			}
		})
	})
}

type taskCmd struct {
	List taskListCmd `cmd:"" help:"Sum up what is queued, waiting or parked, per host."`
}

type taskListCmd struct{ jsonFlag }

// Run prints the queue.
func (c taskListCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		list, err := inst.DB.Queue(sh.ctx)
		if err != nil {
			return err
		}
		if list == nil { // JSON: [], not null
			list = []store.QueueLine{}
		}
		return c.print(sh, list, func(w *tabwriter.Writer) {
			line(w, "KIND", "HOST", "QUEUED", "WAITING", "PARKED", "NEXT", "ERROR")
			for _, l := range list {
				line(w, l.Kind, l.Host, l.Queued, l.Waiting, l.Parked, l.Next, short(l.Error, 60))
			}
		})
	})
}
