package app

import (
	"sync"
)

// sharedKeys makes keys once for all tests that do not look at keys.
var sharedKeys = sync.OnceValues(newKeys)

// ShareKeys gives all local actors the same keys, because making them takes longer than the rest
// of a test.
func (a *App) ShareKeys() { a.keys = sharedKeys }
