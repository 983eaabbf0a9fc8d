package web

import (
	"net/http"

	"github.com/folkmoot/folkmoot/internal/store"
)

// hostsLimit bounds the lists of servers.
const hostsLimit = 200

// serversPage is how the connections with other servers stand.
type serversPage struct {
	base
	Done    string
	Trouble []store.Host // something is queued, or they do not answer
	Failing int          // of these, servers that do not answer
	Blocked []store.Host
	Queue   []store.QueueLine // what is not a delivery
}

// servers shows GET /staff/servers.
func (s *Server) servers(w http.ResponseWriter, r *http.Request) error {
	return s.renderServers(w, r, http.StatusOK, newForm("form.servers.", "host", r.URL.Query().Get("host")))
}

// blockServer takes POST /staff/servers: it blocks a server, or ends that.
func (s *Server) blockServer(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r, "form.servers.")
	if err != nil {
		return err
	}
	do, host, reason := f.Get("do"), f.Get("host"), f.Get("reason")
	switch do {
	case "block":
		err = s.app.BlockHost(r.Context(), by(r), host, reason)
	case "unblock":
		err = s.app.UnblockHost(r.Context(), by(r), host, reason)
	default:
		return statusError(http.StatusBadRequest)
	}
	if f.refusedVerb(err) {
		return s.renderServers(w, r, statusOf(err), f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/staff/servers?done="+do, http.StatusSeeOther)
	return nil
}

func (s *Server) renderServers(w http.ResponseWriter, r *http.Request, status int, f *form) error {
	ctx := r.Context()
	p := &serversPage{Done: done(r)}
	var err error
	if p.Trouble, err = s.db.Hosts(ctx, false, hostsLimit); err != nil {
		return err
	}
	for _, h := range p.Trouble {
		if !h.Failing.IsZero() {
			p.Failing++
		}
	}
	if p.Blocked, err = s.db.Hosts(ctx, true, hostsLimit); err != nil {
		return err
	}
	queue, err := s.db.Queue(ctx)
	if err != nil {
		return err
	}
	for _, line := range queue {
		if line.Host == "" {
			p.Queue = append(p.Queue, line)
		}
	}
	p.Title, p.Section, p.Staff = s.printer(r).T("servers.title"), "server", true
	p.Form = f
	return s.render(w, r, status, "servers", p)
}
