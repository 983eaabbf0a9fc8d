package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// statusError is a failure that is an HTTP status and no more: it says what errs has no kind for.
type statusError int

func (e statusError) Error() string { return http.StatusText(int(e)) }

// statusOf returns the HTTP status that answers err.
func statusOf(err error) int {
	var status statusError
	var tooBig *http.MaxBytesError
	var fields policy.FieldErrors
	switch {
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &fields):
		return http.StatusUnprocessableEntity
	}
	return errs.Status(err)
}

// page answers and, where the fault is ours, logs the error of a handler.
func (s *Server) page(h func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// errorPage is shown when there is nothing else to show.
type errorPage struct {
	base
	Status  int
	Heading string
	Text    string
	Request string // id of the request, to be quoted to whoever runs the instance
}

// fail answers with the error page of err.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	log := zerolog.Ctx(r.Context())
	if status >= http.StatusInternalServerError {
		log.Error().Err(err).Int("status", status).Msg("page failed")
	} else {
		log.Debug().Err(err).Int("status", status).Msg("page refused")
	}
	p := s.printer(r)
	id := "error." + strconv.Itoa(status)
	if !locale.Has(id + ".title") {
		id = "error.other"
	}
	e := &errorPage{Status: status, Heading: p.T(id + ".title"), Text: p.T(id + ".text")}
	e.Title, e.NoIndex = e.Heading, true
	if status >= http.StatusInternalServerError {
		e.Request = w.Header().Get("X-Request-Id")
	}
	if err := s.render(w, r, status, "error", e); err != nil {
		log.Error().Err(err).Msg("error page failed")
		http.Error(w, e.Heading+"\n\n"+e.Text, status)
	}
}

// notFound answers addresses that lead nowhere.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) { s.fail(w, r, errs.NotFound) }
