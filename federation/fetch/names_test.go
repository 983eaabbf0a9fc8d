package fetch

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// resolver returns a resolver that answers every question for an IPv4 address with the next of the
// given ones, and the last one for ever.
func resolver(t *testing.T, addrs ...string) *net.Resolver {
	var asked atomic.Int32
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer theirs.Close()
			for answer(theirs, addrs, &asked) == nil {
			}
		}()
		t.Cleanup(func() { ours.Close(); <-done })
		return ours, nil
	}}
}

// answer answers one question over a stream (RFC 1035 §4.2.2).
func answer(c net.Conn, addrs []string, asked *atomic.Int32) error {
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return err
	}
	b := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, b); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(b); err != nil {
		return err
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		addr := addrs[min(int(asked.Add(1)), len(addrs))-1]
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.AResource{A: netip.MustParseAddr(addr).As4()},
		}}
	}
	out, err := m.Pack()
	if err != nil {
		return err
	}
	_, err = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
	return err
}

// resolve makes both ways out use r. It stands for the name server of the machine.
func resolve(c *Client, r *net.Resolver) {
	dial := func(control controller) func(context.Context, string, string) (net.Conn, error) {
		return (&net.Dialer{Timeout: time.Second, Control: control, Resolver: r}).DialContext
	}
	c.route.plain.DialContext = dial(c.cfg.Gate.controlPlain)
	c.route.secure.DialContext = dial(c.cfg.Gate.Control)
}

// TestNames checks that a name is judged by where it leads when it is dialled.
func TestNames(t *testing.T) {
	x := canary(t)
	_, port, _ := net.SplitHostPort(x)
	p := peer(t, serve("x/y", "peer"))
	secure := httptest.NewTLSServer(serve("x/y", "secure"))
	t.Cleanup(secure.Close)
	_, peerPort, _ := net.SplitHostPort(p.Listener.Addr().String())
	_, securePort, _ := net.SplitHostPort(secure.Listener.Addr().String())
	for _, tt := range []struct {
		name, address, leads string
		want                 string
	}{
		{"http to a test peer", "http://peer.test:" + peerPort, "127.0.0.1", ""},
		{"http to another address", "http://peer.test:" + peerPort, "127.0.0.2", ReasonAddr},
		{"http to a public address", "http://peer.test:" + peerPort, "93.184.216.34", ReasonAddr},
		{"https to a test peer", "https://example.com:" + securePort, "127.0.0.1", ""},
		{"https to loopback", "https://canary.test:" + port, "127.0.0.1", ReasonAddr},
		{"https to an intranet", "https://canary.test:" + port, "10.0.0.1", ReasonAddr},
		{"https to the metadata service", "https://canary.test:" + port, "169.254.169.254", ReasonAddr},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := client(t, Config{Timeout: 2 * time.Second}, p, secure)
			resolve(c, resolver(t, tt.leads))
			_, err := c.Get(t.Context(), tt.address+"/", "")
			if got := Reason(err); got != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// TestRebinding has a name that leads to a test peer when it is first asked for, and to a canary on
// another address afterwards (W01).
func TestRebinding(t *testing.T) {
	p := peer(t, serve("x/y", "peer"))
	_, port, _ := net.SplitHostPort(p.Listener.Addr().String())
	l, err := net.Listen("tcp", "127.0.0.2:"+port)
	if err != nil {
		t.Skipf("no second loopback address: %v", err)
	}
	defer l.Close()
	c := client(t, Config{Timeout: 2 * time.Second}, p)
	resolve(c, resolver(t, "127.0.0.1", "127.0.0.2"))
	if res, err := c.Get(t.Context(), "http://peer.test:"+port+"/1", ""); err != nil || string(res.Body) != "peer" {
		t.Fatalf("%+v, %v", res, err)
	}
	c.Close() // what is kept open leads to the peer still
	if _, err := c.Get(t.Context(), "http://peer.test:"+port+"/2", ""); Reason(err) != ReasonAddr || !errors.Is(err, ErrDenied) {
		t.Errorf("%v, want addr", err)
	}
}

// TestProxyIsIgnored sets all variables by which a proxy is named (W02).
func TestProxyIsIgnored(t *testing.T) {
	x := canary(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://"+x)
	}
	p := peer(t, serve("x/y", "peer"))
	secure := httptest.NewTLSServer(serve("x/y", "secure"))
	t.Cleanup(secure.Close)
	_, peerPort, _ := net.SplitHostPort(p.Listener.Addr().String())
	_, securePort, _ := net.SplitHostPort(secure.Listener.Addr().String())
	c := client(t, Config{Timeout: 2 * time.Second}, p, secure)
	resolve(c, resolver(t, "127.0.0.1"))
	for _, address := range []string{"http://peer.test:" + peerPort + "/", "https://example.com:" + securePort + "/"} {
		if _, err := c.Get(t.Context(), address, ""); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
