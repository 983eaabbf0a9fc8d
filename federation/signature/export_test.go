package signature

import (
	"crypto"
	"net/http"
	"net/url"

	"github.com/dunglas/httpsfv"
)

// MessageBase returns the string that an RFC 9421 signature of r signs, whatever it covers.
func MessageBase(r *http.Request, base *url.URL) (string, error) {
	m, err := readMessage(r.Header.Get("Signature-Input"), r.Header.Get("Signature"))
	if err != nil {
		return "", err
	}
	text, err := m.base(r, base)
	return string(text), err
}

// VerifyMessage is the mathematics of RFC 9421 alone.
func VerifyMessage(algorithm, text, signatureHeader, label string, key crypto.PublicKey) bool {
	dict, err := httpsfv.UnmarshalDictionary([]string{signatureHeader})
	if err != nil {
		return false
	}
	signature, ok := byteSequence(dict, label)
	return ok && verifyMessage(algorithm, []byte(text), signature, key)
}

// VerifyCavage is the mathematics of draft-cavage alone: by go-fed, and by our own base.
func VerifyCavage(r *http.Request, target string, key crypto.PublicKey) (base string, goFed, own bool, err error) {
	c, err := readCavage(r.Header.Get("Signature"))
	if err != nil {
		return "", false, false, err
	}
	n := c.normal(r, target)
	return string(c.base(n)), c.verify(n, key), verifyBytes(c.base(n), c.signature, key), nil
}

// For the fuzz targets.
var (
	CavageParams = cavageParams
	ReadMessage  = func(input, signature string) error { _, err := readMessage(input, signature); return err }
	Base58       = base58
	Unbase58     = unbase58
)
