package signature_test

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/federation/signature"
)

// FuzzParse feeds headers to the whole way in: nothing panics, every refusal has a reason and a
// status of the 4xx kind, and nothing verifies with a key that did not sign it.
func FuzzParse(f *testing.F) {
	for _, sign := range []bool{true, false} {
		r := outgoing(f, "POST", "https://moot.example/inbox", body, cavageBy(edKey(), body, noon))
		if sign {
			r = outgoing(f, "POST", "https://moot.example/inbox", body, messageBy(edKey(), body, noon))
		}
		f.Add(r.Header.Get("Signature"), r.Header.Get("Signature-Input"), r.Header.Get("Digest"), r.Header.Get("Content-Digest"))
	}
	f.Add(`keyId="a",headers="(request-target) host (created) digest",created=1795435200,signature="AA=="`, "", "SHA-256=", "")
	f.Add(`sig1=:AA==:`, `sig1=("@method";sf "@path" "@authority");created=1;keyid="\"";alg=x`, "", "sha-256=:AA==:")
	wrong, err := signature.NewEd25519()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, sig, input, digest, contentDigest string) {
		r := httptest.NewRequest("POST", "/inbox", nil)
		r.Host = here.Host
		r.Header.Set("Date", noon.Format("Mon, 02 Jan 2006 15:04:05 GMT"))
		for name, value := range map[string]string{"Signature": sig, "Signature-Input": input, "Digest": digest, "Content-Digest": contentDigest} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		claim, err := signature.Parse(r, body, here, noon)
		if err != nil {
			var e *signature.Error
			if !errors.As(err, &e) || e.Reason == "" || e.Status() < 400 || e.Status() > 499 {
				t.Fatalf("%v", err)
			}
			return
		}
		if claim.KeyID == "" || claim.Check(wrong.Public()) == nil || claim.Check(rsaKey().Public()) == nil {
			t.Fatalf("believed: %+v", claim)
		}
	})
}

// FuzzCavageParams checks that what is read can be written and read again.
func FuzzCavageParams(f *testing.F) {
	for _, s := range []string{`keyId="a",signature="b"`, `a=1 , b="2"`, `a="",b`, `a="\""`, `a=1,A=2`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := signature.CavageParams(s)
		if err != nil {
			return
		}
		var parts []string
		for k, v := range got {
			if strings.ContainsAny(v, "\"\\\n") {
				t.Fatalf("%q = %q", k, v)
			}
			parts = append(parts, k+`="`+v+`"`)
		}
		again, err := signature.CavageParams(strings.Join(parts, ", "))
		if err != nil || len(again) != len(got) {
			t.Fatalf("%q read again: %v, %v", s, again, err)
		}
	})
}

// FuzzMultibase checks that no text makes the reader panic, and that base58 is its own inverse.
func FuzzMultibase(f *testing.F) {
	text, err := signature.Multibase(edKey().Public())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("z111")
	f.Add("uAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if key, err := signature.ParseMultibase(s); err == nil && key == nil {
			t.Fatal("neither key nor error")
		}
		back, err := signature.Unbase58(signature.Base58([]byte(s)))
		if err != nil || !bytes.Equal(back, []byte(s)) {
			t.Fatalf("%q came back as %q, %v", s, back, err)
		}
	})
}
