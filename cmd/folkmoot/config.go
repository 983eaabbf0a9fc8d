package main

import (
	"fmt"
	"text/tabwriter"
)

type configCmd struct{ jsonFlag }

// Run prints the settings.
func (c configCmd) Run(sh *shell) error {
	cfg, err := sh.load()
	if err != nil {
		return err
	}
	list := cfg.Settings()
	return c.print(sh, list, func(w *tabwriter.Writer) {
		for _, s := range list {
			fmt.Fprintf(w, "%s=%s\n", s.Name, s.Value)
			fmt.Fprintf(w, "    %s (default: %s)\n", s.Doc, orNothing(s.Default))
		}
	})
}

func orNothing(s string) string {
	if s == "" {
		return "empty"
	}
	return s
}

type versionCmd struct{ jsonFlag }

type versionResult struct {
	Version string `json:"version"`
}

// Run prints the version.
func (c versionCmd) Run(sh *shell) error {
	return c.print(sh, versionResult{version}, func(w *tabwriter.Writer) { line(w, "folkmoot "+version) })
}

type helpCmd struct {
	Command []string `arg:"" optional:"" help:"Command to explain, such as challenge open."`
}

// Run prints the help.
func (c helpCmd) Run(sh *shell) error { return sh.usage(c.Command) }
