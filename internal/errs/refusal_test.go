package errs_test

import (
	"errors"
	"io"
	"testing"

	"github.com/folkmoot/folkmoot/internal/errs"
)

func TestSentenceSurvivesWrapping(t *testing.T) {
	err := errs.Refuse(errs.Conflict, "challenge %d is open already", 12)
	errs.Wrap(&err, "app.OpenDraft(%d)", 12)

	if got, want := errs.Sentence(err), "challenge 12 is open already"; got != want {
		t.Errorf("Sentence = %q, want %q", got, want)
	}
	if !errors.Is(err, errs.Conflict) || errors.Is(err, errs.Invalid) {
		t.Errorf("kind of %v is not Conflict alone", err)
	}
	if got := errs.Status(err); got != 409 {
		t.Errorf("Status = %d, want 409", got)
	}
}

func TestSentenceOfOtherErrorsIsEmpty(t *testing.T) {
	for _, err := range []error{nil, io.EOF, errs.NotFound} {
		if got := errs.Sentence(err); got != "" {
			t.Errorf("Sentence(%v) = %q, want none", err, got)
		}
	}
}
