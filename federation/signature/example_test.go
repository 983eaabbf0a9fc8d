package signature_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/federation/signature"
)

// A sender signs; a receiver checks what it can, looks the key up, and checks the rest.
func Example() {
	key, _ := signature.NewEd25519()
	body := []byte(`{"type":"Follow"}`)
	sent, _ := http.NewRequest("POST", "https://moot.example/c/12/inbox", strings.NewReader(string(body)))
	sent.Header.Set("Content-Type", "application/activity+json")
	err := signature.SignCavage(sent, body, "https://peer.example/users/alice#ed25519-key", key, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}

	r := httptest.NewRequest("POST", "/c/12/inbox", nil)
	r.Host, r.Header = "moot.example", sent.Header
	base := &url.URL{Scheme: "https", Host: "moot.example"}
	claim, err := signature.Parse(r, body, base, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("signed by", claim.KeyID)
	fmt.Println("verified:", claim.Check(key.Public()) == nil)

	var refused *signature.Error
	_, err = signature.Parse(r, []byte(`{"type":"Delete"}`), base, time.Now())
	if errors.As(err, &refused) {
		fmt.Println(refused.Status(), refused)
	}
	// Output:
	// signed by https://peer.example/users/alice#ed25519-key
	// verified: true
	// 401 sig_digest: Digest is not the body's
}
