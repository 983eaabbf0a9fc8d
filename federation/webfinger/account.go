package webfinger

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Account is user@host. The host is lower-case ASCII, with its port if it has one.
type Account struct{ User, Host string }

// String returns user@host.
func (a Account) String() string { return a.User + "@" + a.Host }

// Resource returns acct:user@host (RFC 7565).
func (a Account) Resource() string { return "acct:" + a.String() }

// handle is the user part of an account. Handles of ours are lower case; those of others may
// have capitals.
var handle = regexp.MustCompile(`^[A-Za-z0-9_]+([.-]+[A-Za-z0-9_]+)*$`)

// IsHandle reports whether s can be the user part of an account.
func IsHandle(s string) bool { return len(s) <= 128 && handle.MatchString(s) }

// AccountError says that something is no account.
type AccountError struct{ Text string }

func (e AccountError) Error() string { return fmt.Sprintf("%q is not an account", clip(e.Text)) }

// HostError says that something cannot be the name of a server.
type HostError struct{ Text string }

func (e HostError) Error() string { return fmt.Sprintf("%q is not a server name", clip(e.Text)) }

// ParseAccount reads "@user@host", "user@host" or "acct:user@host".
func ParseAccount(s string) (Account, error) {
	text := strings.TrimSpace(s)
	text = strings.TrimPrefix(strings.TrimPrefix(text, "acct:"), "@")
	user, host, ok := strings.Cut(text, "@")
	if !ok || !IsHandle(user) {
		return Account{}, AccountError{s}
	}
	host, err := ParseHost(host)
	if err != nil {
		return Account{}, err
	}
	return Account{User: user, Host: host}, nil
}

// ParseHost reads the name of a server, with or without a port, and returns it in lower-case
// ASCII. What a URL has beyond a host, such as a user, a path or a percent sign, is an error.
func ParseHost(s string) (string, error) {
	name, port := strings.TrimSpace(s), ""
	if h, p, err := net.SplitHostPort(name); err == nil {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 || strconv.FormatUint(n, 10) != p {
			return "", HostError{s}
		}
		name, port = h, p
	}
	if strings.Contains(name, ":") || len(name) > 253 || name == "" {
		return "", HostError{s}
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil || strings.Contains("."+ascii+".", "..") {
		return "", HostError{s}
	}
	if again, err := idna.Lookup.ToASCII(ascii); err != nil || again != ascii {
		return "", HostError{s} // what was not UTF-8
	}
	if port != "" {
		ascii += ":" + port
	}
	if u, err := url.Parse("https://" + ascii); err != nil || u.Host != ascii || u.User != nil {
		return "", HostError{s}
	}
	return ascii, nil
}

// clip shortens what a stranger typed, so that a message stays a sentence.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
