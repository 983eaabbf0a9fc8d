package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// peer is a running third-party server, see node/peer.mjs.
type peer struct {
	t    *testing.T
	Base string
}

// startPeer runs the third-party server; env is added to its environment.
func startPeer(t *testing.T, env ...string) *peer {
	t.Helper()
	if _, err := os.Stat("node/node_modules/@fedify/fedify"); err != nil {
		missing(t, "the third-party peer")
	}
	cmd := exec.Command("node", "peer.mjs")
	cmd.Dir = "node"
	cmd.Env = append(os.Environ(), env...)
	var errors buffer
	cmd.Stderr = &errors
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("errors of the peer: %s", errors.tail(5000))
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	base, ok := strings.CutPrefix(strings.TrimSpace(line), "READY ")
	if err != nil || !ok {
		t.Fatalf("the peer said %q (%v): %s", line, err, errors.String())
	}
	return &peer{t, base}
}

// addr is the ip:port to list in FOLKMOOT_TEST_PEERS.
func (p *peer) addr() string {
	u, err := url.Parse(p.Base)
	if err != nil {
		p.t.Fatal(err)
	}
	return u.Host
}

// o are the fields of a verb.
type o map[string]any

// do carries out a verb and decodes what it answers into v, which may be nil.
func (p *peer) do(verb string, fields o, v any) {
	p.t.Helper()
	if err := p.try(verb, fields, v); err != "" {
		p.t.Fatalf("peer: %s %v: %s", verb, fields, err)
	}
}

func (p *peer) try(verb string, fields o, v any) (failure string) {
	p.t.Helper()
	body, err := json.Marshal(fields)
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := http.Post(p.Base+"/_test/"+verb, "application/json", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		return string(text)
	}
	if v != nil {
		if err := json.Unmarshal(text, v); err != nil {
			p.t.Fatalf("peer: %s: %v in %s", verb, err, text)
		}
	}
	return ""
}

// sent is what a verb that sends answers.
type sent struct{ Activity, Object string }

// received is an entry of the peer's log.
type received struct {
	Path, Reply, Raw string
	Status           int
	Body             map[string]any
}

func (p *peer) log() []received {
	p.t.Helper()
	var list []received
	p.do("log", o{}, &list)
	return list
}

// got returns the received activities of a type, each of which the peer must have accepted.
func (p *peer) got(typ string) []received {
	p.t.Helper()
	var list []received
	for _, r := range p.log() {
		if r.Body["type"] == typ {
			if r.Status >= 300 {
				p.t.Fatalf("the peer refused %s with %d: %s\n%s", typ, r.Status, r.Reply, r.Raw)
			}
			list = append(list, r)
		}
	}
	return list
}

// waitFor waits until n activities of a type arrived, and returns them.
func (p *peer) waitFor(typ string, n int) []received {
	p.t.Helper()
	var list []received
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if list = p.got(typ); len(list) >= n {
			return list
		}
	}
	p.t.Fatalf("got %d %s, want %d", len(list), typ, n)
	return nil
}

func (p *peer) user(name string) string { return p.Base + "/users/" + name }
