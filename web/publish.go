package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
)

// publishPage is the form of a challenge, new or a draft, with what it will look like.
type publishPage struct {
	base
	Done      string
	Action    string
	Draft     *policy.Challenge // nil for a new one
	Languages []choice
	Within    []choice
	Preview   policy.OpeningPreview
	Followers int64
	Checks    []check
}

// choice is an option of a list.
type choice struct{ Value, Label string }

// languages are those that the form offers; the command takes any.
var languages = []string{"en", "cy", "ga", "gd", "ar", "bn", "de", "es", "fa", "fr", "hi", "it", "nl", "pl", "pt", "ro", "so", "tr", "uk", "ur", "zh"}

// readWithin are the promises that the form offers, in working days.
var readWithin = []string{"1", "3", "5", "10", "20"}

// newChallenge shows GET /staff/c/new.
func (s *Server) newChallenge(w http.ResponseWriter, r *http.Request) error {
	f := newForm("form.publish.", "read-within", strconv.Itoa(policy.ReadWithinDefault), "lang", "en")
	return s.renderPublish(w, r, http.StatusOK, nil, f)
}

// publish takes POST /staff/c/new.
func (s *Server) publish(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r, "form.publish.")
	if err != nil {
		return err
	}
	do := f.Get("do")
	c := challengeFrom(f)
	if do != "publish" && do != "draft" {
		f.Errors = nil // a preview judges nothing yet
		return s.renderPublish(w, r, http.StatusOK, nil, f)
	}
	if !f.faulty() {
		err = s.app.OpenChallenge(r.Context(), by(r), c, do == "draft")
	} else {
		err = s.alsoWrong(r, c, f)
	}
	return s.published(w, r, nil, c, f, err)
}

// draft shows GET /staff/c/{n}/edit.
func (s *Server) draft(w http.ResponseWriter, r *http.Request) error {
	c, err := s.draftOf(r)
	if err != nil {
		return err
	}
	return s.renderPublish(w, r, http.StatusOK, c, formOf(c))
}

// saveDraft takes POST /staff/c/{n}/edit.
func (s *Server) saveDraft(w http.ResponseWriter, r *http.Request) error {
	stored, err := s.draftOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "form.publish.")
	if err != nil {
		return err
	}
	f.Values.Set("handle", stored.Actor.Handle)
	do := f.Get("do")
	c := challengeFrom(f)
	if do != "publish" && do != "draft" {
		f.Errors = nil
		return s.renderPublish(w, r, http.StatusOK, stored, f)
	}
	if f.faulty() {
		err = s.alsoWrong(r, c, f)
	} else {
		err = s.app.SaveDraft(r.Context(), stored.Number, c)
	}
	if err == nil && do == "publish" {
		c, err = s.app.OpenDraft(r.Context(), by(r), stored.Number)
	}
	return s.published(w, r, stored, c, f, err)
}

// draftOf returns the draft in r's address. What is open already cannot be edited: errs.Conflict.
func (s *Server) draftOf(r *http.Request) (*policy.Challenge, error) {
	c, err := s.challengeOf(r)
	if err != nil {
		return nil, err
	}
	return c, c.Editable()
}

// challengeOf returns the challenge in r's address, as staff see it.
func (s *Server) challengeOf(r *http.Request) (*policy.Challenge, error) {
	n, err := number(r, "n")
	if err != nil {
		return nil, err
	}
	return s.db.Challenge(r.Context(), viewer(r), n)
}

// published answers after a challenge was published or saved, or was refused with err.
func (s *Server) published(w http.ResponseWriter, r *http.Request, draft, c *policy.Challenge, f *form, err error) error {
	if f.refusedVerb(err) || err == nil && f.faulty() {
		return s.renderPublish(w, r, http.StatusUnprocessableEntity, draft, f)
	}
	if err != nil {
		return err
	}
	to := staffPath(c.Number) + "/launch?done=published"
	if c.State == policy.ChallengeDraft {
		to = staffPath(c.Number) + "/edit?done=draft"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// staffPath is where the pages of a challenge begin in the staff area.
func staffPath(n int64) string { return "/staff" + challengePath(n) }

// faulty reports whether something is wrong already.
func (f *form) faulty() bool { return len(f.Errors) > 0 }

// alsoWrong returns what is wrong with c beside what the form says already.
func (s *Server) alsoWrong(r *http.Request, c *policy.Challenge, f *form) error {
	known := map[string]bool{}
	for _, e := range f.Errors {
		known[e.Field] = true
	}
	whole := c.WithDefaults(s.now(), viewer(r).Name)
	var rest policy.FieldErrors
	for _, e := range whole.CheckOpen(s.now()) {
		if !known[e.Field] {
			rest = append(rest, e)
		}
	}
	return rest.Err()
}

// challengeFrom reads the form. A day that is none is noted in the form.
func challengeFrom(f *form) *policy.Challenge {
	c := &policy.Challenge{
		Actor:        policy.Actor{Handle: f.Get("handle")},
		Title:        f.Get("title"),
		Question:     f.Get("question"),
		Summary:      f.Get("summary"),
		Background:   f.Get("background"),
		Lang:         f.Get("lang"),
		RespondBy:    f.day("respond-by"),
		Closes:       f.day("closes"),
		Responder:    f.Get("responder"),
		Reach:        f.Get("reach"),
		CanChange:    f.Get("can-change"),
		CannotChange: f.Get("cannot-change"),
		Tags:         strings.FieldsFunc(f.Get("tag"), func(r rune) bool { return r == ' ' || r == ',' || r == '\n' }),
		Hold:         f.Is("hold", "yes"),
	}
	c.ReadWithin, _ = strconv.Atoi(f.Get("read-within")) // nonsense is zero, which is the default
	for _, given := range f.Lines("addressed-to") {
		c.AddressedTo = append(c.AddressedTo, policy.Addressee{Given: given})
	}
	return c
}

// day reads a date field; zero if it is empty or cannot be read, which is noted.
func (f *form) day(name string) time.Time {
	t, err := policy.ParseDay(f.Get(name))
	if err != nil {
		f.Errors = append(f.Errors, policy.BadDay(name, f.Get(name))...)
	}
	return t
}

// formOf fills the form with a draft.
func formOf(c *policy.Challenge) *form {
	f := newForm("form.publish.",
		"title", c.Title, "question", c.Question, "handle", c.Actor.Handle, "background", c.Background,
		"lang", c.Lang, "responder", c.Responder, "reach", c.Reach, "can-change", c.CanChange,
		"cannot-change", c.CannotChange, "tag", strings.Join(c.Tags, " "),
		"read-within", strconv.Itoa(c.ReadWithin), "respond-by", c.RespondBy.UTC().Format(time.DateOnly))
	if c.Summary != c.Question {
		f.Values.Set("summary", c.Summary)
	}
	if !c.Closes.IsZero() {
		f.Values.Set("closes", c.Closes.UTC().Format(time.DateOnly))
	}
	if c.Hold {
		f.Values.Set("hold", "yes")
	}
	var given []string
	for _, a := range c.AddressedTo {
		given = append(given, a.Given)
	}
	f.Values.Set("addressed-to", strings.Join(given, "\n"))
	return f
}

func (s *Server) renderPublish(w http.ResponseWriter, r *http.Request, status int, draft *policy.Challenge, f *form) error {
	p := &publishPage{Done: done(r), Action: r.URL.Path, Draft: draft}
	t := s.printer(r)
	p.Title, p.Section, p.Staff = t.T("publish.title"), "challenges", true
	if draft != nil {
		p.Title = t.T("publish.titleDraft")
	}
	for _, lang := range with(languages, f.Get("lang")) {
		label := "language." + lang
		if locale.Has(label) {
			p.Languages = append(p.Languages, choice{lang, t.T(label)})
		} else {
			p.Languages = append(p.Languages, choice{lang, lang})
		}
	}
	for _, days := range with(readWithin, f.Get("read-within")) {
		n, _ := strconv.Atoi(days) // a draft of the command may have any number
		p.Within = append(p.Within, choice{days, t.T("publish.days", "Count", n)})
	}
	p.Form = f
	if err := s.previewChallenge(r, p); err != nil {
		return err
	}
	return s.render(w, r, status, "publish", p)
}

// with returns a list with what was chosen in it, also if it is none of those offered.
func with(list []string, chosen string) []string {
	if chosen == "" || slices.Contains(list, chosen) {
		return list
	}
	return append(slices.Clone(list), chosen)
}

// previewChallenge fills in what the challenge will look like, and what is still missing.
func (s *Server) previewChallenge(r *http.Request, p *publishPage) error {
	ctx := r.Context()
	org, err := s.db.Organisation(ctx)
	if err != nil {
		return err
	}
	counts, err := s.db.Counts(ctx)
	if err != nil {
		return err
	}
	copied := form{Values: p.Form.Values}
	c := challengeFrom(&copied).WithDefaults(s.now(), viewer(r).Name)
	if p.Draft != nil {
		c.Number = p.Draft.Number
	} else if c.Number, err = s.nextNumber(r); err != nil {
		return err
	}
	p.Followers = counts.Followers
	p.Checks = checks(&c)
	p.Preview = s.cfg.Preview(&c, org)
	return nil
}

// nextNumber guesses the number of the challenge that is written; only the preview shows it.
func (s *Server) nextNumber(r *http.Request) (int64, error) {
	list, err := s.db.Challenges(r.Context(), viewer(r), store.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		return 1, err
	}
	return list[0].Number + 1, nil
}

// check is a line of "Before you publish".
type check struct {
	OK   bool
	Text string // id of the sentence
}

// checks says what makes a challenge easy to answer and to believe in. None of it is required.
func checks(c *policy.Challenge) []check {
	line := func(name string, ok bool) check {
		if !ok {
			name += ".no"
		}
		return check{ok, "check." + name}
	}
	length := utf8.RuneCountInString(c.Question)
	return []check{
		line("mark", strings.HasSuffix(c.Question, "?") || strings.HasSuffix(c.Question, "؟") || strings.HasSuffix(c.Question, "？")),
		line("short", length > 0 && length <= policy.QuestionFits),
		line("why", c.Summary != c.Question),
		line("open", c.CanChange != ""),
		line("decided", c.CannotChange != ""),
		line("reach", c.Reach != ""),
		line("date", !c.RespondBy.IsZero()),
	}
}
