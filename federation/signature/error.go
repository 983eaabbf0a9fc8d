package signature

import (
	"fmt"
	"net/http"
)

// Reason says in one word why a signature was refused. It is meant for logs and counters.
type Reason string

// The reasons.
const (
	Unsigned Reason = "unsigned"     // there is no signature
	Syntax   Reason = "sig_parse"    // more than one, a parameter twice, or a form that is not allowed
	Coverage Reason = "sig_coverage" // something that must be signed is not
	Date     Reason = "sig_date"     // too old, in the future, expired
	Digest   Reason = "sig_digest"   // the digest is not the body's
	Host     Reason = "sig_host"     // meant for another host
	Verify   Reason = "sig_verify"   // the mathematics says no
	KeySize  Reason = "key_size"     // key too small or too large
	KeyType  Reason = "key_type"     // neither RSA nor Ed25519
)

// Error is a refused signature.
type Error struct {
	Reason Reason
	Detail string // for the log and for the developer on the other side; holds no secret

	malformed bool
}

// Error says what was wrong.
func (e *Error) Error() string { return string(e.Reason) + ": " + e.Detail }

// Status returns how to answer the request: 421 if it was meant for another host, 400 if the
// signature header is not even of the right shape, otherwise 401.
func (e *Error) Status() int {
	switch {
	case e.Reason == Host:
		return http.StatusMisdirectedRequest
	case e.malformed:
		return http.StatusBadRequest
	}
	return http.StatusUnauthorized
}

// refuse makes an Error.
func refuse(why Reason, format string, args ...any) error {
	return &Error{Reason: why, Detail: fmt.Sprintf(format, args...)}
}

// malformed makes an Error for a header that cannot be read at all.
func malformed(format string, args ...any) error {
	return &Error{Reason: Syntax, Detail: fmt.Sprintf(format, args...), malformed: true}
}
