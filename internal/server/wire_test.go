package server

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestChunkedRequestIsTheLast(t *testing.T) {
	const next = "GET /next HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
	tests := []struct {
		name    string
		request string
		answers int
	}{
		{"length", "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nab", 2},
		{"chunked", "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1},
		{"both", "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1},
	}
	srv := httptest.NewServer(closing(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})))
	t.Cleanup(srv.Close)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, tt.request+next); err != nil {
				t.Fatal(err)
			}
			answers, err := io.ReadAll(conn)
			if err != nil && len(answers) == 0 {
				t.Fatal(err)
			}
			if n := bytes.Count(answers, []byte("HTTP/1.1 204")); n != tt.answers {
				t.Errorf("answers = %d, want %d:\n%s", n, tt.answers, answers)
			}
		})
	}
}
