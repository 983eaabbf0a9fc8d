package main

import (
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	tests := []struct {
		args []string
		code int
		want string // is in what is printed
	}{
		{nil, exitOK, "challenge open"},
		{[]string{"help"}, exitOK, "challenge open"},
		{[]string{"help", "challenge"}, exitOK, "List challenges"},
		{[]string{"help", "challenge", "open"}, exitOK, "--respond-by"},
		{[]string{"help", "nonsense"}, exitRefused, "nonsense"},
	}
	for _, tt := range tests {
		var out, errOut strings.Builder
		code := run(t.Context(), tt.args, nil, &out, &errOut)
		if got := out.String() + errOut.String(); code != tt.code || !strings.Contains(got, tt.want) {
			t.Errorf("run(%v) = %d and %q, want %d and %q in it", tt.args, code, got, tt.code, tt.want)
		}
		if code != exitOK && strings.Count(errOut.String(), "\n") != 1 {
			t.Errorf("run(%v) says %q, want one sentence", tt.args, errOut.String())
		}
	}
}

// A server is named as "host list" names it, however it was typed.
func TestHost(t *testing.T) {
	environ := []string{"FOLKMOOT_DATA=" + t.TempDir(), "FOLKMOOT_LOG=error"}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"init", "--name", "Moot", "--handle", "news", "--email", "amara@moot.example"}, "@news@"},
		{[]string{"host", "block", "SPAM.example.", "--reason", "adverts", "--json"}, `"host": "spam.example"`},
		{[]string{"host", "list", "--json"}, `"host": "spam.example"`},
		{[]string{"host", "unblock", "Spam.example", "--json"}, `"host": "spam.example"`},
	} {
		var out, errOut strings.Builder
		if code := run(t.Context(), tt.args, environ, &out, &errOut); code != exitOK || !strings.Contains(out.String(), tt.want) {
			t.Errorf("run(%v) = %d and %q%q, want %q in it", tt.args, code, out.String(), errOut.String(), tt.want)
		}
	}
}
