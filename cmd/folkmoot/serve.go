package main

import (
	"fmt"

	"github.com/folkmoot/folkmoot/internal/server"
)

type serveCmd struct{}

// Run serves until SIGTERM or Ctrl-C.
func (serveCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		return inst.Serve(sh.ctx, version, func(address, setup string) {
			text := fmt.Sprintf("Folkmoot %s listens on %s and is reached at %s\n", version, address, inst.Config.URL)
			if setup != "" {
				text += fmt.Sprintf("\nThis instance is not set up yet. Open this link, which works once:\n\n    %s\n\n", setup)
			}
			fmt.Fprint(sh.out, text)
		})
	})
}
