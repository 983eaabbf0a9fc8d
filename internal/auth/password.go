package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password: OWASP's first choice for argon2id. The number of threads is part of
// the hash, so it is fixed and not taken from the machine.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	saltLength   = 16
	keyLength    = 32

	// phcPrefix is how every hash of ours begins.
	phcPrefix = "$argon2id$v=19$m=19456,t=2,p=1$"

	// nobody is a hash that no password has. It is compared where there is no account, so that
	// the answer takes as long as for one that exists.
	nobody = phcPrefix + "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

// slots lets two hashes be computed at once in the whole process: each takes 19 MiB, and a
// hundred people signing in together must not take two gigabytes.
var slots = make(chan struct{}, 2)

// HashPassword returns the argon2id hash of a password in PHC form. At most two are computed at
// once.
func HashPassword(password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails
	slots <- struct{}{}
	key := derive(password, salt)
	return phcPrefix + encode(salt) + "$" + encode(key), nil
}

// matches reports whether password has the given hash, in constant time. A hash that is not of
// the form of [HashPassword], the empty one above all, is matched by nothing and takes as long.
func matches(ctx context.Context, hash, password string) (bool, error) {
	salt, want, ok := parse(hash)
	if !ok {
		salt, want, _ = parse(nobody)
	}
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	got := derive(password, salt)
	return subtle.ConstantTimeCompare(got, want) == 1 && ok, nil
}

// derive computes the key and frees the slot that its caller took.
func derive(password string, salt []byte) []byte {
	defer func() { <-slots }()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, keyLength)
}

// parse takes a PHC string of ours apart.
func parse(hash string) (salt, key []byte, ok bool) {
	rest, ok := strings.CutPrefix(hash, phcPrefix)
	if !ok {
		return nil, nil, false
	}
	left, right, _ := strings.Cut(rest, "$")
	salt, errSalt := base64.RawStdEncoding.DecodeString(left)
	key, errKey := base64.RawStdEncoding.DecodeString(right)
	ok = errSalt == nil && errKey == nil && len(salt) == saltLength && len(key) == keyLength
	return salt, key, ok
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// digest is the hex SHA-256 of a secret: what is stored of it where the secret itself is as good
// as random.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
