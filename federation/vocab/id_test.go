package vocab_test

import (
	"testing"

	"github.com/folkmoot/folkmoot/federation/vocab"
)

func TestParseID(t *testing.T) {
	for _, s := range []string{
		"https://a.example", "https://a.example/", "https://a.example/users/ana", "https://a.example/@ana",
		"https://a.example/users/ana#main-key", "https://a.example/?author=1", "https://pfefferle.org?c=148",
		"http://127.0.0.1:8080/c/12", "https://[2001:db8::1]/x", "https://a.example:8443/x",
		"https://xn--mnchen-3ya.example/x", "https://a.example/a%20b", "https://a.example/p/%C3%84",
		"https://a.example/!group/~x", "https://a_b.example/x",
	} {
		if id, err := vocab.ParseID(s); err != nil || string(id) != s {
			t.Errorf("ParseID(%s) = %s, %v", s, id, err)
		}
	}
	for _, s := range []string{
		"", "a", "/users/ana", "//a.example/x", "as:Public", "acct:ana@a.example", "did:key:z6Mk", "javascript:alert(1)",
		"ftp://a.example/x", "file:///etc/passwd", "https:", "https://", "https:///x", "https:a.example",
		"HTTPS://a.example/x", "https://A.example/x", "https://münchen.example/x", "https://a.example:443/x",
		"http://a.example:80/x", "https://a.example:/x", "https://ana@a.example/x", "https://ana:b@a.example/x",
		"https://a.example\\@b.example/x", "https://a%2eexample/x", "https://a.example/ä", "https://a.example/a b",
		" https://a.example/x", "https://a.example/x\n", "https://a.example/x#a#b", "https://a.example/x#",
		"https://a.example/\"x", "https://a.example/<x>", "https://a.example/x?q=\"", "https://a.example/%zz",
		"https://.a.example/x", "https://:80/x", "https://[::1/x", "https://a.example,b.example/x",
		"https://a.example./x", "https://a.example.:8443/x", "https://a.example:0443/x", "http://127.0.0.1:08080/x",
	} {
		if id, err := vocab.ParseID(s); err == nil || id != "" {
			t.Errorf("ParseID(%q) = %q, want an error", s, id)
		}
	}
}

func TestOrigin(t *testing.T) {
	for _, tt := range []struct{ in, origin, host string }{
		{"https://a.example/x#y", "https://a.example:443", "a.example"},
		{"http://A.Example/x", "http://a.example:80", "a.example"},
		{"https://a.example:443/", "https://a.example:443", "a.example:443"},
		{"http://127.0.0.1:8080/c/12", "http://127.0.0.1:8080", "127.0.0.1:8080"},
		{"https://[::1]/x", "https://[::1]:443", "[::1]"},
		{"https://a.example:/", "https://a.example:443", "a.example"},
		{"", "", ""}, {"as:Public", "", ""}, {"mailto:a@b.example", "", ""}, {"/x", "", ""}, {"https://", "", ""},
		{"https://a b/", "", ""},
	} {
		if got := vocab.Origin(tt.in); got != tt.origin {
			t.Errorf("Origin(%s) = %s, want %s", tt.in, got, tt.origin)
		}
		if got := vocab.Host(tt.in); got != tt.host {
			t.Errorf("Host(%s) = %s, want %s", tt.in, got, tt.host)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"https://a.example/1", "https://a.example/2#x", true},
		{"https://a.example/1", "https://a.example:443/2", true},
		{"https://a.example/1", "http://a.example/1", false},
		{"https://a.example/1", "https://a.example:8443/1", false},
		{"https://a.example/1", "https://b.a.example/1", false},
		{"", "", false}, {"as:Public", "as:Public", false},
	} {
		if got := vocab.SameOrigin(tt.a, tt.b); got != tt.want {
			t.Errorf("SameOrigin(%s, %s) = %t, want %t", tt.a, tt.b, got, tt.want)
		}
	}
}
