package fetch

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// Gate says which addresses may be dialled: public unicast ones, and what is listed here.
type Gate struct {
	TestPeers    []Peer           // loopback only; may be spoken to over http
	AllowPrivate []Peer           // intranet; https only
	Own          []netip.AddrPort // our own listeners: never dialled, see [Listeners]
	OwnHost      string           // host of our public address, with its port unless that is the default: never asked
}

// Peer is a range of addresses with one port.
type Peer struct {
	Prefix netip.Prefix
	Port   uint16
}

// String writes p as [ParseGate] reads it, a single address without its length.
func (p Peer) String() string {
	host := p.Prefix.String()
	if p.Prefix.IsSingleIP() {
		host = p.Prefix.Addr().String()
	}
	if p.Prefix.Addr().Is6() {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(int(p.Port))
}

// What is not public unicast: the special-purpose registries of IANA, as of November 2026. Of IPv6
// only 2000::/3 is given out at all.
var (
	special4 = prefixes(`0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
		192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16
		192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`)
	global6  = netip.MustParsePrefix("2000::/3")
	special6 = prefixes(`2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20`)

	// What an intranet can be made of (RFC 1918, RFC 6598, RFC 4193).
	private = prefixes(`10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7`)
)

// Control lets through what may be dialled for https. It is made for [net.Dialer], which calls it
// with the very address that it is about to connect to: after resolving, at each redirection, for
// each address of a host.
func (g Gate) Control(network, address string, _ syscall.RawConn) error {
	ap, err := g.foreign(network, address)
	if err != nil {
		return err
	}
	if listed(g.TestPeers, ap) || publicUnicast(ap.Addr()) {
		return nil
	}
	if listed(g.AllowPrivate, ap) && within(private, ap.Addr()) {
		return nil
	}
	return deny(ReasonAddr, address, nil)
}

// controlPlain is Control for http: test peers only.
func (g Gate) controlPlain(network, address string, _ syscall.RawConn) error {
	ap, err := g.foreign(network, address)
	if err != nil {
		return err
	}
	if !listed(g.TestPeers, ap) {
		return deny(ReasonAddr, address, nil)
	}
	return nil
}

// foreign reads an address that is about to be dialled; IPv4 in IPv6 is IPv4. Refused are zones,
// other networks than TCP, and ourselves.
func (g Gate) foreign(network, address string) (netip.AddrPort, error) {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || ap.Addr().Zone() != "" || network != "tcp4" && network != "tcp6" {
		return ap, deny(ReasonAddr, address, nil)
	}
	ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	for _, own := range g.Own {
		if ap == own {
			return ap, deny(ReasonOwn, address, nil)
		}
	}
	return ap, nil
}

// publicUnicast reports whether a is an address of the public internet.
func publicUnicast(a netip.Addr) bool {
	if a.Is4() {
		return !within(special4, a)
	}
	return global6.Contains(a) && !within(special6, a)
}

// listed reports whether address and port of ap are those of a peer.
func listed(peers []Peer, ap netip.AddrPort) bool {
	for _, p := range peers {
		if p.Port == ap.Port() && p.Prefix.Contains(ap.Addr()) {
			return true
		}
	}
	return false
}

// within reports whether a lies in one of the ranges.
func within(ranges []netip.Prefix, a netip.Addr) bool {
	for _, p := range ranges {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// prefixes reads ranges separated by white space.
func prefixes(list string) []netip.Prefix {
	var all []netip.Prefix
	for s := range strings.FieldsSeq(list) {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

// ParseGate reads two lists of peers, each "ip:port" or "range:port", separated by commas, IPv6 in
// brackets: those that tests may reach on loopback, also over http, and those of an intranet, over
// https only. Empty lists are the rule. An error is a sentence for the operator that says what to
// write instead.
func ParseGate(testPeers, allowPrivate string) (Gate, error) {
	var g Gate
	for _, s := range split(testPeers) {
		p, ok := parsePeer(s)
		if !ok {
			return Gate{}, fmt.Errorf("test peer %q has not the form ip:port or range:port: write for example 127.0.0.1:8081 or 127.0.0.0/24:8081", s)
		}
		if !p.Prefix.Addr().IsLoopback() || p.Prefix.Addr().Is4() && p.Prefix.Bits() < 8 || p.Prefix.Addr().Is6() && p.Prefix.Bits() < 128 {
			return Gate{}, fmt.Errorf("test peer %q is not on loopback: write an address or range within 127.0.0.0/8, or [::1], with a port", s)
		}
		g.TestPeers = append(g.TestPeers, p)
	}
	for _, s := range split(allowPrivate) {
		p, ok := parsePeer(s)
		if !ok {
			return Gate{}, fmt.Errorf("private network %q has not the form range:port: write for example 10.2.0.0/16:443 or [fd00:2::]/48:443", s)
		}
		if !inside(private, p.Prefix) {
			return Gate{}, fmt.Errorf("private network %q is not one: write a range within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 or fc00::/7, with a port", s)
		}
		g.AllowPrivate = append(g.AllowPrivate, p)
	}
	return g, nil
}

// split returns the entries of a list, without empty ones.
func split(list string) []string {
	var all []string
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// parsePeer reads "127.0.0.1:80", "10.0.0.0/8:443", "[::1]:80", "[fd00::]/8:443" or "[fd00::/8]:443".
func parsePeer(s string) (Peer, bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return Peer{}, false
	}
	port, err := strconv.ParseUint(s[i+1:], 10, 16)
	if err != nil || port == 0 {
		return Peer{}, false
	}
	host := s[:i]
	if strings.Contains(host, ":") != strings.HasPrefix(host, "[") {
		return Peer{}, false // the last group of an IPv6 address is no port
	}
	host = strings.NewReplacer("[", "", "]", "").Replace(host)
	if a, err := netip.ParseAddr(host); err == nil {
		a = a.Unmap()
		return Peer{netip.PrefixFrom(a, a.BitLen()), uint16(port)}, a.Zone() == ""
	}
	p, err := netip.ParsePrefix(host)
	return Peer{p.Masked(), uint16(port)}, err == nil
}

// inside reports whether all of p lies in one of the ranges.
func inside(ranges []netip.Prefix, p netip.Prefix) bool {
	for _, r := range ranges {
		if r.Contains(p.Addr()) && r.Bits() <= p.Bits() {
			return true
		}
	}
	return false
}

// Listeners returns the addresses under which a listener can be reached from this machine, for
// [Gate.Own]: its own, or those of all network interfaces if it listens on all.
func Listeners(listener net.Addr) ([]netip.AddrPort, error) {
	ap, err := netip.ParseAddrPort(listener.String())
	if err != nil {
		return nil, fmt.Errorf("addresses of listener %s: %w", listener, err)
	}
	if !ap.Addr().IsUnspecified() {
		return []netip.AddrPort{netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())}, nil
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("addresses of listener %s: %w", listener, err)
	}
	var own []netip.AddrPort
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, netip.AddrPortFrom(p.Addr().Unmap().WithZone(""), ap.Port()))
		}
	}
	return own, nil
}
