package federation

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/rs/zerolog"
)

// problem is an answer that says what was wrong (RFC 9457, FEP-c180). It is an error too, so that
// the steps of a request can return it.
type problem struct {
	status int
	detail string        // a sentence for whoever reads it on the other side
	reason string        // short name for the log
	after  time.Duration // Retry-After; 0 for none
	close  bool          // the connection is of no more use
	err    error         // ours, for the log; nil if the other side is at fault
}

func (p *problem) Error() string { return p.reason }

// write answers with p.
func (p *problem) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.after > 0 {
		h.Set("Retry-After", strconv.Itoa(int(p.after.Seconds())))
	}
	if p.close {
		h.Set("Connection", "close")
	}
	body, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{"about:blank", http.StatusText(p.status), p.status, p.detail})
	if err != nil {
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("problem not written")
	}
	w.WriteHeader(p.status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(append(body, '\n')); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("answer cut off")
	}
}
