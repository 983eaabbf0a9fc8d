package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
)

// The two ways not to get an answer; match with [errors.Is].
var (
	ErrDenied = errors.New("not allowed")     // ours to refuse; trying again is of no use
	ErrFailed = errors.New("does not answer") // theirs; it may pass
)

// ErrBudget says that the context's budget is spent, see [WithBudget].
var ErrBudget = errors.New("too many fetches")

// Reasons of an [Error], for logs and counters.
const (
	ReasonForm     = "url_form"  // denied: the address has more than one spelling
	ReasonScheme   = "scheme"    // denied: neither https nor http to a test peer
	ReasonPort     = "port"      // denied: a port below 1024 other than 443
	ReasonAddr     = "addr"      // denied: not a public address
	ReasonOwn      = "own"       // denied: ourselves
	ReasonRedirect = "redirect"  // denied: redirected to another origin
	ReasonBudget   = "budget"    // denied: see [ErrBudget]
	ReasonTimeout  = "timeout"   // failed
	ReasonName     = "dns"       // failed: no such host
	ReasonTLS      = "tls"       // failed: certificate
	ReasonConnect  = "connect"   // failed: nothing listens, or the connection broke
	ReasonLarge    = "too_large" // failed: more than 1 MiB
	ReasonEncoding = "encoding"  // failed: cannot be decompressed
	ReasonLoop     = "redirects" // failed: more than three
	ReasonBusy     = "host_busy" // failed: too many wait for this host
	ReasonSign     = "sign"      // failed: no key to sign with
	ReasonCanceled = "canceled"  // failed: the caller does not want it any more
)

// Error says why there is no answer.
type Error struct {
	Kind   error  // ErrDenied or ErrFailed
	Reason string // one of the reasons above
	Host   string // who was asked
	Err    error  // nil if there is no more to say
}

// Error says what was tried and why it came to nothing.
func (e *Error) Error() string {
	s := "fetch from " + e.Host + ": " + e.Kind.Error() + ": " + e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns kind and cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// Reason returns the reason of an error of this package, empty for others.
func Reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// deny makes a refusal.
func deny(reason, host string, err error) *Error {
	return &Error{Kind: ErrDenied, Reason: reason, Host: host, Err: err}
}

// fail makes a failure.
func fail(reason, host string, err error) *Error {
	return &Error{Kind: ErrFailed, Reason: reason, Host: host, Err: err}
}

// classify turns what the network stack says into an Error.
func classify(host string, err error) *Error {
	var (
		known   *Error
		timeout net.Error
		name    *net.DNSError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
	)
	if errors.As(err, &known) {
		return &Error{Kind: known.Kind, Reason: known.Reason, Host: host, Err: known.Err}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return fail(ReasonCanceled, host, err)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return fail(ReasonTimeout, host, err)
	case errors.As(err, &name):
		return fail(ReasonName, host, err)
	case errors.As(err, &cert), errors.As(err, &record):
		return fail(ReasonTLS, host, err)
	case errors.Is(err, io.EOF):
		return fail(ReasonConnect, host, io.ErrUnexpectedEOF)
	}
	return fail(ReasonConnect, host, err)
}
