package fedtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Shared returns the place of a file or folder of the shared data, which is no part of the
// program: FOLKMOOT_DEV_SHARED, relative to the folder of go.mod, or ../shared. The test is
// skipped where it is absent.
func Shared(t testing.TB, path string) string {
	t.Helper()
	root := moduleRoot(t)
	shared := os.Getenv("FOLKMOOT_DEV_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "shared")
	}
	if !filepath.IsAbs(shared) {
		shared = filepath.Join(root, shared)
	}
	file := filepath.Join(shared, filepath.FromSlash(path))
	if _, err := os.Stat(file); err != nil {
		t.Skipf("shared data not at hand: no %s in FOLKMOOT_DEV_SHARED (default ../shared)", path)
	}
	return file
}

// moduleRoot returns the folder of go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
