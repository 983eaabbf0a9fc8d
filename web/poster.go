package web

import (
	"fmt"
	"net/http"
	"strings"

	"rsc.io/qr"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// posterPage is a sheet to be printed and put up.
type posterPage struct {
	base
	C     *policy.Challenge
	Short string // the address as people type it
}

// poster shows GET /c/{n}/poster.
func (s *Server) poster(w http.ResponseWriter, r *http.Request) error {
	c, err := s.openChallengeOf(r)
	if err != nil {
		return err
	}
	p := &posterPage{C: c, Short: short(s.url.Challenge(c.Number))}
	p.Title, p.Section, p.NoIndex = c.Question, "challenges", true
	return s.render(w, r, http.StatusOK, "poster", p)
}

// posterCode answers GET /c/{n}/poster.svg: the QR code of a challenge's page.
func (s *Server) posterCode(w http.ResponseWriter, r *http.Request) error {
	c, err := s.openChallengeOf(r)
	if err != nil {
		return err
	}
	svg, err := qrCode(s.url.Challenge(c.Number))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, err = w.Write([]byte(svg))
	return err
}

// openChallengeOf returns the challenge in r's address, if it is public.
func (s *Server) openChallengeOf(r *http.Request) (*policy.Challenge, error) {
	n, err := number(r, "n")
	if err != nil {
		return nil, err
	}
	return s.db.Challenge(r.Context(), policy.Public, n)
}

// short leaves out what people do not type.
func short(address string) string {
	return strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
}

// qrCode draws text as a QR code that survives some dirt, black on white with the four modules of
// white around it that readers need.
func qrCode(text string) (_ string, err error) {
	defer errs.Wrap(&err, "web.qrCode")
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	const quiet = 4
	side := code.Size + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" shape-rendering="crispEdges">`,
		side, side, side*8, side*8)
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}
