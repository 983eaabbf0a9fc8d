package markup_test

import (
	"testing"

	"github.com/folkmoot/folkmoot/internal/markup"
)

func TestHasLink(t *testing.T) {
	for _, tt := range []struct {
		name, html string
		want       bool
	}{
		{"nothing", "", false},
		{"words alone", "<p>The tram is late. See spam.example.</p>", false},
		{"a link", `<p>See <a href="https://spam.example/x">this</a></p>`, true},
		{"a mention", `<p><a href="https://far.example/@ada">@<span>ada</span></a> yes</p>`, false},
		{"a mention with its host", `<p><a href="https://far.example/users/ada">@ada@far.example</a></p>`, false},
		{"a hashtag", `<p><a href="https://far.example/tags/trams">#trams</a></p>`, false},
		{"a link to us", `<p><a href="https://moot.example/c/12">the question</a></p>`, false},
		{"a link that begins like a mention", `<p><a href="https://spam.example">@ada buy here</a></p>`, true},
		{"a link after a mention", `<a href="https://far.example/@a">@a</a> <a href="https://spam.example">x</a>`, true},
		{"a link without an address", `<a>words</a>`, false},
		{"a link that cannot be read", `<a href="https://[bad">words</a>`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := markup.HasLink(tt.html, "moot.example"); got != tt.want {
				t.Errorf("HasLink(%s) = %t, want %t", tt.html, got, tt.want)
			}
		})
	}
}
