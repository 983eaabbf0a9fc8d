package signature

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-fed/httpsig"
)

// The components of draft-cavage §2.3 that are no headers.
const (
	requestTarget = "(request-target)"
	createdField  = "(created)"
	expiresField  = "(expires)"
)

// cavage is a parsed Signature header of draft-cavage-12.
type cavage struct {
	keyID     string
	algorithm string   // empty if absent
	fields    []string // what is signed, lower case, in order
	created   time.Time
	expires   time.Time
	signature []byte
}

// parseCavage makes the Claim of a request that has one Signature header.
func parseCavage(r *http.Request, body []byte, now time.Time) (*Claim, error) {
	c, err := readCavage(r.Header["Signature"][0])
	if err != nil {
		return nil, err
	}
	if err := c.covers(r, body); err != nil {
		return nil, err
	}
	created, err := c.time(r.Header, now)
	if err != nil {
		return nil, err
	}
	if slices.Contains(c.fields, "digest") {
		if err := checkDigest(r.Header["Digest"], body); err != nil {
			return nil, err
		}
	}
	return &Claim{KeyID: c.keyID, Scheme: Cavage, Created: created, verify: c.verifier(r)}, nil
}

// readCavage reads the header and refuses what no honest sender writes.
func readCavage(header string) (*cavage, error) {
	params, err := cavageParams(header)
	if err != nil {
		return nil, err
	}
	c := &cavage{
		keyID:     params["keyid"],
		algorithm: params["algorithm"],
		fields:    strings.Split(strings.ToLower(params["headers"]), " "),
	}
	if c.keyID == "" {
		return nil, refuse(Syntax, "no keyId")
	}
	// The name of the algorithm can only refuse: what is computed depends on the key alone.
	if !slices.Contains([]string{"", "rsa-sha256", "hs2019", "ed25519"}, c.algorithm) {
		return nil, refuse(Syntax, "algorithm %q", c.algorithm)
	}
	if c.signature, err = base64.StdEncoding.Strict().DecodeString(params["signature"]); err != nil || len(c.signature) == 0 {
		return nil, refuse(Syntax, "signature is not base64")
	}
	if c.created, err = unix(params["created"]); err != nil {
		return nil, refuse(Syntax, "created %q", params["created"])
	}
	if c.expires, err = unix(params["expires"]); err != nil {
		return nil, refuse(Syntax, "expires %q", params["expires"])
	}
	return c, nil
}

// covers refuses a list of signed fields that repeats one, or lacks one that it must have.
func (c *cavage) covers(r *http.Request, body []byte) error {
	seen := make(map[string]bool, len(c.fields))
	for _, f := range c.fields {
		if seen[f] {
			return refuse(Syntax, "%q is covered twice", f)
		}
		seen[f] = true
		switch {
		case f == "" && len(c.fields) > 1:
			return refuse(Syntax, "an empty name among the covered headers")
		case f == requestTarget, f == "host":
		case f == createdField, f == expiresField:
			// draft-cavage §2.3: never with the older algorithms.
			if strings.HasPrefix(c.algorithm, "rsa") {
				return refuse(Syntax, "%s with algorithm %s", f, c.algorithm)
			}
		case f != "" && len(r.Header[textproto.CanonicalMIMEHeaderKey(f)]) == 0:
			return refuse(Coverage, "covers %q, which the request does not have", f)
		}
	}
	switch {
	case !seen[requestTarget]:
		return refuse(Coverage, "does not cover %s", requestTarget)
	case !seen["host"]:
		return refuse(Coverage, "does not cover host")
	case !seen["date"] && !seen[createdField]:
		return refuse(Coverage, "covers neither date nor %s", createdField)
	case hasBody(r, body) && !seen["digest"]:
		return refuse(Coverage, "does not cover digest")
	case seen[createdField] && c.created.IsZero(), seen[expiresField] && c.expires.IsZero():
		return refuse(Syntax, "covers a time that is not given")
	}
	return nil
}

// time checks all covered times and returns when the signature was made.
func (c *cavage) time(h http.Header, now time.Time) (time.Time, error) {
	var created time.Time
	if slices.Contains(c.fields, "date") {
		dates := h["Date"]
		if len(dates) != 1 {
			return created, refuse(Date, "%d Date headers", len(dates))
		}
		date, err := http.ParseTime(dates[0])
		if err != nil {
			return created, refuse(Date, "Date %q", dates[0])
		}
		if err := inTime(date, c.expires, now); err != nil {
			return created, err
		}
		created = date
	}
	if slices.Contains(c.fields, createdField) {
		if err := inTime(c.created, c.expires, now); err != nil {
			return created, err
		}
		created = c.created
	}
	return created, nil
}

// verifier returns the check of the signature. Mastodon 4.2 signs the target without its query, so
// a signature over either form counts.
func (c *cavage) verifier(r *http.Request) func(crypto.PublicKey) error {
	targets := []string{target(r)}
	if path, _, ok := strings.Cut(targets[0], "?"); ok {
		targets = append(targets, path)
	}
	requests := make([]*http.Request, len(targets))
	for i, t := range targets {
		requests[i] = c.normal(r, t)
	}
	return func(key crypto.PublicKey) error {
		for _, n := range requests {
			if c.verify(n, key) {
				return nil
			}
		}
		return refuse(Verify, "signature does not verify")
	}
}

// normal returns a copy of r as go-fed reads it rightly: the target as it stands on the request
// line, Host among the headers, nothing in Authorization, no space in the Signature header, and
// only the headers that are signed.
func (c *cavage) normal(r *http.Request, target string) *http.Request {
	h := http.Header{"Host": {r.Host}}
	for _, f := range c.fields {
		k := textproto.CanonicalMIMEHeaderKey(f)
		if v, ok := r.Header[k]; ok && f != "host" {
			h[k] = v
		}
	}
	h["Signature"] = []string{`keyId="` + c.keyID + `",headers="` + strings.Join(c.fields, " ") +
		`",signature="` + base64.StdEncoding.EncodeToString(c.signature) + `"`}
	return &http.Request{Method: r.Method, Host: r.Host, URL: &url.URL{Path: target}, Header: h}
}

// verify reports whether key made the signature of the normal request n.
func (c *cavage) verify(n *http.Request, key crypto.PublicKey) bool {
	// go-fed compares these two with a clock of its own and forgives ten seconds.
	if slices.Contains(c.fields, createdField) || slices.Contains(c.fields, expiresField) {
		return verifyBytes(c.base(n), c.signature, key)
	}
	v, err := httpsig.NewVerifier(n)
	if err != nil {
		return false
	}
	if _, ok := key.(ed25519.PublicKey); ok {
		return v.Verify(key, httpsig.ED25519) == nil
	}
	return v.Verify(key, httpsig.RSA_SHA256) == nil
}

// base returns the string that is signed (draft-cavage §2.3).
func (c *cavage) base(n *http.Request) []byte {
	lines := make([]string, len(c.fields))
	for i, f := range c.fields {
		switch f {
		case requestTarget:
			lines[i] = f + ": " + strings.ToLower(n.Method) + " " + n.URL.Path
		case createdField:
			lines[i] = f + ": " + strconv.FormatInt(c.created.Unix(), 10)
		case expiresField:
			lines[i] = f + ": " + strconv.FormatInt(c.expires.Unix(), 10)
		default:
			lines[i] = f + ": " + fieldValue(n.Header[textproto.CanonicalMIMEHeaderKey(f)])
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// verifyBytes reports whether key made the signature of base: RSA with PKCS #1 v1.5 and SHA-256
// (what the fediverse means by hs2019), or Ed25519.
func verifyBytes(base, signature []byte, key crypto.PublicKey) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		sum := sha256.Sum256(base)
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(k, base, signature)
	}
	return false
}

// cavageParams splits the header into parameters, names in lower case: name="value" or
// name=number, separated by commas with or without spaces. Each name may occur once.
func cavageParams(header string) (map[string]string, error) {
	params := make(map[string]string)
	for rest := strings.Trim(header, " \t"); ; {
		name, after, ok := strings.Cut(rest, "=")
		name = strings.ToLower(strings.TrimRight(name, " \t"))
		if !ok || name == "" || strings.ContainsFunc(name, notLetter) {
			return nil, malformed("Signature header is not a list of parameters")
		}
		value, after, ok := cavageValue(strings.TrimLeft(after, " \t"))
		if !ok {
			return nil, malformed("value of %q in the Signature header", name)
		}
		if strings.Contains(value, `\`) {
			return nil, refuse(Syntax, "backslash in %q", name) // an escape to some, a character to others
		}
		if _, twice := params[name]; twice {
			return nil, refuse(Syntax, "parameter %q twice", name)
		}
		params[name] = value
		after = strings.TrimLeft(after, " \t")
		if after == "" {
			return params, nil
		}
		if rest, ok = strings.CutPrefix(after, ","); !ok {
			return nil, malformed("no comma after %q in the Signature header", name)
		}
		rest = strings.TrimLeft(rest, " \t")
	}
}

// cavageValue reads one value from the start of s and returns what follows it. Values hold
// printable ASCII without quotes.
func cavageValue(s string) (value, rest string, ok bool) {
	if quoted, isQuoted := strings.CutPrefix(s, `"`); isQuoted {
		value, rest, ok = strings.Cut(quoted, `"`)
		return value, rest, ok && !strings.ContainsFunc(value, notPlain)
	}
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:], end > 0
}

func notLetter(r rune) bool { return (r < 'a' || r > 'z') && r != '_' && r != '-' }

func notPlain(r rune) bool { return r < ' ' || r > '~' }

// unix reads seconds since 1970; nothing is the zero time.
func unix(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return time.Unix(n, 0), err
}

// fieldValue joins the values of a header (RFC 9421 §2.1, draft-cavage §2.3).
func fieldValue(values []string) string {
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	return strings.Join(trimmed, ", ")
}
