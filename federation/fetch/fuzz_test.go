package fetch

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

// FuzzCheck looks for addresses that are let through and could be understood in two ways.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		"https://peer.example/users/alice#main-key", "http://127.0.0.1:19101/", "https://[2606:4700::1]:8443/a?b#c",
		"https://0x7f.1/", "https://a@b/", "https://a\\@b/", "https://a%2eb/", "https://peer.example:443/", "https://①.example/",
	} {
		f.Add(s)
	}
	g := gate(f, "127.0.0.1:19101", "")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := g.Check(s)
		if err != nil {
			if Reason(err) == "" {
				t.Fatalf("%q: no reason in %v", s, err)
			}
			return
		}
		plain, _, _ := strings.Cut(s, "#")
		again, err := url.Parse(plain)
		if err != nil || u.String() != plain || again.Host != u.Host || u.User != nil {
			t.Fatalf("%q became %s", s, u)
		}
		if strings.ContainsFunc(u.Host, func(r rune) bool {
			return r > '~' || r <= ' ' || 'A' <= r && r <= 'Z' || strings.ContainsRune(`\%@/?`, r)
		}) {
			t.Fatalf("%q has the host %q", s, u.Host)
		}
		if a, err := netip.ParseAddr(u.Hostname()); u.Scheme == "http" && err == nil && !a.IsLoopback() {
			t.Fatalf("http to %s", a)
		}
	})
}
