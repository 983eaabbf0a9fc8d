package web

import (
	"net/http"

	"github.com/folkmoot/folkmoot/internal/errs"
)

func soon(w http.ResponseWriter, r *http.Request) error { return errs.NotFound }

func (s *Server) home(w http.ResponseWriter, r *http.Request) error           { return soon(w, r) }
func (s *Server) challengesFeed(w http.ResponseWriter, r *http.Request) error { return soon(w, r) }
func (s *Server) profile(w http.ResponseWriter, r *http.Request) error        { return soon(w, r) }
func (s *Server) challenges(w http.ResponseWriter, r *http.Request) error     { return soon(w, r) }
func (s *Server) challenge(w http.ResponseWriter, r *http.Request) error      { return soon(w, r) }
func (s *Server) opening(w http.ResponseWriter, r *http.Request) error        { return soon(w, r) }
func (s *Server) answersFeed(w http.ResponseWriter, r *http.Request) error    { return soon(w, r) }
func (s *Server) log(w http.ResponseWriter, r *http.Request) error            { return soon(w, r) }
func (s *Server) contribution(w http.ResponseWriter, r *http.Request) error   { return soon(w, r) }
func (s *Server) proposals(w http.ResponseWriter, r *http.Request) error      { return soon(w, r) }
func (s *Server) proposal(w http.ResponseWriter, r *http.Request) error       { return soon(w, r) }
func (s *Server) reply(w http.ResponseWriter, r *http.Request) error          { return soon(w, r) }
