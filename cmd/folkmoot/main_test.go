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

// What is not understood is named in one sentence, with the help that says how to write it.
func TestMisread(t *testing.T) {
	environ := []string{"FOLKMOOT_DATA=" + t.TempDir(), "FOLKMOOT_LOG=error"}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"nonsense"}, `unexpected argument nonsense. See "folkmoot help".`},
		{[]string{"task"}, `expected "list". See "folkmoot help task".`},
		{[]string{"init"}, `See "folkmoot help init".`},
		{[]string{"challenge", "open", "--titel", "T"}, `did you mean "--title"? See "folkmoot help challenge open".`},
		{[]string{"contribution", "list", "x"}, `"x" is not the number of a challenge`},
		{[]string{"log", "check", "0"}, `"0" is not the number of a challenge`},
		{[]string{"init", "--name", "Moot", "--handle", "steward", "--email", "amara@moot.example"}, "--handle: Organisation and steward"},
	} {
		var out, errOut strings.Builder
		code := run(t.Context(), tt.args, environ, &out, &errOut)
		if got := errOut.String(); code != exitRefused || !strings.Contains(got, tt.want) || strings.Count(got, "\n") != 1 {
			t.Errorf("run(%v) = %d and %q, want %d and %q in one line", tt.args, code, got, exitRefused, tt.want)
		}
	}
}

func TestVersion(t *testing.T) {
	for want, args := range map[string][]string{
		"folkmoot " + version + "\n":                 {"version"},
		"{\n  \"version\": \"" + version + "\"\n}\n": {"version", "--json"},
	} {
		var out, errOut strings.Builder
		if code := run(t.Context(), args, nil, &out, &errOut); code != exitOK || out.String() != want {
			t.Errorf("run(%v) = %d and %q, want %q", args, code, out.String()+errOut.String(), want)
		}
	}
}
