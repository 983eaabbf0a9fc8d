// Package fetch is the only way out of the instance: one client for documents, deliveries and
// look-ups, behind one gate that decides which addresses may be dialled.
package fetch

import (
	"context"
	"net/http"
	"net/netip"
	"time"
)

// Gate says which addresses may be dialled: public unicast ones, and what is listed here.
type Gate struct {
	TestPeers    []Peer           // loopback only; may be spoken to over http
	AllowPrivate []Peer           // intranet; https only
	Own          []netip.AddrPort // our own public listeners: never dialled
}

// Peer is a range of addresses with one port.
type Peer struct {
	Prefix netip.Prefix
	Port   uint16
}

// Config makes a [Client].
type Config struct {
	Gate      Gate
	UserAgent string                            // "Folkmoot/1.0 (+https://…)"
	Sign      func(*http.Request, []byte) error // signs GETs as the instance actor; nil sends them unsigned
	Now       func() time.Time                  // nil means time.Now
	Timeout   time.Duration                     // of one fetch with all redirects; zero means 10 s
}

// Response is what came back.
type Response struct {
	URL       string // the address that answered, after redirects
	Status    int
	MediaType string // lower case, without parameters but for the AS profile, see [IsActivity]
	Header    http.Header
	Body      []byte // at most 1 MiB after decompression
}

// Fetcher is what [Client] does; other packages take it where tests need to stand in between.
type Fetcher interface {
	Get(ctx context.Context, url string, accept string) (*Response, error)
	Post(ctx context.Context, req *http.Request) (*Response, error)
}

// Client is the Fetcher.
type Client struct{}
