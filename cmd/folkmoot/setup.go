package main

import (
	"crypto/rand"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/folkmoot/folkmoot/internal/app"
	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/server"
)

type initCmd struct {
	Name   string `required:"" help:"Name of the organisation."`
	Handle string `required:"" help:"Its handle on the fediverse, such as news."`
	Email  string `required:"" help:"Email of the first steward, to sign in with."`
	passwordFlag
	jsonFlag
}

// passwordFlag brings a password.
type passwordFlag struct {
	PasswordFile string `help:"File with the password; without it one is made and printed once." placeholder:"f"`
}

type initResult struct {
	Name         string `json:"name"`
	Handle       string `json:"handle"`
	Organisation string `json:"organisation"` // id of its actor
	Inbox        string `json:"inbox"`
	Steward      string `json:"steward"` // id of the first steward's actor
	SignIn       string `json:"signIn"`
	Password     string `json:"password,omitempty"` // only if it was made here
}

// Run sets up the organisation; a second time it is refused.
func (c initCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		password, made, err := c.password()
		if err != nil {
			return err
		}
		org, err := inst.SetUp(sh.ctx, app.SetUp{Name: c.Name, Handle: c.Handle, Email: c.Email}, password)
		if err != nil {
			return asFlag(asFlag(err, "password", "password-file"), "steward-handle", "handle")
		}
		base := policy.Base(inst.Config.URL)
		_, steward, err := inst.DB.FirstSteward(sh.ctx)
		if err != nil {
			return err
		}
		res := initResult{
			Name: org.Actor.Name, Handle: org.Actor.At(), Organisation: org.Actor.IRI, Inbox: org.Actor.Inbox,
			Steward: steward.IRI, SignIn: string(base) + "/sign-in",
		}
		if made {
			res.Password = password
		}
		return c.print(sh, res, func(w *tabwriter.Writer) {
			line(w, "organisation", res.Name)
			line(w, "handle", res.Handle)
			line(w, "id", res.Organisation)
			line(w, "steward", res.Steward)
			line(w, "sign in at", res.SignIn)
			if made {
				line(w, "password", res.Password+"   (shown only now)")
			}
		})
	})
}

// password reads the password, or makes one.
func (c passwordFlag) password() (password string, made bool, err error) {
	if c.PasswordFile == "" {
		return rand.Text(), true, nil
	}
	b, err := os.ReadFile(c.PasswordFile)
	if err != nil {
		return "", false, errs.Refuse(errs.Invalid, "--password-file: cannot read %s", c.PasswordFile)
	}
	return strings.TrimRight(string(b), "\r\n"), false, nil
}

type accountCmd struct {
	Password accountPasswordCmd `cmd:"" help:"Give somebody who forgot their password another one."`
}

type accountPasswordCmd struct {
	Email string `required:"" help:"Email that they sign in with."`
	passwordFlag
	jsonFlag
}

type accountResult struct {
	Email    string `json:"email"`
	Password string `json:"password,omitempty"` // only if it was made here
}

// Run sets the password; whoever is signed in with the old one is signed out.
func (c accountPasswordCmd) Run(sh *shell) error {
	return sh.with(func(inst *server.Instance) error {
		password, made, err := c.password()
		if err != nil {
			return err
		}
		if err := inst.SetPassword(sh.ctx, c.Email, password); err != nil {
			return asFlag(err, "password", "password-file")
		}
		res := accountResult{Email: c.Email}
		if made {
			res.Password = password
		}
		return c.print(sh, res, func(w *tabwriter.Writer) {
			line(w, "changed for", res.Email)
			if made {
				line(w, "password", res.Password+"   (shown only now)")
			}
		})
	})
}
