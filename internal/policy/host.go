package policy

import (
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

// hostPattern is the name of a server in lower-case ASCII, or an address, with a port if it is not
// the usual one.
var hostPattern = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`)

// CheckHost returns the name of a server that somebody typed as it is stored, lower case and in
// ASCII, and what is wrong with it. own is the host of this instance, which cannot be decided
// about, and neither can a domain that it lies in.
func CheckHost(typed, own string) (host string, e FieldErrors) {
	host = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(typed), "."))
	if host == "" {
		e.add("host", "missing")
		return "", e
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	switch {
	case !hostPattern.MatchString(host) || len(host) > 260:
		e.add("host", "shape", "Given", typed)
	case host == own || strings.HasSuffix("."+own, "."+host):
		e.add("host", "own")
	}
	return host, e
}
