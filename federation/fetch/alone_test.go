package fetch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheOnlyWayOut looks through the whole source tree for other ways to dial: whatever leaves the
// instance goes through the gate. Tests and the rooms that only tests use are excepted.
func TestTheOnlyWayOut(t *testing.T) {
	outward := map[string]map[string]bool{
		"net/http":   set("Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm"),
		"net":        set("Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "Dialer", "Resolver", "LookupHost", "LookupIP"),
		"crypto/tls": set("Dial", "DialWithDialer", "Dialer"),
	}
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if d.IsDir() {
			switch rel {
			case "federation/fetch", "federation/fedtest", "internal/testkit", "internal/e2e", ".git":
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		files++
		for _, name := range uses(t, path, outward) {
			t.Errorf("%s uses %s: only federation/fetch goes out", rel, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("only %d files were looked at", files)
	}
	// The search finds what it is meant to find.
	if got := uses(t, "client.go", outward); len(got) < 3 {
		t.Errorf("in client.go it finds only %v", got)
	}
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool)
	for _, n := range names {
		m[n] = true
	}
	return m
}

// uses returns which of the forbidden names a file uses, as "package.Name".
func uses(t *testing.T, path string, forbidden map[string]map[string]bool) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Logf("%s: %v", path, err)
		return nil
	}
	local := make(map[string]string) // name in this file → import path
	for _, spec := range file.Imports {
		p := strings.Trim(spec.Path.Value, `"`)
		name := p[strings.LastIndexByte(p, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		local[name] = p
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && forbidden[local[pkg.Name]][sel.Sel.Name] {
			found = append(found, pkg.Name+"."+sel.Sel.Name)
		}
		return true
	})
	return found
}
