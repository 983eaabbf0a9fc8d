package signature_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/signature"
)

const keyID = "https://peer.example/users/alice#main-key"

var (
	here = &url.URL{Scheme: "https", Host: "moot.example"}
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	body = []byte(`{"type":"Create"}`)

	rsaKey = sync.OnceValue(func() *rsa.PrivateKey { k, _ := signature.NewRSA(); return k })
	edKey  = sync.OnceValue(func() ed25519.PrivateKey { k, _ := signature.NewEd25519(); return k })
)

// reason returns the reason of a refusal, empty for nil.
func reason(err error) signature.Reason {
	var e *signature.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// outgoing returns a request as a peer sends it, signed by sign.
func outgoing(t testing.TB, method, address string, body []byte, sign func(*http.Request) error) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/activity+json")
	}
	if err := sign(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// arrive turns an outgoing request into the one that a server sees.
func arrive(out *http.Request) *http.Request {
	in := httptest.NewRequest(out.Method, out.URL.RequestURI(), nil)
	in.Host, in.Header = out.URL.Host, out.Header.Clone()
	return in
}

func cavageBy(key crypto.Signer, body []byte, now time.Time) func(*http.Request) error {
	return func(r *http.Request) error { return signature.SignCavage(r, body, keyID, key, now) }
}

func messageBy(key crypto.Signer, body []byte, now time.Time) func(*http.Request) error {
	return func(r *http.Request) error { return signature.SignMessage(r, body, keyID, key, now) }
}

func TestRoundTrip(t *testing.T) {
	type signer func(crypto.Signer, []byte, time.Time) func(*http.Request) error
	for name, sign := range map[string]signer{"cavage": cavageBy, "rfc9421": messageBy} {
		for _, key := range []crypto.Signer{rsaKey(), edKey()} {
			for _, address := range []string{
				"https://moot.example/inbox",
				"https://moot.example/c/12/inbox?a=b&c=d",
				"https://moot.example/users/%C3%A9/inbox",
				"https://moot.example/a%2Fb",
				"https://moot.example",
				"https://moot.example/p?",
			} {
				for _, body := range [][]byte{nil, body, {}} {
					method := http.MethodPost
					if body == nil {
						method = http.MethodGet
					}
					t.Run(fmt.Sprintf("%s/%T/%s%s", name, key, method, address), func(t *testing.T) {
						r := arrive(outgoing(t, method, address, body, sign(key, body, noon)))
						claim, err := signature.Parse(r, body, here, noon.Add(time.Minute))
						if err != nil {
							t.Fatal(err)
						}
						if string(claim.Scheme) != name || claim.KeyID != keyID || !claim.Created.Equal(noon) {
							t.Errorf("claim = %+v", claim)
						}
						if err := claim.Check(key.Public()); err != nil {
							t.Error(err)
						}
						if err := claim.Check(other(key)); reason(err) != signature.Verify {
							t.Errorf("another key: %v", err)
						}
					})
				}
			}
		}
	}
}

// other returns another public key of the same kind.
func other(key crypto.Signer) crypto.PublicKey {
	if _, ok := key.(ed25519.PrivateKey); ok {
		k, _ := signature.NewEd25519()
		return k.Public()
	}
	wrong := rsaKey().PublicKey
	wrong.E = 3
	return &wrong
}

// TestSent pins what goes over the wire: what Mastodon needs.
func TestSent(t *testing.T) {
	r := outgoing(t, "POST", "https://moot.example/inbox", body, cavageBy(rsaKey(), body, noon))
	want := `keyId="` + keyID + `",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="`
	if got := r.Header.Get("Signature"); !strings.HasPrefix(got, want) {
		t.Errorf("Signature = %s", got)
	}
	if got := r.Header.Get("Date"); got != "Mon, 23 Nov 2026 12:00:00 GMT" {
		t.Errorf("Date = %s", got)
	}
	sum := sha256.Sum256(body)
	if got := r.Header.Get("Digest"); got != "SHA-256="+base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("Digest = %s", got)
	}
	if got := r.Header["Host"]; got != nil {
		t.Errorf("Host among the headers: %v", got)
	}
	r = outgoing(t, "GET", "https://moot.example/actor", nil, cavageBy(rsaKey(), nil, noon))
	if got := r.Header.Get("Signature"); !strings.Contains(got, `headers="(request-target) host date",`) {
		t.Errorf("Signature = %s", got)
	}
	r = outgoing(t, "POST", "https://moot.example/inbox", body, messageBy(edKey(), body, noon))
	want = `sig1=("@method" "@target-uri" "content-digest");created=1795435200;keyid="` + keyID + `"`
	if got := r.Header.Get("Signature-Input"); got != want {
		t.Errorf("Signature-Input = %s, want %s", got, want)
	}
}

// TestAgain signs the same request twice, with either scheme: nothing of the first must be left.
func TestAgain(t *testing.T) {
	r := outgoing(t, "POST", "https://moot.example/inbox", body, messageBy(edKey(), body, noon))
	for _, sign := range []func(*http.Request) error{cavageBy(rsaKey(), body, noon), cavageBy(rsaKey(), body, noon.Add(time.Second)), messageBy(rsaKey(), body, noon)} {
		if err := sign(r); err != nil {
			t.Fatal(err)
		}
		claim, err := signature.Parse(arrive(r), body, here, noon)
		if err != nil {
			t.Fatal(err)
		}
		if err := claim.Check(rsaKey().Public()); err != nil {
			t.Error(err)
		}
	}
}

// signed signs by hand what parameters and fields say, so that a test can lie.
func signed(r *http.Request, params, fields string, sign func(base string) []byte) {
	var lines []string
	for f := range strings.FieldsSeq(fields) {
		value := strings.Join(r.Header.Values(f), ", ")
		switch f {
		case "(request-target)":
			value = strings.ToLower(r.Method) + " " + r.URL.RequestURI()
		case "(created)", "(expires)":
			_, after, _ := strings.Cut(params, strings.Trim(f, "()")+"=")
			value, _, _ = strings.Cut(after, ",")
		case "host":
			value = r.Host
		}
		lines = append(lines, f+": "+value)
	}
	r.Header.Set("Signature", params+`,headers="`+fields+`",signature="`+base64.StdEncoding.EncodeToString(sign(strings.Join(lines, "\n")))+`"`)
}

// byRSA signs with our test key.
func byRSA(base string) []byte {
	sum := sha256.Sum256([]byte(base))
	sig, _ := rsa.SignPKCS1v15(rand.Reader, rsaKey(), crypto.SHA256, sum[:])
	return sig
}

// fields that must be covered.
const (
	all    = "(request-target) host date digest"
	params = `keyId="` + keyID + `",algorithm="rsa-sha256"`
)

// refusal is one case of a table: how a good request is spoilt, and what must come of it.
type refusal struct {
	name   string
	spoil  func(r *http.Request)
	want   signature.Reason // empty: it is good all the same
	status int
}

func run(t *testing.T, tests []refusal, good func() *http.Request) {
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := good()
			tt.spoil(r)
			claim, err := signature.Parse(r, body, here, noon)
			if err == nil {
				err = claim.Check(rsaKey().Public())
			}
			if got := reason(err); got != tt.want {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			var e *signature.Error
			if errors.As(err, &e) && e.Status() != tt.status {
				t.Errorf("status %d, want %d (%v)", e.Status(), tt.status, err)
			}
		})
	}
}

func TestCavageAttacks(t *testing.T) {
	good := func() *http.Request {
		r := arrive(outgoing(t, "POST", "https://moot.example/inbox?x=1", body, cavageBy(rsaKey(), body, noon)))
		signed(r, params, all, byRSA)
		return r
	}
	sig := func(from, to string) func(*http.Request) {
		return func(r *http.Request) {
			was := r.Header.Get("Signature")
			is := strings.Replace(was, from, to, 1)
			if is == was {
				t.Fatalf("%q is not in %q", from, was)
			}
			r.Header.Set("Signature", is)
		}
	}
	again := func(params, fields string, headers ...string) func(*http.Request) {
		return func(r *http.Request) {
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			signed(r, params, fields, byRSA)
		}
	}
	at := func(d time.Duration) func(*http.Request) {
		return again(params, all, "Date", noon.Add(d).Format(http.TimeFormat))
	}
	created := func(created, expires time.Duration) func(*http.Request) {
		p := fmt.Sprintf(`keyId="%s",algorithm="hs2019",created=%d,expires=%d`, keyID, noon.Add(created).Unix(), noon.Add(expires).Unix())
		return again(p, "(request-target) (created) (expires) host digest")
	}
	run(t, []refusal{
		{"good", func(*http.Request) {}, "", 0},
		{"hs2019", sig(`rsa-sha256`, `hs2019`), "", 0},
		{"no algorithm", sig(`algorithm="rsa-sha256",`, ``), "", 0},
		{"spaces after commas", sig(`",`, `" , `), "", 0},
		{"unknown parameter", sig(`keyId=`, `x-more="1",keyId=`), "", 0},
		{"query not signed", func(r *http.Request) {
			short := r.Clone(t.Context())
			short.URL.RawQuery = ""
			signed(short, params, all, byRSA)
			r.Header = short.Header
		}, "", 0},
		{"created and expires", created(-time.Minute, time.Minute), "", 0},
		{"created an hour ahead", created(59*time.Minute, 70*time.Minute), "", 0},
		{"date almost too old", at(-64 * time.Minute), "", 0},
		{"date almost too new", at(59 * time.Minute), "", 0},
		{"digest list", again(params, all, "Digest", "md5=AAAA, sha-256="+sum(body)), "", 0},

		{"sig.unsigned", func(r *http.Request) { r.Header.Del("Signature") }, signature.Unsigned, 401},
		{"sig.garbage", again(params, all, "X", ""), "", 0},
		{"sig.garbage random", func(r *http.Request) {
			signed(r, params, all, func(string) []byte { b := make([]byte, 256); rand.Read(b); return b })
		}, signature.Verify, 401},
		{"sig.tampered-body", again(params, all, "Digest", "SHA-256="+sum([]byte("other"))), signature.Digest, 401},
		{"sig.tampered-digest", func(r *http.Request) {
			r.Header.Set("Digest", "SHA-256="+sum([]byte("other")))
			signed(r, params, all, byRSA)
			r.Header.Set("Digest", "SHA-256="+sum(body))
		}, signature.Verify, 401},
		{"sig.digest-uncovered", again(params, "(request-target) host date"), signature.Coverage, 401},
		{"sig.date-only", again(params, "date"), signature.Coverage, 401},
		{"sig.no-date", again(params, "(request-target) host digest"), signature.Coverage, 401},
		{"no target", again(params, "host date digest"), signature.Coverage, 401},
		{"no host", again(params, "(request-target) date digest"), signature.Coverage, 401},
		{"no headers parameter", sig(`headers="`+all+`",`, ``), signature.Coverage, 401},
		{"covers what is not there", again(params, all+" x-absent"), signature.Coverage, 401},
		{"sig.stale", at(-25 * time.Hour), signature.Date, 401},
		{"date just too old", at(-66 * time.Minute), signature.Date, 401},
		{"date just too new", at(61 * time.Minute), signature.Date, 401},
		{"date no date", again(params, all, "Date", "yesterday"), signature.Date, 401},
		{"date twice", func(r *http.Request) { r.Header.Add("Date", r.Header.Get("Date")) }, signature.Date, 401},
		{"sig.expired", created(-26*time.Hour, -25*time.Hour), signature.Date, 401},
		{"expired alone", created(-30*time.Minute, -20*time.Minute), signature.Date, 401},
		{"created in the future", created(61*time.Minute, 62*time.Minute), signature.Date, 401},
		{"created with rsa-sha256", again(params+`,created=1795435200`, "(request-target) (created) host digest"), signature.Syntax, 401},
		{"created not given", again(`keyId="a",algorithm="hs2019"`, "(request-target) (created) host digest"), signature.Syntax, 401},
		{"created no number", again(`keyId="a",algorithm="hs2019",created="x"`, "(request-target) (created) host digest"), signature.Syntax, 401},
		{"sig.other-path", func(r *http.Request) { r.RequestURI = "/users/somebody/inbox" }, signature.Verify, 401},
		{"sig.other-method", func(r *http.Request) { r.Method = "PUT" }, signature.Verify, 401},
		{"sig.other-host", func(r *http.Request) { r.Host = "other.example"; signed(r, params, all, byRSA) }, signature.Host, 421},
		{"other port", func(r *http.Request) { r.Host = "moot.example:8443"; signed(r, params, all, byRSA) }, signature.Host, 421},
		{"sig.alg-hmac", func(r *http.Request) {
			text, _ := signature.PublicPEM(rsaKey().Public())
			signed(r, `keyId="`+keyID+`",algorithm="hmac-sha256"`, all, func(base string) []byte {
				m := hmac.New(sha256.New, []byte(text))
				m.Write([]byte(base))
				return m.Sum(nil)
			})
		}, signature.Syntax, 401},
		{"hmac under a good name", func(r *http.Request) {
			text, _ := signature.PublicPEM(rsaKey().Public())
			signed(r, params, all, func(base string) []byte {
				m := hmac.New(sha256.New, []byte(text))
				m.Write([]byte(base))
				return m.Sum(nil)
			})
		}, signature.Verify, 401},
		{"sig.alg-none", func(r *http.Request) {
			r.Header.Set("Signature", `keyId="a",algorithm="none",headers="`+all+`",signature=""`)
		}, signature.Syntax, 401},
		{"algorithm rsa-sha1", sig(`rsa-sha256`, `rsa-sha1`), signature.Syntax, 401},
		{"empty signature", func(r *http.Request) {
			r.Header.Set("Signature", params+`,headers="`+all+`",signature=""`)
		}, signature.Syntax, 401},
		{"signature not base64", sig(`signature="`, `signature="*`), signature.Syntax, 401},
		{"sig.dup-params mallory last", sig(`,headers`, `,keyId="https://evil.example/m#k",headers`), signature.Syntax, 401},
		{"sig.dup-params mallory first", sig(`keyId=`, `keyId="https://evil.example/m#k",keyId=`), signature.Syntax, 401},
		{"dup in another case", sig(`keyId=`, `keyid="https://evil.example/m#k",keyId=`), signature.Syntax, 401},
		{"dup equal", sig(`keyId="`+keyID+`"`, `keyId="`+keyID+`",keyId="`+keyID+`"`), signature.Syntax, 401},
		{"dup headers", sig(`headers=`, `headers="date",headers=`), signature.Syntax, 401},
		{"empty field", sig(`host date`, `host  date`), signature.Syntax, 401},
		{"covers the signature", again(params, all+" signature"), signature.Verify, 401},
		{"field twice", again(params, all+" date"), signature.Syntax, 401},
		{"two Signature headers", func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) }, signature.Syntax, 401},
		{"sig.cavage-and-9421", func(r *http.Request) {
			r.Header.Set("Signature-Input", `sig1=("@method");created=1;keyid="https://evil.example/m#k"`)
		}, signature.Syntax, 401},
		{"cavage beside 9421", func(r *http.Request) {
			classic := r.Header.Get("Signature")
			if err := signature.SignMessage(r, body, "https://evil.example/m#k", edKey(), noon); err != nil {
				t.Fatal(err)
			}
			r.Header.Add("Signature", classic)
		}, signature.Syntax, 401},
		{"also in Authorization", func(r *http.Request) {
			r.Header.Set("Authorization", "Signature "+r.Header.Get("Signature"))
		}, signature.Syntax, 401},
		{"only in Authorization", func(r *http.Request) {
			r.Header.Set("Authorization", "Signature "+r.Header.Get("Signature"))
			r.Header.Del("Signature")
		}, signature.Unsigned, 401},
		{"sig.huge-header", sig(`keyId="`, `keyId="`+strings.Repeat("a", 64<<10)), signature.Syntax, 401},
		{"no keyId", sig(`keyId="`+keyID+`",`, ``), signature.Syntax, 401},
		{"sig.host-confusion backslash", sig(`keyId="https://peer.example/`, `keyId="https://peer.example\@evil.example/`), signature.Syntax, 401},
		{"escaped quote", sig(`keyId="`, `keyId="a\"`), signature.Syntax, 401},
		{"words", func(r *http.Request) { r.Header.Set("Signature", "hello") }, signature.Syntax, 400},
		{"open quote", func(r *http.Request) { r.Header.Set("Signature", `keyId="a`) }, signature.Syntax, 400},
		{"no comma", sig(`",algorithm`, `" algorithm`), signature.Syntax, 400},
		{"newline in a value", sig(`keyId="`, "keyId=\"\n"), signature.Syntax, 400},
		{"empty", func(r *http.Request) { r.Header.Set("Signature", "") }, signature.Syntax, 400},
	}, good)
}

// sum is the SHA-256 of b in base64.
func sum(b []byte) string {
	s := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(s[:])
}

// TestKeys checks which keys are believed.
func TestKeys(t *testing.T) {
	claim, err := signature.Parse(arrive(outgoing(t, "POST", "https://moot.example/inbox", body, cavageBy(rsaKey(), body, noon))), body, here, noon)
	if err != nil {
		t.Fatal(err)
	}
	ofSize := func(bits int) crypto.PublicKey {
		n := new(big.Int).Set(rsaKey().N)
		if bits < 2048 {
			n.Rsh(n, uint(2048-bits))
		} else {
			n.Lsh(n, uint(bits-2048))
		}
		return &rsa.PublicKey{N: n, E: rsaKey().E}
	}
	for _, tt := range []struct {
		name string
		key  crypto.PublicKey
		want signature.Reason
	}{
		{"sig.weak-key", ofSize(512), signature.KeySize},
		{"2047 bits", ofSize(2047), signature.KeySize},
		{"8193 bits", ofSize(8193), signature.KeySize},
		{"right", ofSize(2048), ""},
		{"ed25519 cut", edKey().Public().(ed25519.PublicKey)[:31], signature.KeySize},
		{"nil", nil, signature.KeyType},
		{"bytes", []byte("secret"), signature.KeyType},
		{"another kind", edKey().Public(), signature.Verify},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := claim.Check(tt.key); reason(err) != tt.want {
				t.Errorf("Check = %v, want %q", err, tt.want)
			}
		})
	}
}

// TestOverTheWire sends a request through a real connection. Pleroma and its kin sign
// content-length too, which a client does not have among its headers.
func TestOverTheWire(t *testing.T) {
	var claim *signature.Claim
	var refused error
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		base := &url.URL{Scheme: "http", Host: r.Context().Value(http.LocalAddrContextKey).(net.Addr).String()}
		claim, refused = signature.Parse(r, got, base, noon)
	}))
	defer s.Close()
	send := func(sign func(r *http.Request) error) {
		t.Helper()
		r, err := http.NewRequest("POST", s.URL+"/users/%C3%A9/inbox?x=%20y", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/activity+json")
		if err := sign(r); err != nil {
			t.Fatal(err)
		}
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if refused != nil {
			t.Fatal(refused)
		}
		if err := claim.Check(rsaKey().Public()); err != nil {
			t.Error(err)
		}
	}
	send(cavageBy(rsaKey(), body, noon))
	send(messageBy(rsaKey(), body, noon))
	send(func(r *http.Request) error {
		if err := signature.SignCavage(r, body, keyID, rsaKey(), noon); err != nil {
			return err
		}
		r.Host = r.URL.Host
		r.Header.Set("Content-Length", fmt.Sprint(len(body)))
		signed(r, params, "(request-target) content-length date digest host", byRSA)
		r.Header.Del("Content-Length")
		return nil
	})
}
