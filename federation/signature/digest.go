package signature

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"strings"

	"github.com/dunglas/httpsfv"
)

// checkDigest compares the values of the Digest header (RFC 3230) with the body. SHA-256 must be
// among them; other algorithms are not looked at.
func checkDigest(values []string, body []byte) error {
	sum := sha256.Sum256(body)
	found := false
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if !strings.EqualFold(name, "sha-256") {
			continue
		}
		got, err := base64.StdEncoding.DecodeString(value)
		if err != nil || found || !bytes.Equal(got, sum[:]) {
			return refuse(Digest, "Digest is not the body's")
		}
		found = true
	}
	if !found {
		return refuse(Digest, "no SHA-256 in Digest")
	}
	return nil
}

// checkContentDigest compares the values of the Content-Digest header (RFC 9530) with the body.
// SHA-256 or SHA-512 must be among them, and both must be right if both are.
func checkContentDigest(values []string, body []byte) error {
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return refuse(Digest, "Content-Digest cannot be read")
	}
	found := false
	for _, name := range dict.Names() {
		var want []byte
		switch name {
		case "sha-256":
			sum := sha256.Sum256(body)
			want = sum[:]
		case "sha-512":
			sum := sha512.Sum512(body)
			want = sum[:]
		default:
			continue
		}
		got, ok := byteSequence(dict, name)
		if !ok || !bytes.Equal(got, want) {
			return refuse(Digest, "Content-Digest is not the body's")
		}
		found = true
	}
	if !found {
		return refuse(Digest, "neither sha-256 nor sha-512 in Content-Digest")
	}
	return nil
}

// digest returns the value of the Digest header for body.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}

// contentDigest returns the value of the Content-Digest header for body.
func contentDigest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// byteSequence returns the member of dict with that name if it is a plain byte sequence.
func byteSequence(dict *httpsfv.Dictionary, name string) ([]byte, bool) {
	member, _ := dict.Get(name)
	item, ok := member.(httpsfv.Item)
	if !ok {
		return nil, false
	}
	b, ok := item.Value.([]byte)
	return b, ok
}
