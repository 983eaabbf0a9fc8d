package testkit

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Scripts runs every file that matches glob as a list of requests to h and of what to expect back:
//
//	# Another site cannot choose for anybody.
//	POST /appearance mode=dark
//	Origin: https://evil.example
//	code == 403
//	header Content-Type ~ ^text/html
//	body contains <h1>
//	body lacks <form
//
// The operators are ==, !=, ~ (regexp), contains and lacks. What follows an address is posted as a
// form. A header line before the first expectation is sent along. A line that begins with # is a
// comment.
func Scripts(t *testing.T, glob string, h http.Handler) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts match %s (%v)", glob, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { (&script{t: t, file: file, h: h}).run() })
	}
}

var (
	requestLine = regexp.MustCompile(`^(GET|HEAD|POST|PUT|DELETE) (\S+)(?: (.*))?$`)
	headerLine  = regexp.MustCompile(`^([A-Za-z-]+): (.*)$`)
	expectLine  = regexp.MustCompile(`^(code|body|header (\S+)) (==|!=|~|contains|lacks) ?(.*)$`)
)

// script is a file that is run; req is the request that was read last, rec its answer once asked.
type script struct {
	t    *testing.T
	file string
	h    http.Handler
	req  *http.Request
	rec  *httptest.ResponseRecorder
}

func (s *script) run() {
	f, err := os.Open(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		line := in.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := s.line(line); err != nil {
			s.t.Errorf("%s:%d: %v", s.file, n, err)
		}
	}
	if err := in.Err(); err != nil {
		s.t.Error(err)
	}
}

// line carries out one line.
func (s *script) line(line string) error {
	if m := requestLine.FindStringSubmatch(line); m != nil {
		s.req, s.rec = httptest.NewRequestWithContext(s.t.Context(), m[1], m[2], strings.NewReader(m[3])), nil
		if m[3] != "" {
			s.req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return nil
	}
	if m := headerLine.FindStringSubmatch(line); m != nil && s.req != nil && s.rec == nil {
		s.req.Header.Set(m[1], m[2])
		return nil
	}
	m := expectLine.FindStringSubmatch(line)
	if m == nil || s.req == nil {
		return fmt.Errorf("cannot read %q", line)
	}
	if s.rec == nil {
		s.rec = httptest.NewRecorder()
		s.h.ServeHTTP(s.rec, s.req)
	}
	if err := expect(s.rec, m); err != nil {
		return fmt.Errorf("%s %s: %w", s.req.Method, s.req.URL, err)
	}
	return nil
}

// expect checks one expectation; m are the groups of expectLine.
func expect(rec *httptest.ResponseRecorder, m []string) error {
	got := rec.Body.String()
	switch {
	case m[1] == "code":
		got = strconv.Itoa(rec.Code)
	case m[2] != "":
		got = strings.Join(rec.Header().Values(m[2]), ", ")
	}
	op, want := m[3], m[4]
	var ok bool
	switch op {
	case "==":
		ok = got == want
	case "!=":
		ok = got != want
	case "contains":
		ok = strings.Contains(got, want)
	case "lacks":
		ok = !strings.Contains(got, want)
	case "~":
		re, err := regexp.Compile(want)
		if err != nil {
			return err
		}
		ok = re.MatchString(got)
	}
	if !ok {
		return fmt.Errorf("%s is %.200q, want %s %q", m[1], got, op, want)
	}
	return nil
}
