package signature_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/signature"
)

// equal compares public keys.
func equal(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

func TestPublicKeyForms(t *testing.T) {
	for _, key := range []crypto.Signer{rsaKey(), edKey()} {
		text, err := signature.PublicPEM(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := signature.ParsePublicPEM("\n " + text + "\n\n"); err != nil || !equal(got, key.Public()) {
			t.Errorf("PEM of %T: %v, %v", key, got, err)
		}
		text, err = signature.Multibase(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := signature.ParseMultibase(text); err != nil || !equal(got, key.Public()) {
			t.Errorf("Multikey of %T: %v, %v", key, got, err)
		}
	}
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey)})
	if got, err := signature.ParsePublicPEM(string(pkcs1)); err != nil || !equal(got, rsaKey().Public()) {
		t.Errorf("PKCS #1: %v, %v", got, err)
	}
}

func TestPublicKeysRefused(t *testing.T) {
	good, _ := signature.PublicPEM(edKey().Public())
	curve, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ec, _ := signature.PublicPEM(curve.Public())
	pkcs8, _ := x509.MarshalPKCS8PrivateKey(edKey())
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	for name, text := range map[string]string{
		"empty":       "",
		"words":       "not a key",
		"two":         good + good,
		"text after":  good + "x",
		"curve":       ec,
		"private":     private,
		"no DER":      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		"no PKCS #1":  "-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n",
		"certificate": strings.ReplaceAll(good, "PUBLIC KEY", "CERTIFICATE"),
		"huge":        good + strings.Repeat("\n", 9<<10),
	} {
		if key, err := signature.ParsePublicPEM(text); err == nil {
			t.Errorf("%s: got %T", name, key)
		}
	}
	multi, _ := signature.Multibase(edKey().Public())
	for name, text := range map[string]string{
		"empty":       "",
		"no base":     multi[1:],
		"other base":  "m" + multi[1:],
		"not base58":  "z0OIl",
		"cut":         multi[:len(multi)-4],
		"other codec": "z" + signature.Base58([]byte{0x90, 0x24, 1, 2, 3}),
		"bad RSA":     "z" + signature.Base58([]byte{0x85, 0x24, 1, 2, 3}),
		"huge":        "z" + strings.Repeat("2", 9<<10),
	} {
		if key, err := signature.ParseMultibase(text); err == nil {
			t.Errorf("%s: got %T", name, key)
		}
	}
	if _, err := signature.Multibase(curve.Public()); err == nil {
		t.Error("a curve key as Multikey")
	}
}

func TestNewKeys(t *testing.T) {
	if got := rsaKey().N.BitLen(); got != 2048 {
		t.Errorf("RSA key of %d bits", got)
	}
	if got := len(edKey()); got != ed25519.PrivateKeySize {
		t.Errorf("Ed25519 key of %d bytes", got)
	}
}

// TestMultikeyVectors runs the scenarios of FEP-521a.
func TestMultikeyVectors(t *testing.T) {
	b, err := os.ReadFile(fedtest.Shared(t, "data/conformance/fep/fep-521a.feature"))
	if err != nil {
		t.Fatal(err)
	}
	keys := regexp.MustCompile(`hex string "([0-9a-f]+)"`).FindAllSubmatch(b, -1)
	texts := regexp.MustCompile(`"publicKeyMultibase": "(\w+)"`).FindAllSubmatch(b, -1)
	if len(keys) != 2 || len(texts) != 2 {
		t.Fatalf("%d keys, %d texts", len(keys), len(texts))
	}
	for i := range keys {
		raw, err := hex.DecodeString(string(keys[i][1]))
		if err != nil {
			t.Fatal(err)
		}
		key, err := signature.ParseMultibase(string(texts[i][1]))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := key.(ed25519.PublicKey)
		if k, isRSA := key.(*rsa.PublicKey); isRSA {
			got, ok = x509.MarshalPKCS1PublicKey(k), true
		}
		if !ok || !bytes.Equal(got, raw) {
			t.Errorf("key %d = %x, want %x", i, got, raw)
		}
		if text, err := signature.Multibase(key); err != nil || text != string(texts[i][1]) {
			t.Errorf("key %d written %s, %v", i, text, err)
		}
	}
}
