package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// Lists show how an answer begins that has more than longAnswer characters, and unfold the rest.
const (
	longAnswer    = 1500
	excerptLength = 600
)

// answersPerPage is how many answers a page shows.
const answersPerPage = 50

// answerList is one page of the answers to something.
type answerList struct {
	Order string // "newest" or "quiet"; empty where there is no choice
	First bool   // this is the first page
	Total int64
	Items []answerView
	Older string // address of the next page; empty on the last
}

// answerView is one answer in a list.
type answerView struct {
	policy.Contribution
	Path     string
	To       *parentRef // the answer or proposal that it answers; nil for the opening
	Original string     // the post on its own server; empty if it was written here
	ReadDue  time.Time  // the day by which a person reads it
	Excerpt  string     // how a long answer begins, plain; empty for one that is shown whole
}

// parentRef names what an answer answers: one of the two numbers is not zero.
type parentRef struct {
	Path             string
	Answer, Proposal int64
}

func answerPath(challenge, n int64) string {
	return challengePath(challenge) + "/" + strconv.FormatInt(n, 10)
}

// answers returns the page of a challenge's answers that the request asks for: newest first, or
// in the order that gives quieter voices a better place. Staff see here what everybody sees.
func (s *Server) answers(r *http.Request, c *policy.Challenge) (list answerList, err error) {
	ctx, query := r.Context(), r.URL.Query()
	list = answerList{Order: "newest", First: query.Get("after") == "", Total: c.Counts.Answers}
	var after int64
	if !list.First {
		if after, err = parseNumber(query.Get("after")); err != nil {
			return list, err
		}
	}
	var found []policy.Contribution
	switch query.Get("order") {
	case "":
		found, err = s.newest(ctx, c, after)
	case "quiet":
		list.Order = "quiet"
		found, err = s.quietest(ctx, c, after)
	default:
		err = fmt.Errorf("%w: no order %q", errs.NotFound, query.Get("order"))
	}
	if err != nil {
		return list, err
	}
	if len(found) > answersPerPage {
		found = found[:answersPerPage]
		next := url.Values{"after": {strconv.FormatInt(found[answersPerPage-1].Number, 10)}}
		if list.Order == "quiet" {
			next.Set("order", "quiet")
		}
		list.Older = challengePath(c.Number) + "?" + next.Encode() + "#answers"
	}
	list.Items, err = s.answerViews(ctx, c, found)
	return list, err
}

// newest returns up to one more than a page of answers that came before the one numbered after,
// newest first; from the start if after is zero.
func (s *Server) newest(ctx context.Context, c *policy.Challenge, after int64) ([]policy.Contribution, error) {
	page := store.Page{Limit: answersPerPage + 1}
	if after > 0 {
		last, err := s.db.Contribution(ctx, policy.Public, c.Number, after)
		if err != nil {
			return nil, err
		}
		page.After = last.ID
	}
	return s.db.Contributions(ctx, policy.Public,
		store.ContributionFilter{Challenge: c.ID, NewestFirst: true}, page)
}

// quietest is newest in today's order of quieter voices.
func (s *Server) quietest(ctx context.Context, c *policy.Challenge, after int64) ([]policy.Contribution, error) {
	voices, err := s.db.Voices(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	order := policy.QuieterVoices(c.Number, s.now(), voices)
	if after > 0 {
		at := slices.Index(order, after)
		if at < 0 {
			return nil, fmt.Errorf("%w: answer %d is not in the order", errs.NotFound, after)
		}
		order = order[at+1:]
	}
	return s.db.ContributionsByNumber(ctx, policy.Public, c.ID, order[:min(len(order), answersPerPage+1)])
}

// answerViews prepares answers for a list, with one query for all that they answer.
func (s *Server) answerViews(ctx context.Context, c *policy.Challenge, list []policy.Contribution) ([]answerView, error) {
	var parents []string
	for _, a := range list {
		if a.ReplyTo != "" && a.ReplyTo != a.Root {
			parents = append(parents, a.ReplyTo)
		}
	}
	numbers, err := s.db.AnswerNumbers(ctx, c.ID, parents)
	if err != nil {
		return nil, err
	}
	views := make([]answerView, len(list))
	for i, a := range list {
		views[i] = s.answerView(c, a)
		if n := numbers[a.ReplyTo]; n > 0 {
			views[i].To = &parentRef{Path: answerPath(c.Number, n), Answer: n}
		} else if n := s.proposalNumber(a.Root); n > 0 {
			views[i].To = &parentRef{Path: proposalPath(n), Proposal: n}
		}
	}
	return views, nil
}

// proposalNumber returns the number of the proposal with that id, or zero if it is none of ours.
func (s *Server) proposalNumber(iri string) int64 {
	n, err := parseNumber(between(iri, s.cfg.URL+"/p/", ""))
	if err != nil {
		return 0
	}
	return n
}

// answerView prepares one answer.
func (s *Server) answerView(c *policy.Challenge, a policy.Contribution) answerView {
	v := answerView{
		Contribution: a,
		Path:         answerPath(c.Number, a.Number),
		ReadDue:      policy.ReadBy(a.Received, c.ReadWithin),
	}
	if utf8.RuneCountInString(a.Text) > longAnswer {
		v.Excerpt = cut(a.Text, excerptLength)
	}
	if !a.Author.Local {
		v.Original = a.URL
		if v.Original == "" {
			v.Original = a.IRI
		}
	}
	return v
}
