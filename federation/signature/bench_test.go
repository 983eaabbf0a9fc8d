package signature_test

import (
	"crypto"
	"net/http"
	"testing"

	"github.com/folkmoot/folkmoot/federation/signature"
)

// ways are the ways to sign that are measured.
func ways() map[string]struct {
	key  crypto.Signer
	sign func(*http.Request) error
} {
	return map[string]struct {
		key  crypto.Signer
		sign func(*http.Request) error
	}{
		"cavage/rsa":      {rsaKey(), cavageBy(rsaKey(), body, noon)},
		"cavage/ed25519":  {edKey(), cavageBy(edKey(), body, noon)},
		"rfc9421/rsa":     {rsaKey(), messageBy(rsaKey(), body, noon)},
		"rfc9421/ed25519": {edKey(), messageBy(edKey(), body, noon)},
	}
}

func BenchmarkSign(b *testing.B) {
	for name, way := range ways() {
		b.Run(name, func(b *testing.B) {
			r := outgoing(b, "POST", "https://moot.example/inbox", body, way.sign)
			for b.Loop() {
				if err := way.sign(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, way := range ways() {
		b.Run(name, func(b *testing.B) {
			r := arrive(outgoing(b, "POST", "https://moot.example/inbox", body, way.sign))
			for b.Loop() {
				claim, err := signature.Parse(r, body, here, noon)
				if err != nil {
					b.Fatal(err)
				}
				if err := claim.Check(way.key.Public()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
