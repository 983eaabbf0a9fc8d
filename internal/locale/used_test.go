package locale

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// How ids are written: after a call in Go or a template, and as a literal that is looked up later
// ("error.day.shape" in a FieldError). A literal that ends in a dot is the beginning of an id that
// is put together.
var (
	calls    = regexp.MustCompile(`(?:\.T\(|\{\{\s*t |\(t |Fault\("[a-z-]+", |Code:\s*)"([^"]+)"`)
	literals = regexp.MustCompile("[\"`]([A-Za-z][A-Za-z0-9-]*(?:\\.[A-Za-z0-9-]+)+\\.?|[A-Za-z]+\\.)[\"`]")
	built    = regexp.MustCompile(`^"\s*(\+|\(| )|%`)
)

// TestIDs walks the sources: an id that is said must be there, and one that is there must be said.
func TestIDs(t *testing.T) {
	said := map[string]string{} // id → file
	mentioned := map[string]bool{}
	root := "../.."
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); strings.HasPrefix(name, ".") && file != root || name == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		ext := filepath.Ext(file)
		if ext != ".go" && ext != ".html" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, m := range calls.FindAllSubmatch(body, -1) {
			if id := string(m[1]); !strings.HasSuffix(id, ".") && !built.MatchString(id) {
				said[id] = file
			}
		}
		for _, m := range literals.FindAllSubmatch(body, -1) {
			mentioned[string(m[1])] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(said)) {
		if !Has(id) {
			t.Errorf("%s says %q, which is missing", said[id], id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(catalogues().ids)) {
		if !mentioned[id] && said[id] == "" && !begun(id, mentioned) {
			t.Errorf("%q is said nowhere", id)
		}
	}
}

// begun reports whether a literal that ends in a dot begins id.
func begun(id string, mentioned map[string]bool) bool {
	for i, c := range id {
		if c == '.' && mentioned[id[:i+1]] {
			return true
		}
	}
	return false
}

// TestFilesAgree: no id twice, and no file with a shape that go-i18n would take for something else.
func TestFilesAgree(t *testing.T) {
	seen := map[string]string{}
	files, err := messages.ReadDir("messages")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`(?m)^\t"([^"]+)":`)
	for _, f := range files {
		body, err := messages.ReadFile("messages/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		_, lang, _ := strings.Cut(strings.TrimSuffix(f.Name(), ".json"), ".")
		for _, m := range key.FindAllSubmatch(body, -1) {
			id := lang + " " + string(m[1])
			if other := seen[id]; other != "" {
				t.Errorf("%q is in %s and %s", m[1], other, f.Name())
			}
			seen[id] = f.Name()
		}
	}
	if len(seen) < len(catalogues().ids) {
		t.Errorf("%d keys for %d ids: an id is not written at the first level", len(seen), len(catalogues().ids))
	}
}
