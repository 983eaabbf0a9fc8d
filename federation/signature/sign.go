package signature

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
	"github.com/go-fed/httpsig"
)

// SignCavage signs r, which is about to be sent, by draft-cavage-12 and sets its Date, Digest and
// Signature headers; what an earlier call set is replaced, so a request can be tried again.
//
// Key is an *rsa.PrivateKey or an ed25519.PrivateKey, keyID its address, such as
// "https://example.org/c/12#main-key". Body must be what r will send, nil for a GET. Covered are
// (request-target), host and date, and if there is a body digest and content-type: no header that
// a proxy may change.
func SignCavage(r *http.Request, body []byte, keyID string, key crypto.Signer, now time.Time) error {
	algorithm := httpsig.RSA_SHA256
	switch key.(type) {
	case *rsa.PrivateKey:
	case ed25519.PrivateKey:
		algorithm = httpsig.ED25519
	default:
		return fmt.Errorf("sign for %s: key of type %T", r.URL.Host, key)
	}
	unsign(r)
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	fields := []string{requestTarget, "host", "date"}
	if body != nil {
		r.Header.Set("Digest", digest(body))
		fields = append(fields, "digest")
		if r.Header.Get("Content-Type") != "" {
			fields = append(fields, "content-type")
		}
	}
	signer, _, err := httpsig.NewSigner([]httpsig.Algorithm{algorithm}, httpsig.DigestSha256, fields, httpsig.Signature, 0)
	if err != nil {
		return fmt.Errorf("sign for %s: %w", r.URL.Host, err)
	}
	// go-fed signs the decoded path and wants Host among the headers: give it a copy that has both.
	twin := &http.Request{Method: r.Method, URL: &url.URL{Path: r.URL.RequestURI()}, Header: r.Header.Clone()}
	twin.Header.Set("Host", hostOf(r))
	if err := signer.SignRequest(key, keyID, twin, nil); err != nil {
		return fmt.Errorf("sign for %s: %w", r.URL.Host, err)
	}
	header := twin.Header.Get("Signature")
	if algorithm == httpsig.RSA_SHA256 {
		// Mastodon takes hs2019 too, but others know only the older name.
		header = strings.Replace(header, `",algorithm="hs2019",`, `",algorithm="rsa-sha256",`, 1)
	}
	r.Header.Set("Signature", header)
	return nil
}

// SignMessage signs r, which is about to be sent, by RFC 9421 and sets its Content-Digest,
// Signature-Input and Signature headers; what an earlier call set is replaced. The arguments are
// those of [SignCavage]. Covered are @method, @target-uri and, if there is a body, content-digest.
// RSA signs with rsa-v1_5-sha256, the one that Mastodon verifies.
func SignMessage(r *http.Request, body []byte, keyID string, key crypto.Signer, now time.Time) error {
	unsign(r)
	list := httpsfv.InnerList{Params: httpsfv.NewParams()}
	cover := []string{"@method", "@target-uri"}
	if body != nil {
		r.Header.Set("Content-Digest", contentDigest(body))
		cover = append(cover, "content-digest")
	}
	for _, name := range cover {
		list.Items = append(list.Items, httpsfv.NewItem(name))
	}
	list.Params.Add("created", now.Unix())
	list.Params.Add("keyid", keyID)
	params, err := httpsfv.Marshal(list)
	if err != nil {
		return fmt.Errorf("sign for %s: %w", r.URL.Host, err)
	}
	m := &message{components: cover, params: params}
	text, err := m.base(r, &url.URL{Scheme: r.URL.Scheme, Host: hostOf(r)})
	if err != nil {
		return fmt.Errorf("sign for %s: %w", r.URL.Host, err)
	}
	signature, err := signBytes(text, key)
	if err != nil {
		return fmt.Errorf("sign for %s: %w", r.URL.Host, err)
	}
	r.Header.Set("Signature-Input", "sig1="+params)
	r.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(signature)+":")
	return nil
}

// signBytes signs text with rsa-v1_5-sha256 or ed25519, as the key demands.
func signBytes(text []byte, key crypto.Signer) ([]byte, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		sum := sha256.Sum256(text)
		return rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	case ed25519.PrivateKey:
		return k.Sign(rand.Reader, text, crypto.Hash(0))
	}
	return nil, fmt.Errorf("key of type %T", key)
}

// unsign removes what an earlier signature set.
func unsign(r *http.Request) {
	for _, name := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest"} {
		r.Header.Del(name)
	}
}

// hostOf returns the Host header with which r will be sent.
func hostOf(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}
