package vocab

import (
	"fmt"
	"net/url"
	"strings"
)

// ID is the address of an actor, object or activity in its only spelling.
type ID string

// ParseID accepts s only in the one spelling that an id may have: http or https, lower-case
// ASCII host without a dot at its end, no user, no backslash, no percent sign in the host, no
// default port, no zero before a port, and byte by byte the same once parsed and written again. A
// fragment is part of an id.
func ParseID(s string) (ID, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", fmt.Errorf("%q is not an address", s)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("%q is not an http or https address", s)
	case u.User != nil:
		return "", fmt.Errorf("%q names a user", s)
	case !plainHost(u.Host):
		return "", fmt.Errorf("%q has no host in lower-case ASCII", s)
	case u.Port() == defaultPort(u.Scheme) || strings.HasSuffix(u.Host, ":"):
		return "", fmt.Errorf("%q spells out the default port", s)
	case strings.HasSuffix(u.Hostname(), ".") || strings.HasPrefix(u.Port(), "0"):
		return "", fmt.Errorf("%q spells its host or port in another way", s)
	case strings.ContainsAny(s, "\\ \"<>^`{|}"):
		return "", fmt.Errorf("%q contains a character that must be escaped", s)
	case u.String() != s:
		return "", fmt.Errorf("%q has another spelling, %q", s, u)
	}
	return ID(s), nil
}

// plainHost reports whether host, perhaps with a port, is a name or address as it must be
// written: ASCII letters in lower case, digits, dot, hyphen; IPv6 in brackets.
func plainHost(host string) bool {
	for _, c := range []byte(host) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("-.:[]_", c) >= 0:
		default:
			return false
		}
	}
	return host != "" && host[0] != ':' && host[0] != '.'
}

func defaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// Origin returns scheme://host:port of an id, with the port always written; empty if s is not an
// http or https address.
func Origin(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || defaultPort(u.Scheme) == "" {
		return ""
	}
	host := strings.ToLower(u.Host)
	if u.Port() == "" {
		host = strings.TrimSuffix(host, ":") + ":" + defaultPort(u.Scheme)
	}
	return u.Scheme + "://" + host
}

// Host returns the host of an id in lower case, with the port if it is written; empty if s is
// not an http or https address.
func Host(s string) string {
	u, err := url.Parse(s)
	if err != nil || defaultPort(u.Scheme) == "" {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Host), ":")
}

// SameOrigin reports whether a and b have one scheme, host and port. Two things that are no
// addresses have nothing in common.
func SameOrigin(a, b string) bool {
	origin := Origin(a)
	return origin != "" && origin == Origin(b)
}
