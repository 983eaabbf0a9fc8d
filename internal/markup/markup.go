// Package markup makes HTML safe: Markdown of ours, and HTML of strangers. It is the only maker
// of [html/template.HTML].
package markup

import "html/template"

// Markdown renders what staff wrote, at most 20 kB of it.
func Markdown(source string) string { panic("stub") }

// Foreign rebuilds HTML of a stranger from an allow list (decisions: p br a blockquote ul ol li
// em strong code pre b i u s del sub sup ruby rt rp, lang and dir on all), at most 64 kB of text. Links
// are absolute http or https, get rel="nofollow ugc noopener noreferrer" and, where their text
// names another host than they lead to, show the host that they lead to.
func Foreign(source string) string { panic("stub") }

// ForeignArticle is Foreign with h3–h6 and tables allowed; h1 and h2 become h3.
func ForeignArticle(source string) string { panic("stub") }

// WithoutLeadingMentions drops the mentions with which replies begin.
func WithoutLeadingMentions(safe string) string { panic("stub") }

// Text returns HTML, or plain text, as plain text on one line a paragraph.
func Text(source string) string { panic("stub") }

// Plain makes a name or summary of a stranger plain: no markup, no control characters, no
// direction overrides, NFC, one line, at most max runes.
func Plain(source string, max int) string { panic("stub") }

// HTML marks what this package made as safe to put into a page.
func HTML(safe string) template.HTML { return template.HTML(safe) }
