package web

import (
	"testing"

	"github.com/folkmoot/folkmoot/internal/testkit"
)

// TestScripts runs the scripts of testdata against a filled instance.
func TestScripts(t *testing.T) {
	testkit.Scripts(t, "testdata/*.txt", sqliteSite(t).h)
}
