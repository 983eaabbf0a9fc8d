// Package floors checks who may import whom, and which foreign packages have one keeper.
package floors

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/folkmoot/folkmoot/"

// allowed names, for each package of this module, the packages of this module that it may import.
// A package that is not listed may not exist. ARCHITECTURE.md draws the same floors.
var allowed = map[string][]string{
	"cmd/folkmoot": {"internal/server", "internal/config", "internal/store", "internal/app", "internal/logging", "internal/policy", "internal/errs", "internal/locale"},
	"internal/server": {
		"web", "internal/fediverse", "internal/queue", "internal/auth", "internal/app", "internal/store", "internal/policy",
		"internal/errs", "internal/config", "internal/logging", "internal/locale", "federation", "federation/fetch",
	},
	"web":                {"internal/app", "internal/auth", "internal/store", "internal/policy", "internal/markup", "internal/errs", "internal/locale"},
	"internal/fediverse": {"federation", "federation/delivery", "federation/fetch", "federation/nodeinfo", "federation/signature", "federation/vocab", "federation/webfinger", "internal/app", "internal/store", "internal/policy", "internal/markup", "internal/errs", "internal/locale"},
	"internal/app":       {"internal/store", "internal/policy", "internal/markup", "internal/errs"},
	"internal/auth":      {"internal/store", "internal/policy", "internal/errs"},
	"internal/queue":     {"internal/store", "internal/policy", "internal/errs"},
	"internal/store":     {"internal/policy", "internal/errs", "migrations"},
	"internal/policy":    {"internal/errs"},
	"internal/errs":      {},
	"internal/config":    {},
	"internal/logging":   {},
	"internal/markup":    {},
	"internal/locale":    {},
	"migrations":         {},

	"federation":            {"federation/delivery", "federation/fetch", "federation/nodeinfo", "federation/signature", "federation/vocab", "federation/webfinger"},
	"federation/delivery":   {"federation/fetch", "federation/signature", "federation/vocab"},
	"federation/fetch":      {},
	"federation/signature":  {},
	"federation/vocab":      {},
	"federation/webfinger":  {},
	"federation/nodeinfo":   {},
	"federation/fedtest":    {"federation/fetch", "federation/signature", "federation/vocab", "federation/webfinger"},
	"internal/testkit":      {"internal/store", "internal/policy", "internal/errs"},
	"internal/testkit/pg":   {"internal/testkit"},
	"internal/e2e":          {"internal/testkit"},
	"internal/e2e/folkmoot": {},
}

// keepers names the only packages that may import a foreign package or module.
var keepers = map[string][]string{
	"github.com/go-fed/activity": {"federation/vocab"},
	"github.com/go-fed/httpsig":  {"federation/signature"},
	"github.com/jackc/pgx":       {"internal/store", "internal/testkit"},
	"modernc.org/sqlite":         {"internal/store"},
	"database/sql":               {"internal/store", "internal/testkit"},
	"html/template":              {"web", "internal/markup"},
	"github.com/go-chi/chi":      {"web"},
}

func TestFloors(t *testing.T) {
	root := "../.."
	err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); name == "node_modules" || name == ".git" || name == "testdata" || strings.HasSuffix(dir, "internal/floors") {
			return fs.SkipDir
		}
		p, err := build.ImportDir(dir, 0)
		if err != nil {
			return nil // no Go files here
		}
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			return err
		}
		if len(p.GoFiles) == 0 {
			return nil // tests only
		}
		check(t, rel, p.Imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, pkg string, imports []string) {
	floor, ok := allowed[pkg]
	if !ok {
		t.Errorf("%s: not in the list of packages", pkg)
	}
	for _, imp := range imports {
		if in, ok := strings.CutPrefix(imp, module); ok && !slices.Contains(floor, in) {
			t.Errorf("%s imports %s, which is not below it", pkg, in)
		}
		for mod, who := range keepers {
			if (imp == mod || strings.HasPrefix(imp, mod+"/")) && !slices.Contains(who, pkg) {
				t.Errorf("%s imports %s, which only %v may", pkg, imp, who)
			}
		}
	}
}
