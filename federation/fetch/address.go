package fetch

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxAddress bounds an address in bytes.
const maxAddress = 2048

// Check reads an address that is about to be asked and refuses what could be understood in two
// ways, or may not be asked whoever it is: it must be spelled as it is written back, with a host in
// lower case and no user, over https (http to test peers only), on port 443 or at least 1024. A
// fragment is cut off. Where the host leads is decided when it is dialled.
func (g Gate) Check(address string) (*url.URL, error) {
	address, _, _ = strings.Cut(address, "#")
	if len(address) > maxAddress {
		return nil, deny(ReasonForm, "?", errors.New("address too long"))
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, deny(ReasonForm, "?", errors.New("not an address"))
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return nil, deny(ReasonScheme, u.Host, nil)
	}
	if u.String() != address || u.User != nil || u.Opaque != "" || strings.Contains(address, `\`) {
		return nil, deny(ReasonForm, u.Host, errors.New("address with more than one spelling"))
	}
	if !hostForm(u.Hostname(), strings.HasPrefix(u.Host, "[")) {
		return nil, deny(ReasonForm, u.Host, errors.New("host with more than one spelling"))
	}
	port, ok := portOf(u)
	switch {
	case !ok:
		return nil, deny(ReasonForm, u.Host, errors.New("port with more than one spelling"))
	case u.Scheme == "http" && !g.plain(u.Hostname(), port):
		return nil, deny(ReasonScheme, u.Host, nil)
	case u.Scheme == "https" && port != 443 && port < 1024:
		return nil, deny(ReasonPort, u.Host, nil)
	case g.OwnHost != "" && u.Host == g.OwnHost:
		return nil, deny(ReasonOwn, u.Host, nil)
	}
	return u, nil
}

// plain reports whether http to host and port can lead to a test peer. For a name that shows only
// when it is dialled.
func (g Gate) plain(host string, port uint16) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return listed(g.TestPeers, netip.AddrPortFrom(a, port))
	}
	for _, p := range g.TestPeers {
		if p.Port == port {
			return true
		}
	}
	return false
}

// portOf returns the port, written or not. A default port that is written is refused.
func portOf(u *url.URL) (uint16, bool) {
	byDefault := map[string]uint16{"https": 443, "http": 80}[u.Scheme]
	text := u.Port()
	if text == "" {
		return byDefault, !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err == nil && n > 0 && uint16(n) != byDefault && strconv.FormatUint(n, 10) == text
}

// hostForm reports whether a host has only this one spelling: a canonical IP address, or a name of
// lower-case ASCII labels that no resolver takes for a number.
func hostForm(host string, bracketed bool) bool {
	if bracketed {
		a, err := netip.ParseAddr(host)
		return err == nil && a.Is6() && !a.Is4In6() && a.Zone() == "" && a.String() == host
	}
	if len(host) == 0 || len(host) > 253 {
		return false
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notHost) {
			return false
		}
		last = label
	}
	// "2130706433", "0x7f.1" and "127.1" are addresses to many: a host whose last label is a number
	// must be four decimal ones.
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		a, err := netip.ParseAddr(host)
		return err == nil && a.Is4() && a.String() == host
	}
	return true
}

func notHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
}
