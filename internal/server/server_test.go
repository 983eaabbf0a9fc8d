package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/internal/config"
)

func load(t *testing.T, environ ...string) *config.Config {
	t.Helper()
	c, err := config.Load(environ)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T, environ ...string) *Instance {
	t.Helper()
	i, err := Open(t.Context(), load(t, environ...))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// A second server on the same port is told what to do, and the set-up link of the first still works.
func TestPortInUse(t *testing.T) {
	data := "FOLKMOOT_DATA=" + t.TempDir()
	first := open(t, data, "FOLKMOOT_LISTEN=127.0.0.1:0")
	ctx, stop := context.WithCancel(t.Context())
	type start struct{ address, setup string }
	started, ended := make(chan start, 1), make(chan error, 1)
	go func() {
		ended <- first.Serve(ctx, "test", func(address, setup string) { started <- start{address, setup} })
	}()
	s := <-started
	defer func() {
		stop()
		if err := errors.Join(<-ended, first.Close()); err != nil {
			t.Error(err)
		}
	}()

	second := open(t, data, "FOLKMOOT_LISTEN="+s.address)
	defer second.Close()
	err := second.Serve(t.Context(), "test", func(string, string) { t.Error("it started") })
	var wrong *ConfigError
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "FOLKMOOT_LISTEN=127.0.0.1:8081 and FOLKMOOT_URL=http://localhost:8081") {
		t.Errorf("Serve = %v, want what to set", err)
	}
	_, path, _ := strings.Cut(s.setup, "/setup/")
	resp, err := http.Get("http://" + s.address + "/setup/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the link of the first is answered %d", resp.StatusCode)
	}
}

// A database that cannot be used is named in one sentence without its password.
func TestUnusableDatabase(t *testing.T) {
	for _, tt := range []struct {
		address string
		config  bool // the operator has to mend it
	}{
		{"postgres://moot:s3cret@127.0.0.1:1/moot", false},
		{"postgres://moot:s3cret@127.0.0.1:1/moot?sslmode=nonsense", true},
	} {
		_, err := Open(t.Context(), load(t, "FOLKMOOT_DATABASE="+tt.address))
		var wrong *ConfigError
		if err == nil || errors.As(err, &wrong) != tt.config {
			t.Fatalf("Open(%s) = %v, a wrong setting: want %v", tt.address, err, tt.config)
		}
		if s := err.Error(); strings.Contains(s, "s3cret") || strings.Contains(s, "\n") || !strings.HasPrefix(s, "FOLKMOOT_DATABASE=postgres://moot:") {
			t.Errorf("Open(%s) = %q", tt.address, s)
		}
	}
}
