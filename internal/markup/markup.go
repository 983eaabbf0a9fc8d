// Package markup makes HTML safe: Markdown of ours, and HTML of strangers. It is the only maker
// of [html/template.HTML].
//
// HTML passes two walls. The first, bluemonday, drops everything that is not on its list. The
// second parses what is left, builds a new tree from a shorter list, with attributes made anew,
// and renders that. So what comes out is balanced: it cannot close an element of the page around
// it, and it means to a browser what it meant to us.
package markup

import "html/template"

// Bounds, in bytes. What is beyond them is cut off.
const (
	MaxMarkdown = 20_000 // the renderer is quadratic on hostile input
	MaxSource   = 256 << 10
	MaxContent  = 64 << 10 // of what is kept, tags included
)

// Foreign rebuilds HTML of a stranger from an allow list: p br a blockquote ul ol li em strong
// code pre b i u s del sub sup ruby rt rp, with lang and dir on all of them. Links are absolute
// http or https, get rel="nofollow ugc noopener noreferrer" and, where their text names another
// host than they lead to, say which. What stands in other elements is kept as text, headings as
// strong paragraphs. The link that Mastodon puts before the text of a quotation is dropped.
func Foreign(source string) string {
	return rebuild(source, rules{rel: "nofollow ugc noopener noreferrer"})
}

// ForeignArticle is Foreign with tables and with headings, which begin at h3 and skip no level.
func ForeignArticle(source string) string {
	return rebuild(source, rules{rel: "nofollow ugc noopener noreferrer", article: true})
}

// Markdown renders what staff wrote, with tables and with headings as in [ForeignArticle]. HTML in
// it is left out. What strangers wrote in Markdown passes [Foreign] after it.
func Markdown(source string) string {
	return rebuild(fromMarkdown(source), rules{rel: "noopener noreferrer", article: true})
}

// HTML marks what this package made as safe to put into a page.
func HTML(safe string) template.HTML {
	return template.HTML(safe) //nolint:gosec // G203: safe is what this package made
}
