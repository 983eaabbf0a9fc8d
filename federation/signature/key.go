package signature

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// The RSA keys that are believed, in bits.
const (
	minRSA = 2048
	maxRSA = 8192
)

// maxKey bounds the text of a key: RSA-8192 needs a quarter of it.
const maxKey = 8 << 10

// The multicodec prefixes of public keys, as varints.
var (
	edPrefix  = []byte{0xed, 0x01} // ed25519-pub
	rsaPrefix = []byte{0x85, 0x24} // rsa-pub, 0x1205
)

// NewRSA makes a key for draft-cavage: 2048 bits, which every server accepts. It takes a tenth of a
// second or more.
func NewRSA() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, minRSA) }

// NewEd25519 makes a key for RFC 9421 and for integrity proofs.
func NewEd25519() (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return key, err
}

// ParsePublicPEM reads a publicKeyPem: SPKI of an RSA or Ed25519 key, or PKCS #1. The size of the
// key is not judged here but by [Claim.Check]. It returns an *rsa.PublicKey or an ed25519.PublicKey.
func ParsePublicPEM(text string) (crypto.PublicKey, error) {
	if len(text) > maxKey {
		return nil, fmt.Errorf("public key: longer than %d bytes", maxKey)
	}
	block, rest := pem.Decode([]byte(strings.TrimSpace(text)))
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("public key: not one block of PEM")
	}
	if block.Type == "RSA PUBLIC KEY" {
		key, err := x509.ParsePKCS1PublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("public key: %w", err)
		}
		return key, nil
	}
	if block.Type != "PUBLIC KEY" {
		return nil, fmt.Errorf("public key: PEM of type %q", block.Type)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	return ours(key)
}

// PublicPEM writes a publicKeyPem (SPKI).
func PublicPEM(key crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("public key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// ParseMultibase reads a publicKeyMultibase of a Multikey (FEP-521a): base58btc or base64url of an
// Ed25519 or RSA key. It returns an ed25519.PublicKey or an *rsa.PublicKey.
func ParseMultibase(text string) (crypto.PublicKey, error) {
	raw, err := multibase(text)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	if key, ok := bytes.CutPrefix(raw, edPrefix); ok {
		if len(key) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("public key: Ed25519 key of %d bytes", len(key))
		}
		return ed25519.PublicKey(key), nil
	}
	if der, ok := bytes.CutPrefix(raw, rsaPrefix); ok {
		key, err := x509.ParsePKCS1PublicKey(der)
		if err != nil {
			return nil, fmt.Errorf("public key: %w", err)
		}
		return key, nil
	}
	return nil, errors.New("public key: Multikey of a kind that is not understood")
}

// Multibase writes a publicKeyMultibase (base58btc).
func Multibase(key crypto.PublicKey) (string, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return "z" + base58(append(edPrefix[:2:2], k...)), nil
	case *rsa.PublicKey:
		return "z" + base58(append(rsaPrefix[:2:2], x509.MarshalPKCS1PublicKey(k)...)), nil
	}
	return "", fmt.Errorf("public key: type %T", key)
}

// ours lets through the two kinds of key that are used.
func ours(key any) (crypto.PublicKey, error) {
	switch key.(type) {
	case *rsa.PublicKey, ed25519.PublicKey:
		return key, nil
	}
	return nil, fmt.Errorf("public key: type %T", key)
}

// multibase decodes base58btc (z) and base64url without padding (u).
func multibase(text string) ([]byte, error) {
	switch {
	case len(text) > maxKey:
		return nil, fmt.Errorf("longer than %d bytes", maxKey)
	case strings.HasPrefix(text, "z"):
		return unbase58(text[1:])
	case strings.HasPrefix(text, "u"):
		return base64.RawURLEncoding.DecodeString(text[1:])
	}
	return nil, errors.New("not base58btc or base64url")
}
