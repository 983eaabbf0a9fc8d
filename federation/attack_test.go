package federation_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/federation/fedtest"
)

// attack is something that must be refused: with what status, and for what reason.
type attack struct {
	name   string
	play   func(t *testing.T, s *stage) fedtest.Answer
	status int
	reason string
}

// by posts alice's reply to us, signed or bent by options.
func by(who func(*stage) *fedtest.Actor, how ...fedtest.Option) func(*testing.T, *stage) fedtest.Answer {
	return func(t *testing.T, s *stage) fedtest.Answer {
		t.Helper()
		return who(s).Post(t, s.inbox(), s.reply(s.alice, "forged"), how...)
	}
}

func alice(s *stage) *fedtest.Actor     { return s.alice }
func mallory(s *stage) *fedtest.Actor   { return s.mallory }
func neighbour(s *stage) *fedtest.Actor { return s.neighbour }

// rewrite changes a part of the Signature header.
func rewrite(old, new string) fedtest.Option {
	return fedtest.Tamper(func(r *http.Request) {
		r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), old, new, 1))
	})
}

// badSignatures are requests whose signature is not good enough.
func badSignatures() []attack {
	return []attack{
		{"sig.unsigned", by(alice, fedtest.Unsigned()), 401, "unsigned"},
		{"sig.unsigned, empty", by(alice, fedtest.Unsigned(), fedtest.Header("Signature", "")), 401, "unsigned"},
		{"sig.garbage", by(alice, fedtest.Tamper(garbage)), 401, "sig_verify"},
		{"sig.tampered-body", by(alice, fedtest.Body(`{"type":"Create","actor":"x"}`)), 401, "sig_digest"},
		{"sig.tampered-digest", by(alice, fedtest.Tamper(newDigest)), 401, "sig_verify"},
		{"sig.digest-uncovered", by(alice, covering("(request-target)", "host", "date")), 401, "sig_coverage"},
		{"sig.date-only", by(alice, covering("date")), 401, "sig_coverage"},
		{"sig.no-date", by(alice, covering("(request-target)", "host", "digest")), 401, "sig_coverage"},
		{"sig.stale", by(alice, fedtest.At(time.Now().Add(-25*time.Hour))), 401, "sig_date"},
		{"sig.stale, just", by(alice, fedtest.At(time.Now().Add(-66*time.Minute))), 401, "sig_date"},
		{"sig.future", by(alice, fedtest.At(time.Now().Add(61*time.Minute))), 401, "sig_date"},
		{"sig.expired", by(alice, expired()), 401, "sig_date"},
		{"sig.other-path", by(alice, otherPath()), 401, "sig_verify"},
		{"sig.other-host", by(alice, fedtest.Host("other.example")), 421, "sig_host"},
		{"sig.actor-mismatch", by(mallory), 401, "actor_mismatch"},
		{"sig.actor-mismatch-samehost", by(neighbour), 401, "key_owner"},
		{"sig.alg-hmac", by(alice, hmacWithKey()), 401, "sig_parse"},
		{"sig.alg-none", by(alice, rewrite("rsa-sha256", "none")), 401, "sig_parse"},
		{"sig.dup-params", by(alice, rewrite(`keyId=`, `keyId="x",keyId=`)), 401, "sig_parse"},
		{"sig.cavage-and-9421", by(alice, fedtest.Header("Signature-Input", `sig1=("@method");created=1;keyid="x"`)), 401, ""},
		{"sig.9421-no-digest", by(alice, fedtest.RFC9421(), fedtest.Tamper(func(r *http.Request) {
			r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), ` "content-digest"`, "", 1))
		})), 401, "sig_coverage"},
		{"sig.9421-stale", by(alice, fedtest.RFC9421(), fedtest.At(time.Now().Add(-25*time.Hour))), 401, "sig_date"},
		{"sig.9421-other-target", by(alice, fedtest.RFC9421(), otherTarget()), 401, "sig_verify"},
	}
}

// stolenKeys are signatures with keys that are not the actor's.
func stolenKeys() []attack {
	return []attack{
		{"sig.key-owner-claim", func(t *testing.T, s *stage) fedtest.Answer {
			s.c.Serve("/keys/1", M{"id": s.c.URL + "/keys/1", "type": "Key", "owner": s.alice.ID, "publicKeyPem": pemOf(t, s.mallory)})
			return s.mallory.Post(t, s.inbox(), s.reply(s.alice, "forged"), fedtest.KeyID(s.c.URL+"/keys/1"))
		}, 401, "actor_mismatch"},
		{"sig.actor-doc-claims-id", func(t *testing.T, s *stage) fedtest.Answer {
			fake := s.mallory.Document()
			fake["id"], fake["publicKey"].(M)["id"], fake["publicKey"].(M)["owner"] = s.alice.ID, s.alice.ID+"#main-key", s.alice.ID
			s.c.Serve("/users/fake", fake)
			doc := s.reply(s.mallory, "forged")
			doc["actor"], doc["id"] = s.c.URL+"/users/fake", s.c.URL+"/1"
			return s.mallory.Post(t, s.inbox(), doc, fedtest.KeyID(s.c.URL+"/users/fake#main-key"))
		}, 401, "id_mismatch"},
		{"sig.key-cache-poison", func(t *testing.T, s *stage) fedtest.Answer {
			s.mallory.Set(M{"publicKey": []M{
				{"id": s.alice.ID + "#main-key", "owner": s.alice.ID, "publicKeyPem": pemOf(t, s.mallory)},
				{"id": s.mallory.ID + "#main-key", "owner": s.mallory.ID, "publicKeyPem": pemOf(t, s.mallory)},
			}})
			s.mallory.Send(t, s.inbox(), s.reply(s.mallory, "harmless"))
			return s.mallory.Post(t, s.inbox(), s.reply(s.alice, "forged"), fedtest.KeyID(s.alice.ID+"#main-key"))
		}, 401, "sig_verify"},
		{"sig.actor-embedded", func(t *testing.T, s *stage) fedtest.Answer {
			doc := s.reply(s.mallory, "forged")
			fake := s.mallory.Document()
			fake["id"] = s.alice.ID
			doc["actor"] = fake
			return s.mallory.Post(t, s.inbox(), doc)
		}, 401, "actor_mismatch"},
		{"sig.dup-keys", func(t *testing.T, s *stage) fedtest.Answer {
			return s.mallory.Post(t, s.inbox(), fmt.Sprintf(`{"type":"Like","actor":%q,"actor":%q,"object":"x"}`, s.alice.ID, s.mallory.ID))
		}, 400, "json_dup"},
		{"sig.dup-keys by case", func(t *testing.T, s *stage) fedtest.Answer {
			return s.mallory.Post(t, s.inbox(), fmt.Sprintf(`{"type":"Like","actor":%q,"Actor":%q,"object":"x"}`, s.alice.ID, s.mallory.ID))
		}, 400, "json_dup"},
	}
}

// lyingBodies are activities that say more than their signer may.
func lyingBodies() []attack {
	return []attack{
		{"sig.body-proof", func(t *testing.T, s *stage) fedtest.Answer {
			doc := s.reply(s.alice, "forged")
			doc["signature"] = M{"type": "RsaSignature2017", "creator": s.alice.ID + "#main-key", "signatureValue": "AAAA"}
			return s.mallory.Post(t, s.inbox(), doc)
		}, 401, "actor_mismatch"},
		{"origin.activity-id-other", func(t *testing.T, s *stage) fedtest.Answer {
			doc := s.reply(s.mallory, "squat")
			doc["id"] = s.a.URL + "/activities/1"
			return s.mallory.Post(t, s.inbox(), doc)
		}, 400, "id_origin"},
		{"origin.likes-forged", func(t *testing.T, s *stage) fedtest.Answer {
			return s.mallory.Post(t, s.inbox(), s.alice.Activity("Like", s.URL+"/c/12/opening", nil))
		}, 401, "actor_mismatch"},
		{"sig.actor-mismatch, own id", func(t *testing.T, s *stage) fedtest.Answer {
			doc := s.reply(s.alice, "forged")
			doc["id"] = s.c.URL + "/activities/1"
			return s.mallory.Post(t, s.inbox(), doc)
		}, 401, "actor_mismatch"},
		{"sig.actor-mismatch, id of no shape", func(t *testing.T, s *stage) fedtest.Answer {
			doc := s.reply(s.alice, "forged")
			doc["id"] = "urn:uuid:1"
			return s.mallory.Post(t, s.inbox(), doc)
		}, 401, "actor_mismatch"},
		{"activity id of no shape", func(t *testing.T, s *stage) fedtest.Answer {
			doc := s.reply(s.mallory, "odd")
			doc["id"] = "urn:uuid:1"
			return s.mallory.Post(t, s.inbox(), doc)
		}, 400, "url_form"},
		{"origin.delete-actor", func(t *testing.T, s *stage) fedtest.Answer {
			s.alice.Send(t, s.inbox(), s.reply(s.alice, "known"))
			return s.mallory.Post(t, s.inbox(), s.alice.Activity("Delete", s.alice.ID, nil))
		}, 401, "actor_mismatch"},
		{"our own actor", func(t *testing.T, s *stage) fedtest.Answer {
			doc := s.reply(s.mallory, "forged")
			doc["actor"], doc["id"] = s.URL+"/org", s.URL+"/a/1"
			return s.mallory.Post(t, s.inbox(), doc)
		}, 401, "url_form"},
	}
}

// confusedHosts are actors whose host different parsers read differently.
func confusedHosts() []attack {
	var attacks []attack
	for _, form := range []string{`http://%s\@%s/users/mallory`, "http://%s#@%s/users/mallory", "http://%s%%2f@%s/users/mallory", "http://%[2]s:80/users/mallory", "file:///etc/passwd", "gopher://%s/", "javascript:alert(1)", " http://%s/"} {
		attacks = append(attacks, attack{"sig.host-confusion " + form, func(t *testing.T, s *stage) fedtest.Answer {
			doc := s.reply(s.mallory, "forged")
			doc["actor"] = strings.Split(fmt.Sprintf(form, s.a.Host(), s.c.Host()), "%!(EXTRA")[0]
			delete(doc, "id")
			return s.mallory.Post(t, s.inbox(), doc, fedtest.KeyID(doc["actor"].(string)))
		}, 401, ""})
	}
	return attacks
}

// weakKey signs with a key that is too small, which the actor lists.
func weakKey(t *testing.T, s *stage) fedtest.Answer {
	t.Helper()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(weak.Public())
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	s.alice.Set(M{"publicKey": M{"id": s.alice.ID + "#main-key", "owner": s.alice.ID, "publicKeyPem": string(text)}})
	return s.alice.Post(t, s.inbox(), s.reply(s.alice, "weak"), fedtest.Key(weak))
}

// TestInboxRefuses plays the attacks of which the inbox alone can be the judge.
func TestInboxRefuses(t *testing.T) {
	attacks := slices.Concat(badSignatures(), stolenKeys(), lyingBodies(), confusedHosts(),
		[]attack{{"sig.weak-key", weakKey, 401, "key_size"}})
	for _, tt := range attacks {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			got := tt.play(t, s)
			wantProblem(t, got, tt.status)
			if log := s.log.String(); !strings.Contains(log, `"message":"inbox.reject"`) || tt.reason != "" && !strings.Contains(log, `"reason":"`+tt.reason+`"`) {
				t.Errorf("log lacks inbox.reject with reason %q:\n%s", tt.reason, log)
			}
			for _, r := range s.accepted() {
				if bytes.Contains(r.Body, []byte("forged")) {
					t.Errorf("kept %s", r.Body)
				}
			}
		})
	}
}

func garbage(r *http.Request) {
	b := make([]byte, 256)
	rand.Read(b)
	h := r.Header.Get("Signature")
	i := strings.Index(h, `signature="`)
	r.Header.Set("Signature", h[:i]+`signature="`+base64.StdEncoding.EncodeToString(b)+`"`)
}

func newDigest(r *http.Request) {
	old, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	body := strings.Replace(string(old), "forged", "forged anew", 1)
	sum := sha256.Sum256([]byte(body))
	r.Header.Set("Digest", "SHA-256="+base64.StdEncoding.EncodeToString(sum[:]))
	fedtest.SetBody(r, body)
}

// covering signs by draft-cavage over fewer headers than are needed.
func covering(names ...string) fedtest.Option {
	return fedtest.Tamper(func(r *http.Request) {
		h := r.Header.Get("Signature")
		i := strings.Index(h, `headers="`) + len(`headers="`)
		j := i + strings.IndexByte(h[i:], '"')
		r.Header.Set("Signature", h[:i]+strings.Join(names, " ")+h[j:])
	})
}

func expired() fedtest.Option {
	return fedtest.Tamper(func(r *http.Request) {
		then := time.Now().Add(-26 * time.Hour).Unix()
		h := strings.Replace(r.Header.Get("Signature"), "rsa-sha256", "hs2019", 1)
		h = strings.Replace(h, "date", "(created)", 1)
		r.Header.Set("Signature", fmt.Sprintf("created=%d,expires=%d,%s", then, then+3600, h))
	})
}

// otherPath signs for another inbox of ours.
func otherPath() fedtest.Option {
	return fedtest.Sign(func(r *http.Request, sign func()) {
		path := r.URL.Path
		r.URL.Path = "/c/99/inbox"
		sign()
		r.URL.Path = path
	})
}

func otherTarget() fedtest.Option {
	return fedtest.Sign(func(r *http.Request, sign func()) {
		host := r.URL.Host
		r.URL.Host, r.Host = "other.example", "other.example"
		sign()
		r.URL.Host, r.Host = host, host
	})
}

// hmacWithKey takes the public key for a shared secret.
func hmacWithKey() fedtest.Option {
	return fedtest.Tamper(func(r *http.Request) {
		mac := hmac.New(sha256.New, []byte("the public key as everybody knows it"))
		mac.Write([]byte(r.Header.Get("Date")))
		h := strings.Replace(r.Header.Get("Signature"), "rsa-sha256", "hmac-sha256", 1)
		i := strings.Index(h, `signature="`)
		r.Header.Set("Signature", h[:i]+`signature="`+base64.StdEncoding.EncodeToString(mac.Sum(nil))+`"`)
	})
}

func pemOf(t *testing.T, a *fedtest.Actor) string {
	t.Helper()
	return a.Document()["publicKey"].(M)["publicKeyPem"].(string)
}
