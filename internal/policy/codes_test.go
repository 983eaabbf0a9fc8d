package policy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/internal/locale"
	"github.com/folkmoot/folkmoot/internal/policy"
)

// Every code that a rule gives is a sentence. The codes are found in the source, because the rules
// make them of field and fault.
func TestEveryCodeIsASentence(t *testing.T) {
	made := map[string]*regexp.Regexp{
		".missing": regexp.MustCompile(`\.require\("([a-z-]+)"`),
		".long":    regexp.MustCompile(`\.limit\("([a-z-]+)"`),
	}
	added := regexp.MustCompile(`\.add\("([a-z-]+)", "([a-z]+)"`)
	whole := regexp.MustCompile(`"error\.([a-z.-]+[a-z])"`)
	handle := regexp.MustCompile(`code(?:, args)? = "([a-z]+)"`)

	codes := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source := string(b)
		for suffix, re := range made {
			for _, m := range re.FindAllStringSubmatch(source, -1) {
				codes["error."+m[1]+suffix] = true
			}
		}
		for _, m := range added.FindAllStringSubmatch(source, -1) {
			codes["error."+m[1]+"."+m[2]] = true
		}
		for _, m := range whole.FindAllStringSubmatch(source, -1) {
			codes["error."+m[1]] = true
		}
		for _, m := range handle.FindAllStringSubmatch(source, -1) {
			codes["error.handle."+m[1]] = true
		}
	}
	for _, r := range policy.HoldReasons {
		codes[string(r)] = true
	}
	if len(codes) < 40 {
		t.Errorf("only %d codes found: the patterns of this test are out of date", len(codes))
	}
	for code := range codes {
		if !locale.Has(code) {
			t.Errorf("no sentence for %s", code)
		}
	}
}
