package signature

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha512"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// The algorithms of RFC 9421 §3.3 that we verify.
const (
	rsaV15  = "rsa-v1_5-sha256"
	rsaPSS  = "rsa-pss-sha512"
	edwards = "ed25519"
)

// message is a parsed signature of RFC 9421.
type message struct {
	keyID      string
	algorithm  string // empty if absent
	components []string
	created    time.Time
	expires    time.Time // zero if absent
	params     string    // the value of @signature-params
	signature  []byte
}

// parseMessage makes the Claim of a request that has one Signature-Input header and one Signature
// header.
func parseMessage(r *http.Request, body []byte, base *url.URL, now time.Time) (*Claim, error) {
	m, err := readMessage(r.Header["Signature-Input"][0], r.Header["Signature"][0])
	if err != nil {
		return nil, err
	}
	if err := m.covers(r, body); err != nil {
		return nil, err
	}
	if err := inTime(m.created, m.expires, now); err != nil {
		return nil, err
	}
	if slices.Contains(m.components, "content-digest") {
		if err := checkContentDigest(r.Header["Content-Digest"], body); err != nil {
			return nil, err
		}
	}
	text, err := m.base(r, base)
	if err != nil {
		return nil, err
	}
	return &Claim{KeyID: m.keyID, Scheme: RFC9421, Created: m.created, verify: m.verifier(text)}, nil
}

// readMessage reads the two headers and refuses what no honest sender writes.
func readMessage(inputHeader, signatureHeader string) (*message, error) {
	inputs, err := httpsfv.UnmarshalDictionary([]string{inputHeader})
	if err != nil || len(inputs.Names()) == 0 {
		return nil, malformed("Signature-Input cannot be read")
	}
	signatures, err := httpsfv.UnmarshalDictionary([]string{signatureHeader})
	if err != nil {
		return nil, refuse(Syntax, "Signature is not the one that Signature-Input describes")
	}
	label := inputs.Names()[0]
	if outside(inputHeader, ',') > 0 || outside(signatureHeader, ',') > 0 {
		return nil, refuse(Syntax, "more than one signature")
	}
	member, _ := inputs.Get(label)
	list, ok := member.(httpsfv.InnerList)
	if !ok {
		return nil, malformed("Signature-Input has no list of components")
	}
	m := &message{}
	if m.signature, ok = byteSequence(signatures, label); !ok || len(m.signature) == 0 {
		return nil, refuse(Syntax, "no signature with the label %q", label)
	}
	if err := m.readComponents(list.Items); err != nil {
		return nil, err
	}
	if err := m.readParams(list.Params); err != nil {
		return nil, err
	}
	// Parameters that come twice are merged by the rules of structured fields; here they are refused.
	if outside(inputHeader, ';') != len(list.Params.Names()) {
		return nil, refuse(Syntax, "a parameter twice")
	}
	if m.params, err = httpsfv.Marshal(list); err != nil {
		return nil, malformed("Signature-Input cannot be written again")
	}
	return m, nil
}

// readComponents takes the names of what is signed. Parameters such as ;sf, ;bs, ;key, ;req and ;tr
// change what a name means; nobody needs them here, so they are refused.
func (m *message) readComponents(items []httpsfv.Item) error {
	for _, item := range items {
		name, ok := item.Value.(string)
		switch {
		case !ok || name == "":
			return refuse(Syntax, "a component is no name")
		case len(item.Params.Names()) > 0:
			return refuse(Syntax, "component %q with parameters", name)
		case slices.Contains(m.components, name):
			return refuse(Syntax, "%q is covered twice", name)
		case name != strings.ToLower(name):
			return refuse(Syntax, "component %q is not in lower case", name)
		}
		m.components = append(m.components, name)
	}
	return nil
}

// readParams takes the parameters of RFC 9421 §2.3. Unknown ones are covered by the signature and
// otherwise ignored.
func (m *message) readParams(p *httpsfv.Params) error {
	for _, name := range p.Names() {
		value, _ := p.Get(name)
		ok := true
		switch name {
		case "keyid":
			m.keyID, ok = value.(string)
		case "alg":
			m.algorithm, ok = value.(string)
			ok = ok && slices.Contains([]string{rsaV15, rsaPSS, edwards}, m.algorithm)
		case "created":
			m.created, ok = seconds(value)
		case "expires":
			m.expires, ok = seconds(value)
		}
		if !ok {
			return refuse(Syntax, "parameter %s is %v", name, value)
		}
	}
	if m.keyID == "" {
		return refuse(Syntax, "no keyid")
	}
	return nil
}

// covers refuses a signature that leaves open for what request, when or for what body it was made.
func (m *message) covers(r *http.Request, body []byte) error {
	has := func(name string) bool { return slices.Contains(m.components, name) }
	switch {
	case m.created.IsZero():
		return refuse(Coverage, "created is missing")
	case !has("@method"):
		return refuse(Coverage, "does not cover @method")
	case hasBody(r, body) && !has("content-digest"):
		return refuse(Coverage, "does not cover content-digest")
	case has("@target-uri"):
		return nil
	case !has("@authority"):
		return refuse(Coverage, "covers neither @target-uri nor @authority")
	case has("@request-target"):
		return nil
	case !has("@path"):
		return refuse(Coverage, "covers neither @target-uri nor @path")
	case strings.Contains(target(r), "?") && !has("@query"):
		return refuse(Coverage, "does not cover @query")
	}
	return nil
}

// base returns the string that is signed (RFC 9421 §2.5).
func (m *message) base(r *http.Request, base *url.URL) ([]byte, error) {
	var b strings.Builder
	for _, name := range m.components {
		value, ok := component(r, base, name)
		if !ok {
			return nil, refuse(Coverage, "covers %q, which the request does not have", name)
		}
		b.WriteString(`"` + name + `": ` + value + "\n")
	}
	b.WriteString(`"@signature-params": ` + m.params)
	return []byte(b.String()), nil
}

// component returns the value of a derived component (RFC 9421 §2.2) or of a header (§2.1).
func component(r *http.Request, base *url.URL, name string) (string, bool) {
	target := target(r)
	path, query, _ := strings.Cut(target, "?")
	host := authority(base.Scheme, base.Host)
	switch name {
	case "@method":
		return r.Method, true
	case "@target-uri":
		return base.Scheme + "://" + host + target, true
	case "@authority":
		return host, true
	case "@scheme":
		return base.Scheme, true
	case "@request-target":
		return target, true
	case "@path":
		return path, true
	case "@query":
		return "?" + query, true
	case "host":
		return r.Host, true
	}
	values, ok := r.Header[textproto.CanonicalMIMEHeaderKey(name)]
	return fieldValue(values), ok && len(values) > 0
}

// verifier returns the check of the signature of text.
func (m *message) verifier(text []byte) func(crypto.PublicKey) error {
	return func(key crypto.PublicKey) error {
		for _, algorithm := range algorithms(key) {
			named := m.algorithm == "" || m.algorithm == algorithm
			if named && verifyMessage(algorithm, text, m.signature, key) {
				return nil
			}
		}
		return refuse(Verify, "signature does not verify")
	}
}

// algorithms returns what a key may have been used for. The message can choose among these, never
// beyond.
func algorithms(key crypto.PublicKey) []string {
	if _, ok := key.(*rsa.PublicKey); ok {
		return []string{rsaV15, rsaPSS}
	}
	return []string{edwards}
}

// verifyMessage reports whether key made the signature of text.
func verifyMessage(algorithm string, text, signature []byte, key crypto.PublicKey) bool {
	if k, ok := key.(*rsa.PublicKey); ok && algorithm == rsaPSS {
		// The RFC salts with 64 bytes; some libraries with as many as fit, which is no weaker.
		sum := sha512.Sum512(text)
		return rsa.VerifyPSS(k, crypto.SHA512, sum[:], signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil
	}
	if k, ok := key.(ed25519.PublicKey); ok {
		return algorithm == edwards && ed25519.Verify(k, text, signature)
	}
	return verifyBytes(text, signature, key)
}

// seconds reads an integer of seconds since 1970.
func seconds(value any) (time.Time, bool) {
	n, ok := value.(int64)
	return time.Unix(n, 0), ok && n > 0
}

// outside counts c outside the quoted strings of a structured field that is known to be valid.
func outside(field string, c byte) int {
	n, quoted := 0, false
	for i := 0; i < len(field); i++ {
		switch {
		case quoted && field[i] == '\\':
			i++
		case field[i] == '"':
			quoted = !quoted
		case !quoted && field[i] == c:
			n++
		}
	}
	return n
}
