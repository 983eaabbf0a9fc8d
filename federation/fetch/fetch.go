// Package fetch is the only way out of the instance: one client for documents, deliveries and
// look-ups, behind one [Gate] that decides which addresses may be dialled.
//
// What the network says is not trusted: every address is checked in its spelling before it is
// resolved and in its bytes when it is dialled, redirections are followed by hand, and size, time
// and number of fetches are bounded. What went wrong is an [*Error] with a reason.
package fetch

import (
	"context"
	"net/http"
	"time"
)

// Limits that are the same for everybody.
const (
	maxBody      = 1 << 20  // of a document, before and after decompression
	maxHeader    = 64 << 10 // of the head of an answer
	maxRedirects = 3
	perHost      = 8                // fetches at once
	maxWaiting   = 64               // fetches that wait for one host
	dialTimeout  = 5 * time.Second  // of one address
	idleTimeout  = 30 * time.Second // of a connection that may be used again
	remembered   = 4096             // failures kept in mind
	memoryTime   = 5 * time.Minute  // and for how long
)

// Config makes a [Client].
type Config struct {
	Gate      Gate
	UserAgent string                            // "Folkmoot/1.0 (+https://…)"
	Sign      func(*http.Request, []byte) error // signs GETs as the instance actor; nil sends them unsigned
	Now       func() time.Time                  // nil means time.Now
	Timeout   time.Duration                     // of one fetch with all redirects; zero means 10 s
	Scale     float64                           // divides how long failures are remembered; zero means 1
}

// Query is one document to get.
type Query struct {
	URL    string // a fragment is cut off
	Accept string // media types
	ETag   string // asks for the document only if it is not this version; the answer may be 304

	// AcrossOrigins lets redirections lead to other hosts, by https only. It is for WebFinger and
	// host-meta, whose answers must loop back; an actor or object that lies elsewhere than its
	// address says proves nothing.
	AcrossOrigins bool
}

// Response is what came back. It may have any status but that of a followed redirection.
type Response struct {
	URL       string // the address that answered, after redirects
	Status    int
	MediaType string // lower case, without parameters but for the AS profile, see [IsActivity]
	Header    http.Header
	Body      []byte // at most 1 MiB after decompression; only of GETs answered with 2xx
}

// Fetcher is what [Client] does; other packages take it where tests need to stand in between.
type Fetcher interface {
	Get(ctx context.Context, url string, accept string) (*Response, error)
	Fetch(ctx context.Context, q Query) (*Response, error)
	Post(ctx context.Context, req *http.Request) (*Response, error)
}

var _ Fetcher = (*Client)(nil)
