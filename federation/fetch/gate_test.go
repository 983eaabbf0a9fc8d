package fetch

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// gate returns a gate with the given test peers and private networks.
func gate(t testing.TB, testPeers, allowPrivate string) Gate {
	t.Helper()
	g, err := ParseGate(testPeers, allowPrivate)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestControl(t *testing.T) {
	g := gate(t, "127.0.0.1:19101, 127.0.3.0/24:19102, [::1]:19103", "10.2.0.0/16:443, [fd00:2::]/32:8443")
	g.Own = []netip.AddrPort{netip.MustParseAddrPort("127.0.3.9:19102"), netip.MustParseAddrPort("203.0.114.7:443")}
	tests := map[string]struct{ secure, plain bool }{
		"8.8.8.8:443":          {true, false},
		"8.8.8.8:80":           {true, false}, // the port is checked in the address
		"203.0.114.8:443":      {true, false},
		"[2606:4700::1]:443":   {true, false},
		"127.0.0.1:19101":      {true, true},
		"127.0.3.200:19102":    {true, true},
		"[::1]:19103":          {true, true},
		"[::ffff:127.0.0.1]:1": {false, false},

		"[::ffff:127.0.0.1]:19101": {true, true}, // the same address
		"10.2.3.4:443":             {true, false},
		"[fd00:2::1]:8443":         {true, false},

		"203.0.114.7:443":         {false, false}, // ourselves
		"127.0.3.9:19102":         {false, false}, // ourselves, though a test peer
		"127.0.0.1:19102":         {false, false}, // other port of a peer
		"127.0.0.2:19101":         {false, false}, // other address
		"127.0.4.1:19102":         {false, false},
		"10.2.3.4:80":             {false, false},
		"10.3.0.1:443":            {false, false},
		"0.0.0.0:443":             {false, false},
		"10.0.0.1:443":            {false, false},
		"100.64.0.1:443":          {false, false},
		"127.0.0.1:443":           {false, false},
		"169.254.169.254:443":     {false, false},
		"172.16.0.1:443":          {false, false},
		"172.31.255.255:443":      {false, false},
		"192.0.0.1:443":           {false, false},
		"192.0.2.1:443":           {false, false},
		"192.31.196.1:443":        {false, false},
		"192.52.193.1:443":        {false, false},
		"192.88.99.1:443":         {false, false},
		"192.168.1.1:443":         {false, false},
		"192.175.48.1:443":        {false, false},
		"198.18.0.1:443":          {false, false},
		"198.19.255.255:443":      {false, false},
		"198.51.100.1:443":        {false, false},
		"203.0.113.1:443":         {false, false},
		"224.0.0.1:443":           {false, false},
		"240.0.0.1:443":           {false, false},
		"255.255.255.255:443":     {false, false},
		"[::]:443":                {false, false},
		"[::1]:443":               {false, false},
		"[::ffff:10.0.0.1]:443":   {false, false},
		"[::127.0.0.1]:443":       {false, false}, // IPv4-compatible
		"[64:ff9b::7f00:1]:443":   {false, false}, // NAT64
		"[64:ff9b:1::1]:443":      {false, false},
		"[100::1]:443":            {false, false},
		"[2001::1]:443":           {false, false}, // Teredo
		"[2001:db8::1]:443":       {false, false},
		"[2002:7f00:1::]:443":     {false, false}, // 6to4
		"[2620:4f:8000::1]:443":   {false, false},
		"[3fff::1]:443":           {false, false},
		"[4000::1]:443":           {false, false},
		"[fc00::1]:443":           {false, false},
		"[fe80::1]:443":           {false, false},
		"[fe80::1%eth0]:443":      {false, false},
		"[2606:4700::1%eth0]:443": {false, false}, // zones
		"[ff02::1]:443":           {false, false},
		"localhost:443":           {false, false}, // not resolved
		"":                        {false, false},
	}
	for address, want := range tests {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		if err := g.Control(network, address, nil); (err == nil) != want.secure {
			t.Errorf("Control(%s) = %v, want allowed: %v", address, err, want.secure)
		} else if err != nil && !errors.Is(err, ErrDenied) {
			t.Errorf("Control(%s) = %v, want ErrDenied", address, err)
		}
		if err := g.controlPlain(network, address, nil); (err == nil) != want.plain {
			t.Errorf("controlPlain(%s) = %v, want allowed: %v", address, err, want.plain)
		}
	}
	for _, network := range []string{"udp4", "unix", "tcp", ""} {
		if g.Control(network, "8.8.8.8:443", nil) == nil {
			t.Errorf("Control over %q is allowed", network)
		}
	}
	// A gate that was not made by ParseGate lets nobody to loopback or link-local either.
	all := Gate{AllowPrivate: []Peer{{netip.MustParsePrefix("0.0.0.0/0"), 443}, {netip.MustParsePrefix("::/0"), 443}}}
	for _, address := range []string{"127.0.0.1:443", "169.254.169.254:443", "[::1]:443", "[fe80::1]:443", "0.0.0.0:443"} {
		if all.Control("tcp4", address, nil) == nil {
			t.Errorf("AllowPrivate lets through %s", address)
		}
	}
}

func TestCheck(t *testing.T) {
	g := gate(t, "127.0.0.1:19101,127.0.0.2:80,[::1]:19103", "10.2.0.0/16:443")
	g.OwnHost = "moot.example"
	for address, want := range map[string]string{ // reason, or empty for allowed
		"https://peer.example/users/alice":           "",
		"https://peer.example":                       "",
		"https://peer.example?author=1":              "",
		"https://peer.example/a#main-key":            "",
		"https://peer.example:8443/a":                "",
		"https://xn--bcher-kva.example/%C3%A9":       "",
		"https://93.184.216.34/a":                    "",
		"https://[2606:4700::1]/a":                   "",
		"https://127.0.0.1:19101/a":                  "",
		"https://a_b.example/":                       "",
		"http://127.0.0.1:19101/a":                   "",
		"http://127.0.0.2/a":                         "",
		"http://[::1]:19103/a":                       "",
		"http://peer.test:19101/a":                   "", // may lead to a test peer: the dial decides
		"https://moot.example/c/12":                  ReasonOwn,
		"http://peer.example/a":                      "", // port 80 of a name, as above
		"http://peer.test:19104/a":                   ReasonScheme,
		"http://127.0.0.1:19102/a":                   ReasonScheme,
		"http://127.0.0.3:19101/a":                   ReasonScheme,
		"http://127.0.0.1/a":                         ReasonScheme,
		"http://10.2.0.1:443/a":                      ReasonScheme,
		"http://8.8.8.8:19101/a":                     ReasonScheme,
		"https://peer.example:22/a":                  ReasonPort,
		"https://peer.example:80/a":                  ReasonPort,
		"https://peer.example:443/a":                 ReasonForm,
		"https://peer.example:08443/a":               ReasonForm,
		"https://peer.example:0/a":                   ReasonForm,
		"https://peer.example:65536/a":               ReasonForm,
		"https://peer.example:/a":                    ReasonForm,
		"https://user@peer.example/a":                ReasonForm,
		"https://peer.example@127.0.0.1:19101/a":     ReasonForm,
		"https://user:pw@peer.example/a":             ReasonForm,
		"https://@peer.example/a":                    ReasonForm,
		"https://PEER.example/a":                     ReasonForm,
		"https://peer.example./a":                    ReasonForm,
		"https://peer..example/a":                    ReasonForm,
		"https://.example/a":                         ReasonForm,
		"https://bücher.example/a":                   ReasonForm,
		"https://peer.example/é":                     ReasonForm,
		"https://peer%2eexample/a":                   ReasonForm,
		"https://peer.example/a b":                   ReasonForm,
		"https://peer.example\\@evil.example/a":      ReasonForm,
		"https://peer.example/\\evil":                ReasonForm,
		"https:\\\\peer.example/a":                   ReasonForm,
		"https:/peer.example/a":                      ReasonForm,
		"https:peer.example/a":                       ReasonForm,
		"https://peer.example/a\n":                   ReasonForm,
		" https://peer.example/a":                    ReasonForm,
		"https://peer example/a":                     ReasonForm,
		"https://":                                   ReasonForm,
		"https://2130706433/":                        ReasonForm, // 127.0.0.1 in one number
		"https://0177.0.0.1/":                        ReasonForm, // octal
		"https://0x7f.0.0.1/":                        ReasonForm,
		"https://0x7f000001/":                        ReasonForm,
		"https://127.1/":                             ReasonForm,
		"https://127.0.0.1.:19101/":                  ReasonForm,
		"https://127.0.0.01/":                        ReasonForm,
		"https://1.2.3.4.5/":                         ReasonForm,
		"https://a.0x1/":                             ReasonForm,
		"https://①②⑦.⓪.⓪.①/":                         ReasonForm,
		"https://127。0。0。1/":                         ReasonForm,
		"https://[::ffff:127.0.0.1]:19101/":          ReasonForm,
		"https://[::ffff:7f00:1]/":                   ReasonForm,
		"https://[0:0:0:0:0:0:0:1]/":                 ReasonForm,
		"https://[2606:4700:0::1]/":                  ReasonForm,
		"https://[FE80::1]/":                         ReasonForm,
		"https://[fe80::1%25eth0]/":                  ReasonForm,
		"https://[2606:4700::1/":                     ReasonForm,
		"HTTPS://peer.example/":                      ReasonForm,
		"https://peer.example/" + long(2048):         ReasonForm,
		"https://" + long(64) + ".example/":          ReasonForm,
		"https://" + strings.Repeat("a.", 130) + "b": ReasonForm,
		"":                                  ReasonScheme,
		"//peer.example/a":                  ReasonScheme,
		"/a":                                ReasonScheme,
		"peer.example/a":                    ReasonScheme,
		"file:///etc/passwd":                ReasonScheme,
		"gopher://127.0.0.1:19101/":         ReasonScheme,
		"ftp://peer.example/":               ReasonScheme,
		"data:application/activity+json,{}": ReasonScheme,
		"unix:///run/x.sock":                ReasonScheme,
		"dict://127.0.0.1:11211/":           ReasonScheme,
		"javascript:alert(1)":               ReasonScheme,
		"acct:alice@peer.example":           ReasonScheme,
		"jar:http://peer.example!/":         ReasonScheme,
	} {
		u, err := g.Check(address)
		if got := Reason(err); got != want || (err == nil) != (want == "") {
			t.Errorf("Check(%q) = %v, want %q", address, err, want)
		}
		if err == nil && strings.Contains(u.String(), "#") {
			t.Errorf("Check(%q) = %s", address, u)
		}
	}
}

func long(n int) string { return strings.Repeat("a", n) }

func TestParseGate(t *testing.T) {
	g := gate(t, " 127.0.0.1:19101 ,, 127.9.0.0/16:80,[::1]:1,[::1/128]:2", "10.2.0.0/16:443,192.168.7.7:8443,[fd00::]/8:443")
	if len(g.TestPeers) != 4 || len(g.AllowPrivate) != 3 {
		t.Errorf("gate = %+v", g)
	}
	for i, want := range []string{"127.0.0.1:19101", "127.9.0.0/16:80", "[::1]:1", "[::1]:2"} {
		if got := g.TestPeers[i].String(); got != want {
			t.Errorf("peer %d = %s, want %s", i, got, want)
		}
	}
	if got := g.AllowPrivate[2].String(); got != "[fd00::/8]:443" {
		t.Errorf("network = %s", got)
	}
	if g := gate(t, "", ""); len(g.TestPeers)+len(g.AllowPrivate) != 0 {
		t.Errorf("empty gate = %+v", g)
	}
	for _, tt := range []struct{ peers, private, want string }{
		{"127.0.0.1", "", "127.0.0.1:8081"},
		{"localhost:80", "", "form"},
		{"127.0.0.1:", "", "form"},
		{"127.0.0.1:0", "", "form"},
		{"127.0.0.1:99999", "", "form"},
		{"::1:80", "", "form"},
		{"http://127.0.0.1:80", "", "form"},
		{"127.0.0.1/33:80", "", "form"},
		{"[fe80::1%eth0]:80", "", "form"},
		{"10.0.0.1:80", "", "loopback"},
		{"0.0.0.0/0:80", "", "loopback"},
		{"126.0.0.0/7:80", "", "loopback"},
		{"127.0.0.0/7:80", "", "loopback"},
		{"[::]/0:80", "", "loopback"},
		{"[::1/64]:80", "", "loopback"},
		{"8.8.8.8:443", "", "loopback"},
		{"", "10.0.0.0/8", "10.2.0.0/16:443"},
		{"", "0.0.0.0/0:443", "not one"},
		{"", "127.0.0.1:443", "not one"},
		{"", "169.254.0.0/16:443", "not one"},
		{"", "[fe80::]/10:443", "not one"},
		{"", "8.8.8.0/24:443", "not one"},
		{"", "10.0.0.0/7:443", "not one"},
		{"", "[::ffff:10.0.0.1]:443x", "form"},
	} {
		_, err := ParseGate(tt.peers, tt.private)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseGate(%q, %q) = %v, want %q", tt.peers, tt.private, err, tt.want)
		}
	}
}

func TestListeners(t *testing.T) {
	one, err := Listeners(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080})
	if err != nil || len(one) != 1 || one[0] != netip.MustParseAddrPort("127.0.0.1:8080") {
		t.Errorf("Listeners = %v, %v", one, err)
	}
	all, err := Listeners(&net.TCPAddr{IP: net.IPv6unspecified, Port: 8080})
	if err != nil {
		t.Fatal(err)
	}
	g := gate(t, "127.0.0.0/8:8080", "")
	g.Own = all
	if g.Control("tcp4", "127.0.0.1:8080", nil) == nil {
		t.Errorf("we may dial ourselves: %v", all)
	}
	if g.Control("tcp4", "127.0.0.1:8081", nil) == nil {
		t.Error("other port allowed")
	}
	if _, err := Listeners(&net.UnixAddr{Name: "/run/x"}); err == nil {
		t.Error("a socket file has addresses")
	}
}
