package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer starts a test peer.
func peer(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// canary starts a listener on loopback that must never be reached, and checks that at the end.
func canary(t *testing.T) (hostPort string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		if n := reached.Load(); n > 0 {
			t.Errorf("the canary was reached %d times", n)
		}
	})
	return l.Addr().String()
}

// client makes a client that may reach the peers.
func client(t *testing.T, cfg Config, peers ...*httptest.Server) *Client {
	t.Helper()
	for _, p := range peers {
		ap := netip.MustParseAddrPort(p.Listener.Addr().String())
		cfg.Gate.TestPeers = append(cfg.Gate.TestPeers, Peer{netip.PrefixFrom(ap.Addr(), 32), ap.Port()})
	}
	c := New(cfg)
	for _, p := range peers {
		if p.Certificate() != nil {
			trust(c, p)
		}
	}
	t.Cleanup(c.Close)
	return c
}

// trust makes c believe the certificate of s.
func trust(c *Client, s *httptest.Server) {
	cfg := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	if was := c.route.secure.TLSClientConfig; was != nil {
		cfg = was
	} else {
		cfg.RootCAs = x509.NewCertPool()
	}
	cfg.RootCAs.AddCert(s.Certificate())
	c.route.secure.TLSClientConfig = cfg
}

func serve(mediaType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		io.WriteString(w, body)
	}
}

func TestGet(t *testing.T) {
	var got *http.Request
	p := peer(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		serve("Application/Activity+JSON; charset=utf-8", `{"id":1}`)(w, r)
	})
	sign := func(r *http.Request, body []byte) error {
		if body != nil {
			return errors.New("a GET has no body")
		}
		r.Header.Set("Signature", r.URL.RequestURI())
		return nil
	}
	c := client(t, Config{UserAgent: "Test/1", Sign: sign}, p)
	res, err := c.Get(t.Context(), p.URL+"/a?b=c#main-key", AcceptActivity)
	if err != nil {
		t.Fatal(err)
	}
	if res.Status != 200 || string(res.Body) != `{"id":1}` || res.URL != p.URL+"/a?b=c" || !IsActivity(res.MediaType) {
		t.Errorf("response = %+v", res)
	}
	for name, want := range map[string]string{"User-Agent": "Test/1", "Accept": AcceptActivity, "Signature": "/a?b=c", "Accept-Encoding": "gzip"} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s = %q, want %q", name, v, want)
		}
	}
	res, err = c.Fetch(t.Context(), Query{URL: p.URL + "/a", ETag: res.Header.Get("ETag")})
	if err != nil || res.Status != http.StatusNotModified || len(res.Body) != 0 {
		t.Errorf("response = %+v, %v", res, err)
	}
}

func TestStatuses(t *testing.T) {
	p := peer(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
		if status != http.StatusNoContent && status != http.StatusNotModified {
			io.WriteString(w, "body")
		}
	})
	c := client(t, Config{}, p)
	for _, status := range []int{200, 204, 300, 302, 304, 401, 404, 410, 429, 500, 503} {
		for range 2 { // no answer with a status is remembered
			res, err := c.Get(t.Context(), fmt.Sprintf("%s/%d", p.URL, status), "")
			if err != nil || res.Status != status || (len(res.Body) > 0) != (status == 200) {
				t.Errorf("%d: %+v, %v", status, res, err)
			}
		}
	}
}

func TestRedirects(t *testing.T) {
	x := canary(t)
	other := peer(t, serve("text/plain", "elsewhere"))
	secure := httptest.NewTLSServer(serve("text/plain", "secure"))
	t.Cleanup(secure.Close)
	var hops []string
	targets := map[string]string{
		"/same": "/end", "/relative": "end", "/absolute": "HOME/end", "/fragment": "/end#f",
		"/two": "/one", "/one": "/end", "/three": "/two", "/four": "/three", "/loop": "/loop",
		"/other": other.URL + "/", "/secure": secure.URL + "/", "/canary": "http://" + x + "/", "/canary-tls": "https://" + x + "/",
		"/userinfo": "http://a@HOST/end", "/file": "file:///etc/passwd", "/slashes": "//" + x + "/",
		"/bad": "http://[::1", "/backslash": `\\` + x + `\`, "/private": "https://10.0.0.1/", "/metadata": "http://169.254.169.254/latest",
	}
	var home *httptest.Server
	home = peer(t, func(w http.ResponseWriter, r *http.Request) {
		hops = append(hops, r.URL.Path+" "+r.Header.Get("Signature"))
		to, ok := targets[r.URL.Path]
		if !ok {
			io.WriteString(w, "end")
			return
		}
		to = strings.NewReplacer("HOME", home.URL, "HOST", home.Listener.Addr().String()).Replace(to)
		w.Header().Set("Location", to)
		w.WriteHeader([]int{301, 302, 303, 307, 308}[len(hops)%5])
	})
	sign := func(r *http.Request, _ []byte) error { r.Header.Set("Signature", r.URL.Path); return nil }
	for path, want := range map[string]struct{ plain, across string }{
		"/same": {}, "/relative": {}, "/absolute": {}, "/fragment": {}, "/one": {}, "/two": {}, "/three": {},
		"/four":       {ReasonLoop, ReasonLoop},
		"/loop":       {ReasonLoop, ReasonLoop},
		"/other":      {ReasonRedirect, ReasonRedirect}, // http
		"/secure":     {ReasonRedirect, ""},
		"/canary":     {ReasonScheme, ReasonScheme},
		"/canary-tls": {ReasonRedirect, ReasonAddr},
		"/userinfo":   {ReasonForm, ReasonForm},
		"/file":       {ReasonScheme, ReasonScheme},
		"/slashes":    {ReasonScheme, ReasonScheme},
		"/bad":        {ReasonForm, ReasonForm},
		"/backslash":  {ReasonForm, ReasonForm},
		"/private":    {ReasonRedirect, ReasonAddr},
		"/metadata":   {ReasonScheme, ReasonScheme},
	} {
		for _, across := range []bool{false, true} {
			hops = nil
			c := client(t, Config{Sign: sign}, home, other, secure)
			res, err := c.Fetch(t.Context(), Query{URL: home.URL + path, AcrossOrigins: across})
			expect := want.plain
			if across {
				expect = want.across
			}
			if got := Reason(err); got != expect || (err == nil) != (expect == "") {
				t.Errorf("%s, across %v: %v, want %q", path, across, err, expect)
			}
			if err == nil && (res.Status != 200 || !across && res.URL != home.URL+"/end") {
				t.Errorf("%s: %+v", path, res)
			}
			if len(hops) > maxRedirects+1 {
				t.Errorf("%s: %d hops", path, len(hops))
			}
			for _, hop := range hops {
				if path, signed, _ := strings.Cut(hop, " "); path != signed {
					t.Errorf("%s: hop signed for %s", path, signed)
				}
			}
		}
	}
}

// TestPost checks that deliveries go as they were signed, and that no redirection is followed.
func TestPost(t *testing.T) {
	x := canary(t)
	status, got := http.StatusAccepted, ""
	p := peer(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.Header.Get("Signature") + " " + string(b)
		w.Header().Set("Location", "http://"+x+"/")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		io.WriteString(w, strings.Repeat("x", 100<<10))
	})
	c := client(t, Config{UserAgent: "Test/1"}, p)
	for _, status = range []int{200, 202, 301, 302, 303, 307, 308, 401, 410, 500} {
		req, err := http.NewRequest("POST", p.URL+"/inbox", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Signature", "sig")
		res, err := c.Post(t.Context(), req)
		if err != nil || res.Status != status || res.Header.Get("Retry-After") != "7" || got != "POST sig body" {
			t.Errorf("%d: %+v, %v; got %q", status, res, err, got)
		}
	}
	for _, address := range []string{"http://" + x + "/", "https://" + x + "/", "https://10.0.0.1/inbox", "file:///dev/null"} {
		req, err := http.NewRequest("POST", address, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		if res, err := c.Post(t.Context(), req); !errors.Is(err, ErrDenied) {
			t.Errorf("%s: %+v, %v", address, res, err)
		}
	}
}

// bomb returns 16 MiB of spaces, compressed.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for range 256 {
		if _, err := z.Write(bytes.Repeat([]byte(" "), 64<<10)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBadAnswers(t *testing.T) {
	var sent atomic.Int64
	endless := func(w io.Writer, chunk []byte) {
		for {
			n, err := w.Write(chunk)
			sent.Add(int64(n))
			if err != nil || sent.Load() > 64<<20 {
				return
			}
		}
	}
	release, spaces := make(chan struct{}), bomb(t)
	handlers := map[string]http.HandlerFunc{
		"/endless": func(w http.ResponseWriter, r *http.Request) { endless(w, bytes.Repeat([]byte("{"), 64<<10)) },
		"/large":   serve("x/y", strings.Repeat("x", maxBody+1)),
		"/fits":    serve("x/y", strings.Repeat("x", maxBody)),
		"/bomb": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(spaces)
		},
		"/nothing": func(w http.ResponseWriter, r *http.Request) { // compressed, it never amounts to anything
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Flush()
			endless(w, bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 10<<10))
		},
		"/gzip": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			io.WriteString(z, "good")
			z.Close()
		},
		"/not-gzip": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, strings.Repeat("plain", 10))
		},
		"/brotli": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, "x")
		},
		"/cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "short")
		},
		"/headers": func(w http.ResponseWriter, r *http.Request) {
			for i := range 2000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("h", 1000))
			}
		},
		"/slow": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				select {
				case <-release:
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		},
		"/silent": func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		},
		"/broken": func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
	}
	p := peer(t, func(w http.ResponseWriter, r *http.Request) { handlers[r.URL.Path](w, r) })
	defer close(release)
	c := client(t, Config{}, p)
	quick := client(t, Config{Timeout: 200 * time.Millisecond}, p)
	for path, want := range map[string]string{
		"/fits": "", "/gzip": "",
		"/endless": ReasonLarge, "/large": ReasonLarge, "/bomb": ReasonLarge, "/nothing": ReasonLarge,
		"/not-gzip": ReasonEncoding, "/brotli": ReasonEncoding, "/cut": ReasonConnect, "/headers": ReasonConnect, "/broken": ReasonConnect,
		"/slow": ReasonTimeout, "/silent": ReasonTimeout,
	} {
		t.Run(path, func(t *testing.T) {
			sent.Store(0)
			c := c
			if want == ReasonTimeout {
				c = quick
			}
			start := time.Now()
			_, err := c.Get(t.Context(), p.URL+path, "")
			if got := Reason(err); got != want || (err == nil) != (want == "") {
				t.Errorf("%v, want %q", err, want)
			}
			if err != nil && !errors.Is(err, ErrFailed) {
				t.Errorf("%v is not ErrFailed", err)
			}
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
			if n := sent.Load(); n > 16<<20 {
				t.Errorf("%d bytes were taken", n)
			}
		})
	}
}

// TestUnreachable checks what is said about hosts that do not answer at all.
func TestUnreachable(t *testing.T) {
	gone := peer(t, serve("x/y", ""))
	secure := httptest.NewTLSServer(serve("x/y", ""))
	defer secure.Close()
	c := client(t, Config{Timeout: time.Second}, gone, secure)
	c.route.secure.TLSClientConfig = nil // do not trust it
	gone.Close()
	for address, want := range map[string]string{
		gone.URL + "/":   ReasonConnect,
		secure.URL + "/": ReasonTLS,
		strings.Replace(gone.URL, "http:", "https:", 1) + "/": ReasonConnect,
	} {
		if _, err := c.Get(t.Context(), address, ""); Reason(err) != want {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
	}
}

// TestMemory checks that a failure is remembered for five minutes, and a cancelled fetch is not.
func TestMemory(t *testing.T) {
	var asked atomic.Int32
	broken := atomic.Bool{}
	p := peer(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if broken.Load() {
			panic(http.ErrAbortHandler)
		}
	})
	var now atomic.Int64
	clock := func() time.Time { return time.Unix(now.Load(), 0) }
	c := client(t, Config{Now: clock}, p)
	get := func() string {
		_, err := c.Get(t.Context(), p.URL+"/a", "")
		return Reason(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(gone, p.URL+"/a", ""); Reason(err) != ReasonCanceled {
		t.Errorf("cancelled: %v", err)
	}
	if got := get(); got != "" {
		t.Fatalf("after a cancelled fetch: %s", got)
	}
	broken.Store(true)
	asked.Store(0)
	for range 10 {
		if got := get(); got != ReasonConnect {
			t.Fatalf("broken: %q", got)
		}
	}
	// net/http tries a GET again by itself when a connection that was kept open broke.
	if n := asked.Load(); n > 2 {
		t.Errorf("asked %d times", n)
	}
	broken.Store(false)
	now.Add(299)
	if got := get(); got == "" {
		t.Error("forgotten too early")
	}
	now.Add(2)
	if got := get(); got != "" {
		t.Errorf("after five minutes: %s", got)
	}
}

// TestMemoryIsBounded names more addresses than are kept in mind.
func TestMemoryIsBounded(t *testing.T) {
	c := New(Config{})
	defer c.Close()
	for i := range remembered + 500 {
		if _, err := c.Get(t.Context(), fmt.Sprintf("https://10.0.0.1/%d", i), ""); Reason(err) != ReasonAddr {
			t.Fatal(err)
		}
	}
	if n := len(c.memory.failed); n > remembered {
		t.Errorf("%d addresses are remembered", n)
	}
	if n := len(c.slots.hosts); n != 0 {
		t.Errorf("%d hosts are remembered", n)
	}
}

func TestBudget(t *testing.T) {
	n := 0
	p := peer(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		if r.URL.Path == "/to" {
			http.Redirect(w, r, "/end", http.StatusFound)
		}
	})
	c := client(t, Config{}, p)
	ctx := WithBudget(t.Context(), 4)
	for _, path := range []string{"/to", "/a", "/b"} {
		if _, err := c.Get(ctx, p.URL+path, ""); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if _, err := c.Get(ctx, p.URL+"/c", ""); !errors.Is(err, ErrBudget) || !errors.Is(err, ErrDenied) {
			t.Errorf("beyond the budget: %v", err)
		}
	}
	if n != 4 {
		t.Errorf("%d requests, want 4", n)
	}
	if _, err := c.Get(t.Context(), p.URL+"/c", ""); err != nil {
		t.Errorf("another budget: %v", err)
	}
}

// TestSlots asks one host many times at once.
func TestSlots(t *testing.T) {
	var at, most atomic.Int32
	full, open := make(chan struct{}), make(chan struct{})
	p := peer(t, func(w http.ResponseWriter, r *http.Request) {
		n := at.Add(1)
		defer at.Add(-1)
		for was := most.Load(); n > was && !most.CompareAndSwap(was, n); was = most.Load() {
		}
		if n == perHost && most.Load() == perHost {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		<-open
	})
	c := client(t, Config{}, p)
	const all = perHost + maxWaiting + 20
	var busy, good, begun atomic.Int32
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			begun.Add(1)
			_, err := c.Get(t.Context(), fmt.Sprintf("%s/%d", p.URL, i), "")
			switch Reason(err) {
			case "":
				good.Add(1)
			case ReasonBusy:
				busy.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	<-full
	for busy.Load() < 20 {
		time.Sleep(time.Millisecond)
	}
	close(open)
	wg.Wait()
	if most.Load() != perHost || good.Load() != perHost+maxWaiting || busy.Load() != 20 {
		t.Errorf("at once %d, good %d, busy %d", most.Load(), good.Load(), busy.Load())
	}
	if n := len(c.slots.hosts); n != 0 {
		t.Errorf("%d hosts are still kept", n)
	}
}

// TestLog checks what is written about refusals and failures, and that the address is not.
func TestLog(t *testing.T) {
	p := peer(t, func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	c := client(t, Config{}, p)
	var lines bytes.Buffer
	ctx := zerolog.New(&lines).WithContext(t.Context())
	for _, base := range []string{"https://10.0.0.1", p.URL} {
		if _, err := c.Get(ctx, base+"/canary-zq1", ""); err == nil {
			t.Errorf("%s answered", base)
		}
	}
	for _, want := range []string{`"message":"fetch.deny"`, `"reason":"addr"`, `"message":"fetch.fail"`, `"reason":"connect"`} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("no %s in %s", want, lines.String())
		}
	}
	if strings.Contains(lines.String(), "canary-zq1") {
		t.Errorf("the address is in %s", lines.String())
	}
}

func TestSignFails(t *testing.T) {
	p := peer(t, serve("x/y", ""))
	c := client(t, Config{Sign: func(*http.Request, []byte) error { return io.ErrUnexpectedEOF }}, p)
	for range 2 {
		if _, err := c.Get(t.Context(), p.URL+"/", ""); Reason(err) != ReasonSign || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v", err)
		}
	}
}

func TestIsActivity(t *testing.T) {
	for mediaType, want := range map[string]bool{
		"application/activity+json":                                                                 true,
		"application/activity+json; charset=utf-8":                                                  true,
		"APPLICATION/Activity+JSON":                                                                 true,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`:                      true,
		`application/ld+json;profile="https://www.w3.org/ns/activitystreams";charset=utf-8`:         true,
		`application/ld+json; profile="http://example.org/x https://www.w3.org/ns/activitystreams"`: true,
		"application/ld+json":                                                                       false,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreamsx"`:                     false,
		`application/ld+json; charset="https://www.w3.org/ns/activitystreams"`:                      false,
		"application/json":                       false,
		"text/html":                              false,
		"application/activity+json, text/html":   false,
		"image/png; x=application/activity+json": false,
		"":                                       false,
	} {
		if got := IsActivity(mediaType); got != want {
			t.Errorf("IsActivity(%q) = %v", mediaType, got)
		}
	}
	if got := mediaTypeOf(http.Header{"Content-Type": {"application/activity+json", "text/html"}}); got != "" {
		t.Errorf("two types: %q", got)
	}
}
