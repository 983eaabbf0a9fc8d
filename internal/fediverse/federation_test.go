package fediverse

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// FEDERATION.md lists the activities that have an effect here, no more and no less.
func TestFederationDocument(t *testing.T) {
	text, err := os.ReadFile("../../FEDERATION.md")
	if err != nil {
		t.Fatal(err)
	}
	_, in, found := strings.Cut(string(text), "## What comes in\n")
	line, _, ended := strings.Cut(in, "Everything else")
	if !found || !ended {
		t.Fatal("the list of what comes in is not where it was")
	}
	objects := []string{"Note", "Article", "Page", "Question", "Event"}
	var listed, handled []string
	for _, m := range regexp.MustCompile("`([A-Za-z]+)`").FindAllStringSubmatch(line, -1) {
		if !slices.Contains(objects, m[1]) {
			listed = append(listed, m[1])
		}
	}
	for _, h := range (&Fediverse{}).handlers() {
		if !slices.Contains(handled, h.activity) {
			handled = append(handled, h.activity)
		}
	}
	slices.Sort(listed)
	slices.Sort(handled)
	if !slices.Equal(listed, handled) {
		t.Errorf("FEDERATION.md lists %v, handled are %v", listed, handled)
	}
}
