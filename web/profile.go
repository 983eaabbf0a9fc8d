package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/folkmoot/folkmoot/internal/policy"
)

type profilePage struct {
	base
	Actor *policy.Actor
}

// profile answers GET /@{handle}: a person has a page here; organisation and challenges lead to
// theirs.
func (s *Server) profile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := s.db.ActorByHandle(ctx, chi.URLParam(r, "handle"))
	if err != nil {
		return err
	}
	switch a.Kind {
	case policy.KindPerson:
		page := &profilePage{Actor: a, base: base{
			Title: a.DisplayName(), Description: a.Summary, Path: "/@" + a.Handle,
			Document: a.IRI, Creator: a.At(), NoIndex: !a.Indexable,
		}}
		return s.render(w, r, http.StatusOK, "profile", page)
	case policy.KindChallenge:
		c, err := s.db.ChallengeByActor(ctx, viewer(r), a.IRI)
		if err != nil {
			return err
		}
		http.Redirect(w, r, challengePath(c.Number), http.StatusSeeOther)
	default:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
	return nil
}
