package signature_test

import (
	"crypto"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/signature"
)

// pairs is a list of headers in order.
type pairs [][2]string

func (p pairs) set(r *http.Request) {
	for _, h := range p {
		if h[0] == "Host" {
			r.Host = h[1]
			continue
		}
		r.Header.Add(h[0], h[1])
	}
}

func TestAppendixB(t *testing.T) {
	var v struct {
		Keys    map[string]string
		Request struct {
			StartLine string
			Headers   pairs
			Body      string
		}
		Cases []struct{ Label, Title, Alg, KeyID, SignatureBase, SignatureInput, Signature string }
	}
	read(t, filepath.Join("testdata", "rfc9421-appendix-b.json"), &v)
	base := &url.URL{Scheme: "https", Host: "example.com"}
	now := time.Unix(1618884473, 0)

	// What becomes of each case: how it is verified, or why it is refused.
	want := map[string]struct {
		base  bool // the base is rebuilt from the request
		maths bool // the signature verifies over the base
		parse signature.Reason
	}{
		"sig-b21": {true, true, signature.Coverage},   // covers nothing
		"sig-b22": {false, true, signature.Syntax},    // @query-param has a parameter
		"sig-b23": {true, true, ""},                   // full coverage
		"sig-b24": {false, false, signature.Coverage}, // a response, ECDSA
		"sig-b25": {true, false, signature.Coverage},  // HMAC
		"sig-b26": {true, true, signature.Coverage},   // neither query nor body
	}
	if len(v.Cases) != len(want) {
		t.Fatalf("%d cases, want %d", len(v.Cases), len(want))
	}
	for _, c := range v.Cases {
		t.Run(c.Label, func(t *testing.T) {
			r := httptest.NewRequest("POST", strings.Fields(v.Request.StartLine)[1], nil)
			v.Request.Headers.set(r)
			r.Header.Set("Signature-Input", c.SignatureInput)
			r.Header.Set("Signature", c.Signature)
			got, err := signature.MessageBase(r, base)
			if (err == nil && got == c.SignatureBase) != want[c.Label].base {
				t.Errorf("base = %q, %v; want %q", got, err, c.SignatureBase)
			}
			var key crypto.PublicKey
			if c.Alg == "rsa-pss-sha512" || c.Alg == "ed25519" {
				key = publicKey(t, v.Keys[c.KeyID])
			}
			if got := signature.VerifyMessage(c.Alg, c.SignatureBase, c.Signature, c.Label, key); got != want[c.Label].maths {
				t.Errorf("verifies = %v, want %v", got, want[c.Label].maths)
			}
			if signature.VerifyMessage(c.Alg, c.SignatureBase+" ", c.Signature, c.Label, key) {
				t.Error("verifies a changed base")
			}
			claim, err := signature.Parse(r, []byte(v.Request.Body), base, now)
			if got := reason(err); got != want[c.Label].parse {
				t.Fatalf("Parse = %v, want %q", err, want[c.Label].parse)
			}
			if err == nil {
				if err := claim.Check(key); err != nil {
					t.Errorf("Check = %v", err)
				}
			}
		})
	}
}

func TestCavageVectors(t *testing.T) {
	var v struct {
		PublicPEM string `json:"publicPem"`
		Request   struct {
			Method, Target string
			Headers        pairs
			Body           string
		}
		Cases []struct {
			Name, Headers, Signature, SigningString, SigningStringInDraft, HeadersThatVerify string
			Created, Expires                                                                 int64
			Verifies                                                                         bool
		}
	}
	read(t, fedtest.Shared(t, "data/conformance/http-signatures/draft-cavage-12-appendix-c.json"), &v)
	key := publicKey(t, v.PublicPEM)
	for _, c := range v.Cases {
		t.Run(c.Name, func(t *testing.T) {
			fields := c.Headers
			if c.HeadersThatVerify != "" {
				fields = c.HeadersThatVerify
			}
			r := httptest.NewRequest(v.Request.Method, v.Request.Target, nil)
			v.Request.Headers.set(r)
			r.Header.Set("Signature", `keyId="Test",algorithm="rsa-sha256",headers="`+fields+`",signature="`+c.Signature+`"`)
			base, goFed, own, err := signature.VerifyCavage(r, v.Request.Target, key)
			if err != nil || base != c.SigningString || !goFed || !own {
				t.Errorf("base %q, go-fed %v, own %v, %v; want %q and true", base, goFed, own, err, c.SigningString)
			}
			// The key has 1,024 bits, and one case covers nothing but the date.
			claim, err := signature.Parse(r, []byte(v.Request.Body), &url.URL{Scheme: "https", Host: "example.com"}, time.Date(2014, 1, 5, 21, 32, 0, 0, time.UTC))
			if strings.Contains(fields, "digest") {
				if err != nil {
					t.Fatalf("Parse = %v", err)
				}
				if err := claim.Check(key); reason(err) != signature.KeySize {
					t.Errorf("Check = %v, want key_size", err)
				}
			} else if reason(err) != signature.Coverage {
				t.Errorf("Parse = %v, want sig_coverage", err)
			}
		})
	}
}

// TestMastodonVectors reads signatures that Mastodon itself tests with.
func TestMastodonVectors(t *testing.T) {
	var v struct {
		Clock      time.Time
		KeyID      string
		PublicKeys map[string]string `json:"public_keys"`
		Vectors    []struct {
			Name, Method, Target, Host, Key string
			Body                            *string
			Headers                         map[string]string
			Accepts                         bool `json:"mastodon_accepts"`
		}
	}
	read(t, fedtest.Shared(t, "data/fixtures/mastodon/httpsig_vectors.json"), &v)
	if len(v.Vectors) != 8 {
		t.Fatalf("%d vectors, want 8", len(v.Vectors))
	}
	for _, c := range v.Vectors {
		t.Run(c.Name, func(t *testing.T) {
			var body []byte
			if c.Body != nil {
				body = []byte(*c.Body)
			}
			r := httptest.NewRequest(c.Method, c.Target, nil)
			for k, value := range c.Headers {
				pairs{{k, value}}.set(r)
			}
			claim, err := signature.Parse(r, body, &url.URL{Scheme: "https", Host: c.Host}, v.Clock)
			if err != nil {
				t.Fatal(err)
			}
			if claim.KeyID != v.KeyID || !claim.Created.Equal(v.Clock) {
				t.Errorf("key id %q, created %v", claim.KeyID, claim.Created)
			}
			if err := claim.Check(publicKey(t, v.PublicKeys[c.Key])); err != nil || !c.Accepts {
				t.Errorf("Check = %v, want %v", err, c.Accepts)
			}
			other := map[string]string{"rsa": "ed25519", "ed25519": "rsa"}[c.Key]
			if err := claim.Check(publicKey(t, v.PublicKeys[other])); reason(err) != signature.Verify {
				t.Errorf("Check with the other key = %v, want sig_verify", err)
			}
		})
	}
}

// read decodes a JSON file.
func read(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

func publicKey(t testing.TB, text string) crypto.PublicKey {
	t.Helper()
	key, err := signature.ParsePublicPEM(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
