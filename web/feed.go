package web

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// feedEntries is how many entries a feed has.
const feedEntries = 50

// atomFeed is an Atom feed.
//
// RFC 4287.
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     string      `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Links    []atomLink  `xml:"link"`
	Author   atomAuthor  `xml:"author"`
	Entries  []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Published string      `xml:"published"`
	Updated   string      `xml:"updated"`
	Author    *atomAuthor `xml:"author,omitempty"`
	Links     []atomLink  `xml:"link"`
	Summary   string      `xml:"summary,omitempty"`
	Content   *atomText   `xml:"content,omitempty"`
}

type atomAuthor struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomText struct {
	Lang string `xml:"xml:lang,attr,omitempty"`
	Type string `xml:"type,attr"`
	Body string `xml:",chardata"`
}

// challengesFeed serves GET /feed: challenges as they open and proposals as they are published,
// newest first.
func (s *Server) challengesFeed(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), s.printer(r)
	org, err := s.db.Organisation(ctx)
	if err != nil {
		return err
	}
	challenges, err := s.db.Challenges(ctx, policy.Public, store.Page{Limit: feedEntries})
	if err != nil {
		return err
	}
	feed := s.newFeed(p, "/feed", "/", org.Actor.DisplayName(), org)
	feed.Subtitle = p.T("home.description", "Name", org.Actor.DisplayName())
	for _, c := range challenges {
		feed.add(c.Opened, atomEntry{
			ID: s.url.Opening(c.Number), Title: c.Title, Summary: c.Summary,
			Links: []atomLink{htmlLink(s.url.Challenge(c.Number))},
		})
		if c.Counts.Proposals == 0 {
			continue
		}
		proposals, err := s.db.Proposals(ctx, policy.Public, c.ID, store.Page{Limit: feedEntries})
		if err != nil {
			return err
		}
		for _, prop := range proposals {
			feed.add(prop.Published, atomEntry{
				ID: s.url.Proposal(prop.Number), Title: p.T("feed.proposal", "Title", prop.Title), Summary: prop.Summary,
				Links: []atomLink{htmlLink(s.url.Proposal(prop.Number))},
			})
		}
	}
	return s.writeFeed(w, feed)
}

// answersFeed serves GET /c/{n}/feed: the answers to a challenge, newest first.
func (s *Server) answersFeed(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), s.printer(r)
	n, err := number(r, "n")
	if err != nil {
		return err
	}
	c, err := s.db.Challenge(ctx, policy.Public, n)
	if err != nil {
		return err
	}
	org, err := s.db.Organisation(ctx)
	if err != nil {
		return err
	}
	answers, err := s.db.Contributions(ctx, policy.Public,
		store.ContributionFilter{Challenge: c.ID, NewestFirst: true}, store.Page{Limit: feedEntries})
	if err != nil {
		return err
	}
	feed := s.newFeed(p, challengePath(n)+"/feed", challengePath(n), p.T("feed.answers", "Title", c.Title), org)
	feed.Subtitle = c.Summary
	feed.Updated = atomTime(c.Opened)
	for _, a := range answers {
		feed.add(a.Accepted, s.answerEntry(p, &a))
	}
	return s.writeFeed(w, feed)
}

// answerEntry is one answer in a feed. One with a content warning shows the warning and leads to
// the words.
func (s *Server) answerEntry(p *locale.Printer, a *policy.Contribution) atomEntry {
	page := s.url.Contribution(a.ChallengeNumber, a.Number)
	e := atomEntry{
		ID:        page,
		Title:     p.T("answer.title", "Number", a.Number, "Name", a.Author.DisplayName()),
		Published: atomTime(a.Published),
		Author:    &atomAuthor{Name: a.Author.DisplayName(), URI: webAddress(a.Author.URL)},
		Links:     []atomLink{htmlLink(page)},
	}
	if !a.Edited.IsZero() {
		e.Updated = atomTime(a.Edited)
	}
	if a.Warning != "" {
		e.Summary = p.T("answer.warning") + " " + a.Warning
		return e
	}
	e.Content = &atomText{Lang: a.Lang, Type: "html", Body: a.HTML}
	return e
}

// webAddress returns address if it is one of the web, else nothing.
func webAddress(address string) string {
	if hostOf(address) == "" {
		return ""
	}
	return address
}

func htmlLink(href string) atomLink { return atomLink{Rel: "alternate", Type: "text/html", Href: href} }

// newFeed returns a feed without entries.
func (s *Server) newFeed(p *locale.Printer, path, page, title string, org *policy.Organisation) *atomFeed {
	return &atomFeed{
		Lang: p.Lang(), ID: s.cfg.URL + path, Title: title, Updated: atomTime(org.Created),
		Author: atomAuthor{Name: org.Actor.DisplayName(), URI: s.cfg.URL + "/"},
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: s.cfg.URL + path},
			htmlLink(s.cfg.URL + page),
		},
	}
}

// add takes in an entry of the given time.
func (f *atomFeed) add(at time.Time, e atomEntry) {
	if e.Published == "" {
		e.Published = atomTime(at)
	}
	if e.Updated == "" {
		e.Updated = atomTime(at)
	}
	f.Entries = append(f.Entries, e)
	f.Updated = max(f.Updated, e.Updated) // the format sorts as time does
}

// writeFeed answers with a feed, its newest entries first.
func (s *Server) writeFeed(w http.ResponseWriter, f *atomFeed) error {
	slices.SortStableFunc(f.Entries, func(a, b atomEntry) int { return strings.Compare(b.Updated, a.Updated) })
	f.Entries = f.Entries[:min(len(f.Entries), feedEntries)]
	body, err := xml.MarshalIndent(f, "", "\t")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Add("Vary", "Accept, Accept-Language")
	_, _ = w.Write(append([]byte(xml.Header), body...)) // the client went away
	return nil
}

func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
