package signature_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"
	"github.com/yaronf/httpsign"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/signature"
)

// resign signs r by RFC 9421 with a Signature-Input of the caller's making.
func resign(t testing.TB, r *http.Request, input string) {
	t.Helper()
	r.Header.Set("Signature-Input", "sig1="+input)
	r.Header.Set("Signature", "sig1=:AA==:")
	base, err := signature.MessageBase(r, here)
	if err != nil {
		return // the test is about an input that is refused
	}
	r.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(byRSA(base))+":")
}

func TestMessageAttacks(t *testing.T) {
	good := func() *http.Request {
		return arrive(outgoing(t, "POST", "https://moot.example/inbox?x=1", body, messageBy(rsaKey(), body, noon)))
	}
	const tail = `;created=1795435200;keyid="` + keyID + `"`
	input := func(input string) func(*http.Request) {
		return func(r *http.Request) { resign(t, r, input) }
	}
	at := func(created, expires time.Duration) func(*http.Request) {
		return input(fmt.Sprintf(`("@method" "@target-uri" "content-digest");created=%d;expires=%d;keyid="%s"`,
			noon.Add(created).Unix(), noon.Add(expires).Unix(), keyID))
	}
	const three = `("@method" "@target-uri" "content-digest")`
	run(t, []refusal{
		{"good", func(*http.Request) {}, "", 0},
		{"alg named", input(three + tail + `;alg="rsa-v1_5-sha256"`), "", 0},
		{"nonce and tag", input(three + tail + `;nonce="n";tag="t"`), "", 0},
		{"path, authority, query", input(`("@method" "@path" "@query" "@authority" "content-digest")` + tail), "", 0},
		{"request-target", input(`("@method" "@request-target" "@authority" "@scheme" "content-digest")` + tail), "", 0},
		{"plain fields", input(`("@method" "@target-uri" "content-digest" "content-type" "host")` + tail), "", 0},
		{"spaces", input(`( "@method"  "@target-uri" "content-digest" ); created=1795435200; keyid="` + keyID + `"`), "", 0},
		{"almost too old", at(-64*time.Minute, time.Minute), "", 0},
		{"sha-512", func(r *http.Request) {
			s := sha512.Sum512(body)
			r.Header.Set("Content-Digest", "sha-512=:"+base64.StdEncoding.EncodeToString(s[:])+":")
			resign(t, r, three+tail)
		}, "", 0},
		{"rsa-pss-sha512", func(r *http.Request) { pss(t, r, three+tail) }, "", 0},
		{"rsa-pss-sha512 named", func(r *http.Request) { pss(t, r, three+tail+`;alg="rsa-pss-sha512"`) }, "", 0},

		{"sig.9421-no-digest", input(`("@method" "@target-uri")` + tail), signature.Coverage, 401},
		{"sig.9421-method-only", input(`("@method")` + tail), signature.Coverage, 401},
		{"nothing", input(`()` + tail), signature.Coverage, 401},
		{"no method", input(`("@target-uri" "content-digest")` + tail), signature.Coverage, 401},
		{"path without authority", input(`("@method" "@path" "@query" "content-digest")` + tail), signature.Coverage, 401},
		{"path without query", input(`("@method" "@path" "@authority" "content-digest")` + tail), signature.Coverage, 401},
		{"no created", input(three + `;keyid="` + keyID + `"`), signature.Coverage, 401},
		{"covers what is not there", input(`("@method" "@target-uri" "content-digest" "x-absent")` + tail), signature.Coverage, 401},
		{"sig.9421-stale", at(-25*time.Hour, time.Hour), signature.Date, 401},
		{"just too old", at(-66*time.Minute, time.Hour), signature.Date, 401},
		{"too new", at(61*time.Minute, 2*time.Hour), signature.Date, 401},
		{"expired", at(-30*time.Minute, -20*time.Minute), signature.Date, 401},
		{"sig.9421-other-target", func(r *http.Request) { r.RequestURI = "/elsewhere" }, signature.Verify, 401},
		{"other query", func(r *http.Request) { r.RequestURI = "/inbox?x=2" }, signature.Verify, 401},
		{"other method", func(r *http.Request) { r.Method = "PUT" }, signature.Verify, 401},
		{"other host", func(r *http.Request) { r.Host = "other.example" }, signature.Host, 421},
		{"tampered digest", func(r *http.Request) { r.Header.Set("Content-Digest", "sha-256=:"+sum([]byte("x"))+":") }, signature.Digest, 401},
		{"digest of another kind", func(r *http.Request) { r.Header.Set("Content-Digest", "md5=:AAAA:") }, signature.Digest, 401},
		{"digest no bytes", func(r *http.Request) { r.Header.Set("Content-Digest", "sha-256=1") }, signature.Digest, 401},
		{"digest no field", func(r *http.Request) { r.Header.Set("Content-Digest", "(((") }, signature.Digest, 401},
		{"alg hmac", input(three + tail + `;alg="hmac-sha256"`), signature.Syntax, 401},
		{"alg none", input(three + tail + `;alg=""`), signature.Syntax, 401},
		{"alg of another key", input(three + tail + `;alg="ed25519"`), signature.Verify, 401},
		{"alg of another padding", input(three + tail + `;alg="rsa-pss-sha512"`), signature.Verify, 401},
		{"no keyid", input(three + `;created=1795435200`), signature.Syntax, 401},
		{"keyid a token", input(three + `;created=1795435200;keyid=abc`), signature.Syntax, 401},
		{"keyid twice", input(three + `;created=1795435200;keyid="x";keyid="` + keyID + `"`), signature.Syntax, 401},
		{"created a string", input(three + `;created="1795435200";keyid="k"`), signature.Syntax, 401},
		{"component twice", input(`("@method" "@method" "@target-uri" "content-digest")` + tail), signature.Syntax, 401},
		{"component a token", input(`("@method" target "content-digest")` + tail), signature.Syntax, 401},
		{"upper case", input(`("@method" "@target-uri" "Content-Digest")` + tail), signature.Syntax, 401},
		{";sf", input(`("@method" "@target-uri" "content-digest";sf)` + tail), signature.Syntax, 401},
		{";bs", input(`("@method" "@target-uri" "content-digest";bs)` + tail), signature.Syntax, 401},
		{";key", input(`("@method" "@target-uri" "content-digest";key="sha-256")` + tail), signature.Syntax, 401},
		{";req", input(`("@method";req "@target-uri" "content-digest")` + tail), signature.Syntax, 401},
		{";tr", input(`("@method" "@target-uri" "content-digest";tr)` + tail), signature.Syntax, 401},
		{"@status", input(`("@method" "@target-uri" "content-digest" "@status")` + tail), signature.Coverage, 401},
		{"@signature-params", input(`("@method" "@target-uri" "content-digest" "@signature-params")` + tail), signature.Coverage, 401},
		{"two labels", func(r *http.Request) {
			r.Header.Set("Signature-Input", r.Header.Get("Signature-Input")+`, sig2=("@method")`+tail)
		}, signature.Syntax, 401},
		{"label twice", func(r *http.Request) {
			r.Header.Set("Signature-Input", `sig1=("@method")`+tail+", "+r.Header.Get("Signature-Input"))
		}, signature.Syntax, 401},
		{"two input headers", func(r *http.Request) { r.Header.Add("Signature-Input", `sig2=("@method")`+tail) }, signature.Syntax, 401},
		{"two signatures", func(r *http.Request) {
			r.Header.Set("Signature", r.Header.Get("Signature")+", sig2=:AA==:")
		}, signature.Syntax, 401},
		{"another label", func(r *http.Request) { r.Header.Set("Signature", "sig2=:AA==:") }, signature.Syntax, 401},
		{"signature no bytes", func(r *http.Request) { r.Header.Set("Signature", `sig1="AA=="`) }, signature.Syntax, 401},
		{"no Signature", func(r *http.Request) { r.Header.Del("Signature") }, signature.Syntax, 401},
		{"garbage", func(r *http.Request) { r.Header.Set("Signature", "sig1=:"+sum(body)+":") }, signature.Verify, 401},
		{"input no list", func(r *http.Request) { r.Header.Set("Signature-Input", `sig1="x"`) }, signature.Syntax, 400},
		{"input no field", func(r *http.Request) { r.Header.Set("Signature-Input", `sig1=((`) }, signature.Syntax, 400},
		{"input empty", func(r *http.Request) { r.Header.Set("Signature-Input", "") }, signature.Syntax, 400},
		{"newline in keyid", func(r *http.Request) {
			r.Header.Set("Signature-Input", "sig1="+three+";created=1795435200;keyid=\"a\n\"")
		}, signature.Syntax, 400},
	}, good)
}

// pss signs with rsa-pss-sha512.
func pss(t *testing.T, r *http.Request, input string) {
	resign(t, r, input)
	base, err := signature.MessageBase(r, here)
	if err != nil {
		t.Fatal(err)
	}
	s := sha512.Sum512([]byte(base))
	sig, err := rsa.SignPSS(rand.Reader, rsaKey(), crypto.SHA512, s[:], &rsa.PSSOptions{SaltLength: 64})
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(sig)+":")
}

// TestOracle compares with another implementation of RFC 9421, both ways.
func TestOracle(t *testing.T) {
	for _, scheme := range []string{"https", "http"} {
		for _, kind := range []string{"rsa-v1_5-sha256", "rsa-pss-sha512", "ed25519"} {
			for _, path := range []string{"/inbox", "/inbox?a=b&c=%20d", "/a%2Fb", "/"} {
				t.Run(scheme+" "+kind+" "+path, func(t *testing.T) {
					address := scheme + "://moot.example" + path
					base := &url.URL{Scheme: scheme, Host: "moot.example"}
					theirs := outgoing(t, "POST", address, body, func(r *http.Request) error { return signTheirs(r, kind) })
					claim, err := signature.Parse(arrive(theirs), body, base, time.Now())
					if err != nil {
						t.Fatal(err)
					}
					if err := claim.Check(publicOf(kind)); err != nil {
						t.Errorf("theirs: %v", err)
					}
					if kind == "rsa-pss-sha512" {
						return // never sent
					}
					var key crypto.Signer = rsaKey()
					if kind == "ed25519" {
						key = edKey()
					}
					ours := arrive(outgoing(t, "POST", address, body, messageBy(key, body, time.Now())))
					if scheme == "https" {
						ours.TLS = &tls.ConnectionState{} // it takes the scheme from there
					}
					if err := verifyTheirs(ours, kind); err != nil {
						t.Errorf("ours: %v", err)
					}
				})
			}
		}
	}
}

func publicOf(kind string) crypto.PublicKey {
	if kind == "ed25519" {
		return edKey().Public()
	}
	return rsaKey().Public()
}

func oracleFields() httpsign.Fields {
	return *httpsign.NewFields().AddHeaders("@method", "@target-uri", "content-digest")
}

// signTheirs signs r with the other implementation.
func signTheirs(r *http.Request, kind string) error {
	rc := io.NopCloser(bytes.NewReader(body))
	digest, err := httpsign.GenerateContentDigestHeader(&rc, []string{"sha-256"})
	if err != nil {
		return err
	}
	r.Header.Set("Content-Digest", digest)
	cfg := httpsign.NewSignConfig().SetKeyID(keyID)
	var s *httpsign.Signer
	switch kind {
	case "rsa-v1_5-sha256":
		s, err = httpsign.NewRSASigner(*rsaKey(), cfg, oracleFields())
	case "rsa-pss-sha512":
		s, err = httpsign.NewRSAPSSSigner(*rsaKey(), cfg, oracleFields())
	default:
		s, err = httpsign.NewEd25519Signer(edKey(), cfg, oracleFields())
	}
	if err != nil {
		return err
	}
	input, sig, err := httpsign.SignRequest("theirs", *s, r)
	r.Header.Set("Signature-Input", input)
	r.Header.Set("Signature", sig)
	return err
}

// verifyTheirs verifies r with the other implementation.
func verifyTheirs(r *http.Request, kind string) error {
	cfg := httpsign.NewVerifyConfig().SetKeyID(keyID)
	var (
		v   *httpsign.Verifier
		err error
	)
	if kind == "ed25519" {
		v, err = httpsign.NewEd25519Verifier(publicOf(kind).(ed25519.PublicKey), cfg, oracleFields())
	} else {
		v, err = httpsign.NewRSAVerifier(*publicOf(kind).(*rsa.PublicKey), cfg, oracleFields())
	}
	if err != nil {
		return err
	}
	return httpsign.VerifyRequest("sig1", *v, r)
}

// TestStructuredFields runs the working group's own tests of dictionaries, byte sequences, strings
// and parameters against the parser on which Signature-Input stands.
func TestStructuredFields(t *testing.T) {
	dir := fedtest.Shared(t, "data/conformance/structured-field-tests")
	n := 0
	for _, file := range []string{"dictionary", "binary", "string", "number", "token", "list", "param-dict", "param-list", "param-listlist",
		"listlist", "examples", "string-generated", "number-generated", "token-generated"} {
		b, err := os.ReadFile(filepath.Join(dir, file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var cases []struct {
			Name      string
			Raw       []string
			Type      string `json:"header_type"`
			Canonical []string
			MustFail  bool `json:"must_fail"`
			CanFail   bool `json:"can_fail"`
		}
		if err := json.Unmarshal(b, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			value, err := unmarshal(c.Type, c.Raw)
			if c.CanFail && err != nil {
				continue
			}
			n++
			if (err != nil) != c.MustFail {
				t.Errorf("%s: %s: %q: %v, must fail: %v", file, c.Name, c.Raw, err, c.MustFail)
			}
			if err != nil || c.MustFail {
				continue
			}
			want := c.Canonical
			if want == nil {
				want = c.Raw
			}
			if got, err := httpsfv.Marshal(value); err != nil || got != strings.Join(want, ", ") {
				t.Errorf("%s: %s: written %q, %v; want %q", file, c.Name, got, err, want)
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d cases ran", n)
	}
}

func unmarshal(kind string, raw []string) (httpsfv.StructuredFieldValue, error) {
	switch kind {
	case "dictionary":
		return httpsfv.UnmarshalDictionary(raw)
	case "list":
		return httpsfv.UnmarshalList(raw)
	}
	return httpsfv.UnmarshalItem(raw)
}
