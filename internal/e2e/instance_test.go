// Package e2e tests the binary as it ships: started as a process, driven by its commands and over
// HTTP, beside a third-party server and in a real browser.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the path of the built command.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "folkmoot-e2e")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "folkmoot")
	build := exec.Command("go", "build", "-trimpath", "-o", binary, "../../cmd/folkmoot")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the command: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// instance is a running Folkmoot.
type instance struct {
	t    *testing.T
	URL  string
	env  []string
	Link string // one-time set-up link; empty once it is set up
	proc *exec.Cmd
	log  *buffer
	done chan error
}

// options of an instance. The zero value is an instance of its own on SQLite that may reach every
// port of 127.0.0.1.
type options struct {
	Env   []string // beside the usual
	Bare  bool     // not set up
	Log   string   // default "debug,json"
	Peers string   // default 127.0.0.0/8 with the ports that are given to allow
}

// start runs an instance on a free port and stops it with the test.
func start(t *testing.T, o options) *instance {
	t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	i := &instance{t: t, URL: "http://" + listen, log: &buffer{}}
	if o.Log == "" {
		o.Log = "debug,json"
	}
	i.env = append(os.Environ(), "FOLKMOOT_URL="+i.URL, "FOLKMOOT_LISTEN="+listen, "FOLKMOOT_DATA="+filepath.Join(t.TempDir(), "data"), "FOLKMOOT_LOG="+o.Log)
	if o.Peers != "" {
		i.env = append(i.env, "FOLKMOOT_TEST_PEERS="+o.Peers)
	}
	i.env = append(i.env, o.Env...)
	if !o.Bare {
		i.cli("init", "--name", "Housing Voices", "--handle", "news", "--email", "steward@housing.example", "--password-file", passwordFile(t))
	}
	i.serve()
	t.Cleanup(i.stop)
	return i
}

const password = "correct horse battery"

func passwordFile(t *testing.T) string {
	t.Helper()
	f := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(f, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

var setupLine = regexp.MustCompile(`https?://\S+/setup/\S+`)

// serve starts the process and waits until it answers.
func (i *instance) serve() {
	i.t.Helper()
	i.proc = exec.Command(binary, "serve")
	i.proc.Env = i.env
	i.proc.Stdout, i.proc.Stderr = i.log, i.log
	if err := i.proc.Start(); err != nil {
		i.t.Fatal(err)
	}
	i.done = make(chan error, 1)
	go func(p *exec.Cmd, done chan<- error) { done <- p.Wait() }(i.proc, i.done)
	i.wait("the server answers", 30*time.Second, func() bool {
		resp, err := http.Get(i.URL + "/.well-known/nodeinfo")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	i.wait("it says where it is", 10*time.Second, func() bool { return strings.Contains(i.log.String(), "is reached at") })
	i.Link = setupLine.FindString(i.log.String())
}

// stop ends the process with SIGTERM and expects exit 0.
func (i *instance) stop() {
	i.t.Helper()
	if i.proc == nil {
		return
	}
	if err := i.proc.Process.Signal(syscall.SIGTERM); err != nil {
		i.t.Error(err)
	}
	select {
	case err := <-i.done:
		if err != nil {
			i.t.Errorf("serve ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		i.t.Error("serve did not end within 30 s of SIGTERM")
		_ = i.proc.Process.Kill() // it is being reported already
	}
	i.proc = nil
	if i.t.Failed() {
		i.t.Logf("log of %s:\n%s", i.URL, i.log.tail(20_000))
	}
}

// command runs a command and returns exit code and outputs.
func (i *instance) command(args ...string) (code int, out, errOut string) {
	i.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = i.env
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		i.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// cli runs a command that must succeed and returns what it printed.
func (i *instance) cli(args ...string) string {
	i.t.Helper()
	code, out, errOut := i.command(args...)
	if code != 0 {
		i.t.Fatalf("folkmoot %s: exit %d: %s%s", strings.Join(args, " "), code, errOut, i.log.tail(3000))
	}
	return out
}

// cliJSON runs a command with --json and decodes what it printed.
func (i *instance) cliJSON(v any, args ...string) {
	i.t.Helper()
	out := i.cli(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), v); err != nil {
		i.t.Fatalf("folkmoot %s --json: %v in %s", strings.Join(args, " "), err, out)
	}
}

// challenge is what "challenge open" prints.
type challenge struct {
	Number                           int64
	ID, Handle, Inbox, Opening, Page string
}

// open opens a challenge with what it must have, and more flags.
func (i *instance) open(handle string, more ...string) challenge {
	i.t.Helper()
	var c challenge
	i.cliJSON(&c, append([]string{
		"challenge", "open", "--handle", handle, "--title", "Reporting damp and mould",
		"--question", "What would make it safer to report damp and mould in a rented home?",
		"--respond-by", time.Now().AddDate(0, 2, 0).Format(time.DateOnly),
	}, more...)...)
	return c
}

// answer is a line of "contribution list".
type answer struct {
	Number                                                                   int64
	Code, ID, Author, AuthorID, Visibility, Moderation, Handling, Text, HTML string
	Likes, Shares                                                            int64
}

// answers lists the answers to a challenge.
func (i *instance) answers(number int64, all bool) []answer {
	i.t.Helper()
	args := []string{"contribution", "list", fmt.Sprint(number)}
	if all {
		args = append(args, "--all")
	}
	var list []answer
	i.cliJSON(&list, args...)
	return list
}

// get fetches an address and returns status, header and body.
func get(t *testing.T, url, accept string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

const (
	asJSON = "application/activity+json"
	asHTML = "text/html"
)

// document fetches an ActivityPub document.
func document(t *testing.T, url string) map[string]any {
	t.Helper()
	code, header, body := get(t, url, asJSON)
	if code != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), asJSON) {
		t.Fatalf("GET %s = %d %s: %.300s", url, code, header.Get("Content-Type"), body)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
	return doc
}

// wait waits until ok, or fails the test.
func (i *instance) wait(what string, limit time.Duration, ok func() bool) {
	i.t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	i.t.Fatalf("waited %v in vain until %s\n%s", limit, what, i.log.tail(8000))
}

// idle waits until nothing is queued.
func (i *instance) idle() {
	i.t.Helper()
	i.wait("nothing is queued", 30*time.Second, func() bool {
		var lines []struct{ Queued int64 }
		i.cliJSON(&lines, "task", "list")
		for _, l := range lines {
			if l.Queued > 0 {
				return false
			}
		}
		return true
	})
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String returns all of it.
func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *buffer) tail(n int) string {
	s := b.String()
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

// missing skips a test for want of something, or fails it where nothing may be skipped.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: run make deps", what)
	}
	t.Skipf("%s is missing: run make deps", what)
}
