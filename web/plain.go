package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/folkmoot/folkmoot/internal/locale"
)

// plainPages are the pages that are sentences and no more: what is public, the house rules, what
// is kept, and how accessible the pages are. Their sentences are "plain.<name>.…".
var plainPages = []string{"public", "rules", "data", "accessibility"}

type plainPage struct {
	base
	Lead     string
	Sections []plainSection
}

type plainSection struct {
	ID, Heading string // ID is empty where nothing leads to the section
	Paragraphs  []string
}

// plain shows one of plainPages.
func (s *Server) plain(name string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		p := s.printer(r)
		id := "plain." + name + "."
		page := &plainPage{Lead: p.T(id + "lead")}
		page.Title, page.Path, page.Description = p.T(id+"title"), "/"+name, page.Lead
		for i := 1; locale.Has(fmt.Sprintf("%s%d.heading", id, i)); i++ {
			section := plainSection{Heading: p.T(fmt.Sprintf("%s%d.heading", id, i))}
			if anchor := fmt.Sprintf("%s%d.id", id, i); locale.Has(anchor) {
				section.ID = p.T(anchor)
			}
			section.Paragraphs = strings.Split(p.T(fmt.Sprintf("%s%d.text", id, i)), "\n")
			page.Sections = append(page.Sections, section)
		}
		return s.render(w, r, http.StatusOK, "plain", page)
	}
}
