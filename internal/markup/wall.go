package markup

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// firstWall returns the policy that HTML passes before it is parsed. Its list is longer than that
// of the builder, which needs to see where blocks begin and end. Built once: it takes 0.6 ms.
var firstWall = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowNoAttrs().OnElements("a", "span", "img")
	p.AllowElements("a", "span", "img", "br", "hr")
	for name := range inlines {
		p.AllowElements(name)
	}
	for name := range blocks {
		p.AllowElements(name)
	}
	p.AllowURLSchemes("http", "https")
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`(^|\s)quote-inline($|\s)`)).OnElements("p", "span")
	p.AllowAttrs("start", "reversed").OnElements("ol")
	p.AllowAttrs("value").OnElements("li")
	p.AllowAttrs("lang", "dir").Globally()
	return p
})

// markdown returns the renderer of Markdown: CommonMark with tables, strikethrough and bare links.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify))
})

// maxDelimiters is how many brackets, stars, underscores and quotation signs are read as Markdown.
// The renderer is quadratic in them: 5,000 brackets take 0.3 s, this many 0.05 s. Prose of
// MaxMarkdown has a few hundred.
const maxDelimiters = 2000

// fromMarkdown renders Markdown; what has too many delimiters to be meant as such is shown as it
// was typed.
func fromMarkdown(source string) string {
	source = cut(source, MaxMarkdown)
	delimiters := 0
	for _, c := range []byte(source) {
		if strings.IndexByte("[*_>", c) >= 0 {
			delimiters++
		}
	}
	var out strings.Builder
	if delimiters <= maxDelimiters && markdown().Convert([]byte(source), &out) == nil {
		return out.String()
	}
	return "<p>" + strings.ReplaceAll(html.EscapeString(source), "\n", "<br>") + "</p>"
}

// parse returns what passes the first wall as a tree under a div. Nested deeper than the parser
// goes (512), only the text is left.
func parse(source string) *html.Node {
	passed := firstWall().Sanitize(cut(source, MaxSource))
	root, err := fragment(passed)
	if err != nil {
		root = element(atom.Div)
		root.AppendChild(textNode(withoutTags(passed)))
	}
	return root
}

// fragment parses HTML as a browser would inside a div.
func fragment(source string) (*html.Node, error) {
	root := element(atom.Div)
	nodes, err := html.ParseFragment(strings.NewReader(source), root)
	if err != nil {
		return nil, err
	}
	root = element(atom.Div)
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, nil
}

// render writes what stands in root.
func render(root *html.Node) string {
	var out strings.Builder
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if err := html.Render(&out, n); err != nil {
			return html.EscapeString(text(root)) // elements that cannot be rendered are not on our lists
		}
	}
	return out.String()
}

func withoutTags(source string) string {
	var out strings.Builder
	for z := html.NewTokenizer(strings.NewReader(source)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(out.String()), " ")
		case html.TextToken:
			out.WriteString(z.Token().Data)
		default:
			out.WriteByte(' ')
		}
	}
}

func element(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
}

func textNode(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

// cut returns at most max bytes of s, and no half characters.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	return strings.ToValidUTF8(s[:max], "")
}
