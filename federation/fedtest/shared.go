// Package fedtest helps to test servers that federate: a peer that signs, posts and remembers, and
// the documents of real servers.
package fedtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Shared returns the path of a file or folder among the test data that lies beside the source tree:
// in the folder that FOLKMOOT_DEV_SHARED names, by default "../shared", both relative to the folder
// of go.mod. It skips the test where there is none.
func Shared(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("FOLKMOOT_DEV_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "shared")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(root(t), dir)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no test data at %s: set FOLKMOOT_DEV_SHARED to the folder that has %s", path, name)
	}
	return path
}

// root returns the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}
