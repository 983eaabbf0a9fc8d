// Package signature makes and checks the signatures of HTTP requests: draft-cavage-12, which the
// whole fediverse understands, and RFC 9421, which it is moving to.
//
// Checking comes in two steps, because the key must be looked up between them. [Parse] checks all
// that can be checked without the key and says whose key is needed. [Claim.Check] does the
// mathematics:
//
//	claim, err := signature.Parse(r, body, base, now)  // refuses what cannot be right
//	key, err := lookUp(claim.KeyID)                    // the caller's: cache, then fetch
//	err = claim.Check(key)                             // after a failure look the key up afresh, once
//
// Every refusal is an [*Error], whose Reason goes into the log and whose Status is the answer.
//
// The package is the only keeper of go-fed/httpsig. That library checks neither the digest of the
// body, nor the age of a Date, nor what a signature covers; all of that is done here.
package signature

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// How far the clock of a sender may be off. A signature made by a right clock is good for five
// minutes, and an hour is forgiven on both sides, as Mastodon does.
const (
	maxAge   = 65 * time.Minute
	maxAhead = 60 * time.Minute
	maxLate  = 5 * time.Minute // after an expiry that the sender named
)

// maxHeader bounds the signature headers: RSA-8192 and a long key id need less than half of it.
const maxHeader = 8 << 10

// Scheme is a way to sign.
type Scheme string

// The schemes.
const (
	Cavage  Scheme = "cavage"  // draft-cavage-http-signatures-12
	RFC9421 Scheme = "rfc9421" // HTTP Message Signatures
)

// Claim is a signature that is in order but for the mathematics.
type Claim struct {
	KeyID   string // as it came: not yet known to be an address
	Scheme  Scheme
	Created time.Time // of the signature, or else the Date that it covers

	verify func(crypto.PublicKey) error
}

// Parse checks what can be checked without the key: that there is exactly one signature, each of
// its parameters once; that it covers method, target, host, time and, for anything but GET and
// HEAD, the body; that the time is from 65 minutes ago to 60 minutes ahead of now; that the
// request was meant for the host of base; that the digest is the body's; and that the algorithm is
// one of ours.
//
// Base is the public address of the instance. Scheme and host come from there and never from the
// request, which a proxy may have changed. Body is all of the body as it came, nil for none.
// The request is only read. All errors are of type [*Error].
func Parse(r *http.Request, body []byte, base *url.URL, now time.Time) (*Claim, error) {
	if !sameAuthority(r.Host, base) {
		return nil, refuse(Host, "signed for host %q", r.Host)
	}
	classic, input := r.Header["Signature"], r.Header["Signature-Input"]
	hidden := authorization(r.Header)
	switch {
	case len(input) == 0 && len(classic) == 0:
		return nil, refuse(Unsigned, "no signature")
	case hidden || len(classic) != 1 || len(input) > 1:
		return nil, refuse(Syntax, "more or less than one signature")
	case len(classic[0]) > maxHeader, len(input) == 1 && len(input[0]) > maxHeader:
		return nil, refuse(Syntax, "signature longer than %d bytes", maxHeader)
	case len(input) == 1:
		return parseMessage(r, body, base, now)
	}
	return parseCavage(r, body, now)
}

// Check verifies the signature with key, an *rsa.PublicKey of 2048 to 8192 bits or an
// ed25519.PublicKey. The key alone decides on the algorithm. Check may be called again with
// another key. All errors are of type [*Error].
func (c *Claim) Check(key crypto.PublicKey) error {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < minRSA || n > maxRSA {
			return refuse(KeySize, "RSA key of %d bits", n)
		}
	case ed25519.PublicKey:
		if len(k) != ed25519.PublicKeySize {
			return refuse(KeySize, "Ed25519 key of %d bytes", len(k))
		}
	default:
		return refuse(KeyType, "key of type %T", key)
	}
	return c.verify(key)
}

// authorization reports whether a signature hides in the Authorization header, where
// draft-cavage §3.1 allows it but nobody sends it.
func authorization(h http.Header) bool {
	for _, v := range h["Authorization"] {
		scheme, _, _ := strings.Cut(strings.TrimSpace(v), " ")
		if strings.EqualFold(scheme, "Signature") {
			return true
		}
	}
	return false
}

// sameAuthority reports whether host is the host of base; letter case and a default port do not
// matter.
func sameAuthority(host string, base *url.URL) bool {
	return authority(base.Scheme, host) == authority(base.Scheme, base.Host)
}

// authority normalises a host with or without port (RFC 9421 §2.2.3).
func authority(scheme, host string) string {
	host = strings.ToLower(host)
	switch scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return host
}

// target returns path and query exactly as they stood in the request line; URL.Path would be
// decoded. Requests that are still to be sent have no request line yet.
func target(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// hasBody reports whether a request of that kind must have its body covered.
func hasBody(r *http.Request, body []byte) bool {
	return len(body) > 0 || r.Method != http.MethodGet && r.Method != http.MethodHead
}

// inTime refuses a time outside the window, and an expiry that has passed; a zero expiry is none.
func inTime(created, expires, now time.Time) error {
	switch {
	case created.Before(now.Add(-maxAge)):
		return refuse(Date, "signed at %s, too long ago", created.UTC().Format(time.RFC3339))
	case created.After(now.Add(maxAhead)):
		return refuse(Date, "signed at %s, in the future", created.UTC().Format(time.RFC3339))
	case !expires.IsZero() && now.After(expires.Add(maxLate)):
		return refuse(Date, "expired at %s", expires.UTC().Format(time.RFC3339))
	}
	return nil
}
