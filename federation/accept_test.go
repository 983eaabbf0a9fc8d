package federation

import "testing"

// FuzzPrefersActivity: no Accept header makes the reader fail, and without naming the type none
// gets the document.
func FuzzPrefersActivity(f *testing.F) {
	for _, seed := range []string{"", "*/*", "text/html;q=0.9, application/activity+json", "a;q=;q=1,,;", "application/ld+json;profile=\",\";q=0.3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		if prefersActivity([]string{accept}) && !prefersActivity([]string{accept, "x/y"}) {
			t.Errorf("another type beside %q changes the answer", accept)
		}
		matches([]string{accept}, `"x"`)
	})
}
