package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func textFile(t *testing.T, text string) string {
	t.Helper()
	f := filepath.Join(t.TempDir(), "text.md")
	if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// Every refusal of a command is one sentence that names what was wrong, with exit 2, or 78 for a
// setting.
func TestRefusals(t *testing.T) {
	i := start(t, options{})
	i.open("damp")
	tests := []struct {
		name string
		env  string
		args []string
		code int
		want string
	}{
		{"no such command", "", []string{"frobnicate"}, 2, "frobnicate"},
		{"second init", "", []string{"init", "--name", "x", "--handle", "x", "--email", "x@x.example"}, 2, "set up"},
		{"short password", "", []string{"account", "password", "--email", "steward@housing.example", "--password-file", textFile(t, "short")}, 2, "--password-file"},
		{"nobody", "", []string{"account", "password", "--email", "nobody@housing.example"}, 2, "nobody@housing.example"},
		{"no title", "", []string{"challenge", "open", "--handle", "b", "--question", "Q?", "--respond-by", "2090-01-01"}, 2, "--title"},
		{"bad date", "", []string{"challenge", "open", "--handle", "b", "--title", "T", "--question", "Q?", "--respond-by", "soon"}, 2, "--respond-by"},
		{"past date", "", []string{"challenge", "open", "--handle", "b", "--title", "T", "--question", "Q?", "--respond-by", "2020-01-01"}, 2, "--respond-by"},
		{"bad handle", "", []string{"challenge", "open", "--handle", "B d!", "--title", "T", "--question", "Q?", "--respond-by", "2090-01-01"}, 2, "--handle"},
		{"taken handle", "", []string{"challenge", "open", "--handle", "damp", "--title", "T", "--question", "Q?", "--respond-by", "2090-01-01"}, 2, "damp"},
		{"no such file", "", []string{"challenge", "open", "--handle", "b", "--title", "T", "--question", "Q?", "--respond-by", "2090-01-01", "--background-file", "/nowhere"}, 2, "/nowhere"},
		{"no such challenge", "", []string{"contribution", "list", "99"}, 2, "99"},
		{"no such answer", "", []string{"contribution", "read", "1/99"}, 2, "1/99"},
		{"no address", "", []string{"contribution", "read", "99"}, 2, "12/61"},
		{"proposal without text", "", []string{"proposal", "publish", "1", "--title", "T", "--summary", "S"}, 2, "--file"},
		{"block nothing", "", []string{"host", "block", "not a host", "--reason", "r"}, 2, "<host>: “not a host”"},
		{"block without reason", "", []string{"host", "block", "bad.example"}, 2, "reason"},
		{"unblock the free", "", []string{"host", "unblock", "good.example"}, 2, "good.example"},
		{"misspelt setting", "FOLKMOOT_LISTN=1", []string{"config"}, 78, "FOLKMOOT_LISTEN"},
		{"other address", "FOLKMOOT_URL=http://localhost:1", []string{"challenge", "list"}, 78, "never change"},
		{"test peer in public", "FOLKMOOT_TEST_PEERS=192.0.2.1:80", []string{"serve"}, 78, "192.0.2.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := *i
			j.t = t
			if tt.env != "" {
				j.env = append(append([]string{}, i.env...), tt.env)
			}
			code, _, errOut := j.command(tt.args...)
			if code != tt.code || !strings.Contains(errOut, tt.want) {
				t.Errorf("exit %d: %s, want exit %d and %q", code, errOut, tt.code, tt.want)
			}
			if n := strings.Count(strings.TrimSpace(errOut), "\n"); n > 0 {
				t.Errorf("%d lines, want one sentence: %s", n+1, errOut)
			}
		})
	}
}

// The commands work beside the running server, print JSON, and say what they did.
func TestCommands(t *testing.T) {
	i := start(t, options{})
	if out := i.cli("version"); !strings.HasPrefix(out, "folkmoot ") {
		t.Errorf("version prints %q", out)
	}
	if out := i.cli("help"); !strings.Contains(out, "challenge open") {
		t.Errorf("help prints %q", out)
	}
	var settings []struct{ Name, Value, Default, Meaning string }
	i.cliJSON(&settings, "config")
	if len(settings) < 8 || settings[0].Name != "FOLKMOOT_URL" || settings[0].Value != i.URL || settings[0].Meaning == "" {
		t.Errorf("config prints %+v", settings)
	}
	c := i.open("damp", "--tag", "Housing", "--tag", "#Damp", "--lang", "cy", "--hold")
	if c.Number != 1 || c.ID != i.URL+"/c/1" || c.Opening != i.URL+"/c/1/opening" || c.Inbox != i.URL+"/c/1/inbox" || !strings.HasPrefix(c.Handle, "@damp@") {
		t.Errorf("challenge open prints %+v", c)
	}
	draft := i.open("secret", "--draft")
	if code, _, _ := get(t, draft.Page, asHTML); code != 404 {
		t.Errorf("a draft is answered %d", code)
	}
	if code, _, _ := get(t, draft.Opening, asJSON); code != 404 {
		t.Errorf("a draft's opening is answered %d", code)
	}
	var list []challenge
	i.cliJSON(&list, "challenge", "list")
	if len(list) != 2 {
		t.Errorf("challenge list prints %+v", list)
	}
	i.cli("host", "block", "bad.example", "--reason", "spam")
	var log struct {
		Entries int
		Head    string
	}
	i.wait("the log is chained", 5*time.Second, func() bool {
		i.cliJSON(&log, "log", "check", "1")
		return log.Entries == 1 && len(log.Head) == 64
	})
	var hosts []struct{ Host, Reason string }
	i.cliJSON(&hosts, "host", "list")
	if len(hosts) != 1 || hosts[0].Host != "bad.example" || hosts[0].Reason != "spam" {
		t.Errorf("host list prints %+v", hosts)
	}
	i.cli("host", "unblock", "bad.example")
	i.cliJSON(&hosts, "host", "list")
	if len(hosts) != 0 {
		t.Errorf("host list prints %+v", hosts)
	}
}
