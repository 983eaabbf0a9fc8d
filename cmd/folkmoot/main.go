// Command folkmoot is the server, and everything that its operator does from a shell.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/folkmoot/folkmoot/internal/config"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/logging"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/server"
)

// version is set when the binary is built.
var version = "dev"

// Exit codes. A wrong setting has its own, as sysexits.h gives it.
const (
	exitOK      = 0
	exitFailed  = 1
	exitRefused = 2
	exitConfig  = 78
)

// commands is the table of subcommands.
type commands struct {
	Serve        serveCmd        `cmd:"" help:"Run the instance until it is told to stop."`
	Init         initCmd         `cmd:"" help:"Set up the organisation and its first steward without a browser."`
	Challenge    challengeCmd    `cmd:"" help:"Open and list challenges."`
	Contribution contributionCmd `cmd:"" help:"List answers, mark them as read, hide, show and feature them."`
	Proposal     proposalCmd     `cmd:"" help:"Publish proposals."`
	Host         hostCmd         `cmd:"" help:"Block, unblock and list servers."`
	Log          logCmd          `cmd:"" help:"Check the log of every use of power."`
	Task         taskCmd         `cmd:"" help:"See what is queued, waiting or parked."`
	Account      accountCmd      `cmd:"" help:"Give people who sign in another password."`
	Config       configCmd       `cmd:"" help:"Print every setting: name, value, default and meaning."`
	Version      versionCmd      `cmd:"" help:"Print the version."`
	Help         helpCmd         `cmd:"" help:"Print this help, or that of a command."`
}

// shell is what a command is given beside its flags.
type shell struct {
	ctx     context.Context
	out     io.Writer
	environ []string
	usage   func(command []string) error // prints the help of a command
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out one command line and returns the exit code. What went wrong is one sentence on
// errOut.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	var cmds commands
	exited := false
	parser, err := kong.New(&cmds, kong.Name("folkmoot"), kong.Writers(out, errOut),
		kong.Description("Open policy discussion on the fediverse. Settings are environment variables: see \"folkmoot config\"."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: false}),
		kong.Exit(func(int) { exited = true }))
	if err != nil {
		panic(err) // the table above is wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited {
		return exitOK
	}
	if err != nil {
		fmt.Fprintln(errOut, "folkmoot: "+misread(err))
		return exitRefused
	}
	sh := &shell{ctx: ctx, out: out, environ: environ, usage: func(command []string) error {
		if _, err := parser.Parse(append(command, "--help")); !exited {
			return errs.Refuse(errs.Invalid, "%s", misread(err))
		}
		return nil
	}}
	if err := parsed.Run(sh); err != nil {
		text, code := explain(err)
		fmt.Fprintln(errOut, "folkmoot: "+text)
		return code
	}
	return exitOK
}

// misread says why a command line was not understood, and where its help is.
func misread(err error) string {
	help := "folkmoot help"
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context.Selected() != nil {
		help += " " + wrong.Context.Selected().Path()
	}
	text := strings.TrimSuffix(err.Error(), ".")
	if !strings.HasSuffix(text, "?") {
		text += "."
	}
	return fmt.Sprintf("%s See \"%s\".", text, help)
}

// explain turns an error into what the operator reads and the exit code.
func explain(err error) (string, int) {
	var wrong *server.ConfigError
	if errors.As(err, &wrong) {
		return wrong.Error(), exitConfig
	}
	var fields policy.FieldErrors
	if errors.As(err, &fields) {
		text := ""
		for _, f := range fields {
			if text != "" {
				text += " "
			}
			if !strings.HasPrefix(f.Field, "<") { // an argument is no flag
				text += "--"
			}
			text += f.Field + ": " + locale.For("en").T(f.Code, f.Args...)
		}
		return text, exitRefused
	}
	if sentence := errs.Sentence(err); sentence != "" {
		return sentence, exitRefused
	}
	return err.Error(), exitFailed
}

// asFlag names the flag that brings a field, or the "<argument>", where the rules have another name for it.
func asFlag(err error, field, flag string) error {
	var fields policy.FieldErrors
	if !errors.As(err, &fields) {
		return err
	}
	for i := range fields {
		if fields[i].Field == field {
			fields[i].Field = flag
		}
	}
	return fields
}

// load reads the settings.
func (sh *shell) load() (*config.Config, error) {
	c, err := config.Load(sh.environ)
	if err != nil {
		return nil, server.BadConfig(err)
	}
	return c, nil
}

// open opens the instance for a command. Close it.
func (sh *shell) open() (*server.Instance, error) {
	c, err := sh.load()
	if err != nil {
		return nil, err
	}
	sh.ctx = logging.New(os.Stderr, c.Log).WithContext(sh.ctx)
	return server.Open(sh.ctx, c)
}

// with runs f on the opened instance.
func (sh *shell) with(f func(*server.Instance) error) error {
	inst, err := sh.open()
	if err != nil {
		return err
	}
	return errors.Join(f(inst), inst.Close())
}
