package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// logPerPage is how many entries of the log a page shows.
const logPerPage = 100

type logPage struct {
	base
	C       *policy.Challenge
	Entries []policy.LogEntry
	Later   string // address of the next page; empty on the last
}

// log shows GET /c/{n}/log: every use of power over the record of a challenge, in order, each
// with the hash that chains it to the one before.
func (s *Server) log(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), s.printer(r)
	n, err := number(r, "n")
	if err != nil {
		return err
	}
	c, err := s.db.Challenge(ctx, viewer(r), n)
	if err != nil {
		return err
	}
	from := store.Page{Limit: logPerPage + 1}
	if after := r.URL.Query().Get("after"); after != "" {
		seq, err := parseNumber(after)
		if err != nil {
			return err
		}
		if from.After, err = s.db.LogKey(ctx, c.ID, seq); err != nil {
			return err
		}
	}
	entries, err := s.db.Log(ctx, c.ID, from)
	if err != nil {
		return err
	}
	page := &logPage{C: c, base: base{
		Title: p.T("log.title", "Number", n), Description: p.T("log.description"),
		Section: "challenges", Path: challengePath(n) + "/log", NoIndex: true,
	}}
	if len(entries) > logPerPage {
		entries = entries[:logPerPage]
		// An entry without a place waits for the sealer, a second at most: it is shown then.
		if seq := entries[logPerPage-1].Seq; seq > 0 {
			page.Later = fmt.Sprintf("%s/log?after=%d", challengePath(n), seq)
		}
	}
	if page.Entries, err = s.withoutPrivateReasons(ctx, n, entries); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "log", page)
}

// withoutPrivateReasons empties the reasons of entries about answers that the public has no page of,
// because a reason can tell what the answer said. An answer that is hidden or withdrawn has one.
func (s *Server) withoutPrivateReasons(ctx context.Context, challenge int64, entries []policy.LogEntry) ([]policy.LogEntry, error) {
	private := map[string]bool{}
	for i, e := range entries {
		_, which, ok := strings.Cut(e.Object, "/")
		if !ok || e.Reason == "" || !strings.HasPrefix(string(e.Action), "contribution.") {
			continue
		}
		hide, known := private[which]
		if !known {
			k, err := parseNumber(which) // a receipt code is no number, and nothing public
			if err == nil {
				_, err = s.db.Contribution(ctx, policy.Public, challenge, k)
			}
			if err != nil && !errors.Is(err, errs.NotFound) {
				return nil, err
			}
			hide = err != nil
			private[which] = hide
		}
		if hide {
			entries[i].Reason = ""
		}
	}
	return entries, nil
}
