package web

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
	"github.com/folkmoot/folkmoot/internal/store"
	"github.com/folkmoot/folkmoot/internal/testkit"
)

// templateSamples has a struct for every template: what it needs to be executed at all. That the
// pages say the right thing is tested with the handlers.
func templateSamples() map[string]page {
	challenge := &policy.Challenge{
		Number: 1, Title: "Title", Lang: "ar", State: policy.ChallengeOpen, RespondBy: time.Now(),
		AddressedTo: []policy.Addressee{{Given: "@a@b.example", State: policy.AddresseeNew}},
	}
	answer := answerView{Contribution: policy.Contribution{
		Number: 61, Kind: policy.KindIdea, Visibility: policy.VisibilityPublic, Media: []policy.Media{{URL: "https://a.example/x"}},
	}, To: &parentRef{Proposal: 7}}
	list := answerList{Order: "quiet", Items: []answerView{answer}, Older: "/c/1?after=2"}
	row := []challengeRow{{Challenge: *challenge, Stage: "asking"}}
	proposal := &policy.Proposal{Number: 7}
	form := newForm("reply.")
	form.Fault("acct", "reply.unreachable", "Given", "x")
	return map[string]page{
		"appearance":      &appearancePage{},
		"challenge":       &challengePage{C: challenge, Answers: list, Proposals: []policy.Proposal{*proposal}, Stages: []stageView{{Word: "asking"}}},
		"challenges":      &challengesPage{Rows: row, Older: "/c?before=2"},
		"contribution":    &contributionPage{C: challenge, A: answer, Trace: []traceStep{{What: "x", Next: true}}},
		"error":           &errorPage{Request: "x"},
		"home":            &homePage{Open: row, Record: record{Answers: 2, OldestUnread: time.Now()}},
		"log":             &logPage{C: challenge, Entries: []policy.LogEntry{{Action: policy.LogHide, Seq: 1, Hash: "0123456789"}}},
		"plain":           &plainPage{Sections: []plainSection{{ID: "x", Paragraphs: []string{"x"}}}},
		"profile":         &profilePage{Actor: &policy.Actor{Summary: "x"}},
		"proposal":        &proposalPage{P: proposal, V: &policy.Version{Number: 1}, C: challenge, Answers: list},
		"proposals":       &proposalsPage{Proposals: []policy.Proposal{*proposal}},
		"reply":           &replyPage{base: base{Form: form}, Post: replyTarget{Kind: "question"}},
		"soon":            &soonPage{},
		"account":         &accountPage{Role: policy.RoleSteward},
		"answer":          &answerPage{Challenge: challenge, A: answerCard{Contribution: answer.Contribution}},
		"desk":            &deskPage{Challenge: challenge, Answers: []answerCard{{Contribution: answer.Contribution}}},
		"launch":          &launchPage{C: challenge},
		"newproposal":     &newProposalPage{C: challenge},
		"poster":          &posterPage{C: challenge},
		"publish":         &publishPage{},
		"safety":          &safetyPage{},
		"servers":         &serversPage{},
		"setup":           &setupPage{},
		"signin":          &signInPage{},
		"staff":           &todayPage{},
		"staffchallenges": &staffChallengesPage{Challenges: []policy.Challenge{*challenge}},
		"staffproposals":  &staffProposalsPage{Proposals: []policy.Proposal{*proposal}},
	}
}

// TestTemplates executes every template with its struct.
func TestTemplates(t *testing.T) {
	s := emptySite(t, testkit.Open(t, store.Options{URL: t.TempDir() + "/folkmoot.db"}), siteURL)
	samples := templateSamples()
	files, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		p, ok := samples[name]
		if !ok {
			t.Errorf("%s has no sample", file)
			continue
		}
		b := p.frame()
		b.Org, b.URL, b.Now = &policy.Organisation{}, siteURL, time.Now()
		if b.Form == nil {
			b.Form = newForm("reply.")
		}
		var out bytes.Buffer
		if err := s.web.views["en"][name].ExecuteTemplate(&out, "layout.html", p); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if !strings.HasSuffix(strings.TrimSpace(out.String()), "</html>") {
			t.Errorf("%s ends with %q", file, out.String()[max(0, out.Len()-20):])
		}
	}
	if len(files) != len(samples) {
		t.Errorf("%d templates, %d samples", len(files), len(samples))
	}
}
