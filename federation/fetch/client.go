package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"
)

// Client is the Fetcher. It is safe for use by many goroutines.
type Client struct {
	cfg    Config
	route  *route
	slots  slots
	memory memory
}

// New makes a client. Close it.
func New(cfg Config) *Client {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Scale == 0 {
		cfg.Scale = 1
	}
	return &Client{
		cfg:    cfg,
		route:  &route{plain: transport(cfg.Gate.controlPlain), secure: transport(cfg.Gate.Control)},
		slots:  slots{hosts: make(map[string]*slot)},
		memory: memory{failed: make(map[string]failure)},
	}
}

// Close closes connections that are kept open for later.
func (c *Client) Close() {
	c.route.plain.CloseIdleConnections()
	c.route.secure.CloseIdleConnections()
}

// route sends http and https over different gates: http reaches test peers and nothing else, also
// when a name leads elsewhere than expected. It follows no redirections: each must be checked,
// counted and signed.
type route struct{ plain, secure *http.Transport }

// send sends r and returns the head of the answer.
func (t *route) send(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		return t.secure.RoundTrip(r)
	}
	return t.plain.RoundTrip(r)
}

// controller is what [net.Dialer] asks before it dials.
type controller = func(network, address string, c syscall.RawConn) error

// transport makes a transport whose every connection passes control. It ignores proxies named in
// the environment, because a proxy would dial for us; and it leaves decompression to the client,
// because it would not bound it.
func transport(control controller) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: control}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		DisableCompression:     true,
		MaxIdleConns:           512,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// Get fetches a document; see [Client.Fetch].
func (c *Client) Get(ctx context.Context, url, accept string) (*Response, error) {
	return c.Fetch(ctx, Query{URL: url, Accept: accept})
}

// Fetch fetches a document with a signed GET, following up to three redirections. An answer of any
// status is a Response; no answer is an [*Error]. An address that gave none is not asked again
// for five minutes.
func (c *Client) Fetch(ctx context.Context, q Query) (*Response, error) {
	address, _, _ := strings.Cut(q.URL, "#")
	if known := c.memory.recall(address, c.cfg.Now()); known != nil {
		return nil, known
	}
	timed, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	res, err := c.follow(timed, address, q)
	if err == nil {
		return res, nil
	}
	failed := classify(hostIn(address), err)
	report(ctx, failed)
	if lasting(failed) && ctx.Err() == nil && len(address) <= maxAddress {
		now := c.cfg.Now()
		c.memory.note(address, failed, now, now.Add(time.Duration(float64(memoryTime)/c.cfg.Scale)))
	}
	return nil, failed
}

// lasting reports whether a failure says something about the address, and not about us.
func lasting(e *Error) bool {
	switch e.Reason {
	case ReasonBudget, ReasonBusy, ReasonSign, ReasonCanceled:
		return false
	}
	return true
}

// follow gets address and what it redirects to.
func (c *Client) follow(ctx context.Context, address string, q Query) (*Response, error) {
	u, err := c.cfg.Gate.Check(address)
	if err != nil {
		return nil, err
	}
	for range maxRedirects + 1 {
		res, next, err := c.hop(ctx, u, q)
		if err != nil || next == "" {
			return res, err
		}
		to, err := c.redirected(u, next, q.AcrossOrigins)
		if err != nil {
			return nil, err
		}
		u = to
	}
	return nil, fail(ReasonLoop, u.Host, nil)
}

// redirected returns where a redirection of u leads, if it may.
func (c *Client) redirected(u *url.URL, location string, across bool) (*url.URL, error) {
	ref, err := url.Parse(location)
	if err != nil {
		return nil, deny(ReasonForm, u.Host, errors.New("redirected to what is no address"))
	}
	to, err := c.cfg.Gate.Check(u.ResolveReference(ref).String())
	if err != nil {
		return nil, err
	}
	same := to.Scheme == u.Scheme && to.Host == u.Host
	if !same && (!across || to.Scheme != "https") {
		return nil, deny(ReasonRedirect, u.Host, nil)
	}
	return to, nil
}

// hop sends one GET and returns the response, or where it redirects to.
func (c *Client) hop(ctx context.Context, u *url.URL, q Query) (_ *Response, next string, err error) {
	if !spend(ctx) {
		return nil, "", deny(ReasonBudget, u.Host, ErrBudget)
	}
	release, err := c.slots.take(ctx, u.Host)
	if err != nil {
		return nil, "", err
	}
	defer release()
	r, err := c.request(ctx, u, q)
	if err != nil {
		return nil, "", err
	}
	res, err := c.route.send(r)
	if err != nil {
		return nil, "", classify(u.Host, err)
	}
	defer res.Body.Close()
	if location := res.Header.Get("Location"); location != "" && redirects(res.StatusCode) {
		return nil, location, nil
	}
	out := response(u, res)
	if res.StatusCode/100 == 2 {
		out.Body, err = readBody(u.Host, res)
	}
	if err != nil {
		return nil, "", classify(u.Host, err)
	}
	return out, "", nil
}

// request makes the signed GET of one hop.
func (c *Client) request(ctx context.Context, u *url.URL, q Query) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, deny(ReasonForm, u.Host, err)
	}
	r.Header.Set("User-Agent", c.cfg.UserAgent)
	r.Header.Set("Accept", q.Accept)
	r.Header.Set("Accept-Encoding", "gzip")
	if q.ETag != "" {
		r.Header.Set("If-None-Match", q.ETag)
	}
	if c.cfg.Sign == nil {
		return r, nil
	}
	if err := c.cfg.Sign(r, nil); err != nil {
		return nil, fail(ReasonSign, u.Host, err)
	}
	return r, nil
}

// Post sends req, which is signed already, within the client's timeout. Redirections are never
// followed: the Response has their status. The body of the answer is not read, and a failure is not
// remembered: when to try again is the caller's to say.
func (c *Client) Post(ctx context.Context, req *http.Request) (_ *Response, err error) {
	u, err := c.cfg.Gate.Check(req.URL.String())
	if err != nil {
		report(ctx, classify(req.URL.Host, err))
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	r := req.Clone(ctx)
	r.URL = u
	r.Header.Set("User-Agent", c.cfg.UserAgent)
	res, err := c.route.send(r)
	if err != nil {
		failed := classify(u.Host, err)
		report(ctx, failed)
		return nil, failed
	}
	defer res.Body.Close()
	// A short rest is read, so that the connection can be used again; but not at any price.
	stop := time.AfterFunc(time.Second, cancel)
	defer stop.Stop()
	if _, err := io.CopyN(io.Discard, res.Body, 4<<10); err != nil && !errors.Is(err, io.EOF) {
		zerolog.Ctx(ctx).Debug().Str("host", u.Host).Err(err).Msg("answer cut off")
	}
	return response(u, res), nil
}

// response returns what is known from the head of res.
func response(u *url.URL, res *http.Response) *Response {
	return &Response{URL: u.String(), Status: res.StatusCode, MediaType: mediaTypeOf(res.Header), Header: res.Header}
}

// readBody reads at most 1 MiB, compressed and decompressed: an endless stream of nothing must end
// as well.
func readBody(host string, res *http.Response) ([]byte, error) {
	wire := &io.LimitedReader{R: res.Body, N: maxBody + 1}
	var r io.Reader = wire
	switch strings.ToLower(res.Header.Get("Content-Encoding")) {
	case "", "identity":
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(wire)
		if err != nil {
			return nil, bodyError(host, wire, err)
		}
		r = unzipped
	default:
		return nil, fail(ReasonEncoding, host, errors.New(res.Header.Get("Content-Encoding")))
	}
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err != nil || len(body) > maxBody {
		return nil, bodyError(host, wire, err)
	}
	return body, nil
}

// bodyError says why a body could not be read.
func bodyError(host string, wire *io.LimitedReader, err error) error {
	switch {
	case err == nil || wire.N <= 0:
		return fail(ReasonLarge, host, nil)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return fail(ReasonEncoding, host, err)
	}
	return err
}

// redirects reports whether a status sends the client on.
func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// hostIn returns the host of an address that may not be one, for the log.
func hostIn(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return "?"
}

// report logs a refusal or failure.
func report(ctx context.Context, e *Error) {
	log := zerolog.Ctx(ctx)
	if errors.Is(e, ErrDenied) {
		log.Warn().Str("reason", e.Reason).Str("host", e.Host).Msg("fetch.deny")
		return
	}
	log.Info().Str("reason", e.Reason).Str("host", e.Host).AnErr("err", e.Err).Msg("fetch.fail")
}
