package markup

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/language"
)

// rules are what differs between the authors that we render.
type rules struct {
	article bool // headings and tables are kept
	rel     string
}

// inlines are kept as they are, within text.
var inlines = map[string]bool{
	"b": true, "code": true, "del": true, "em": true, "i": true, "rp": true, "rt": true,
	"ruby": true, "s": true, "strong": true, "sub": true, "sup": true, "u": true,
}

// use is what becomes of a block.
type use int

const (
	asParagraph use = iota + 1 // kept as p, or left out around other blocks
	asHeading                  // of articles; else a strong paragraph
	asBlock                    // kept
	asList                     // kept, holds items only
	asItem                     // kept in lists, else a paragraph
	asTable                    // of articles; else a paragraph
)

var blocks = map[string]use{
	"p": asParagraph, "address": asParagraph, "article": asParagraph, "aside": asParagraph,
	"center": asParagraph, "dd": asParagraph, "details": asParagraph, "div": asParagraph,
	"dl": asParagraph, "dt": asParagraph, "figcaption": asParagraph, "figure": asParagraph,
	"footer": asParagraph, "header": asParagraph, "main": asParagraph, "nav": asParagraph,
	"section": asParagraph, "summary": asParagraph,
	"h1": asHeading, "h2": asHeading, "h3": asHeading, "h4": asHeading, "h5": asHeading, "h6": asHeading,
	"blockquote": asBlock, "pre": asBlock,
	"ol": asList, "ul": asList, "li": asItem,
	"table": asTable, "thead": asTable, "tbody": asTable, "tfoot": asTable, "tr": asTable,
	"td": asTable, "th": asTable,
}

// maxNesting is how deep elements are kept inside each other; deeper ones leave only their text.
const maxNesting = 24

// rebuild returns source as safe HTML that means to a browser what it meant here: parsing what is
// rendered gives the same again. Where two rounds do not get there, only the text is left.
func rebuild(source string, r rules) string {
	b := builder{rules: r, left: MaxContent}
	root := element(atom.Div)
	b.children(root, parse(source), place{})
	out := render(root)
	for range 3 {
		tree, err := fragment(out)
		if err != nil {
			break
		}
		again := render(tree)
		if again == out {
			return out
		}
		out = again
	}
	return "<p>" + html.EscapeString(text(root)) + "</p>"
}

// builder builds the new tree.
type builder struct {
	rules
	left  int   // bytes that may still be kept
	heads []int // levels, in the source, of the headings that the next one may stand under
}

// place is where in the new tree we are.
type place struct {
	depth      int
	link, ruby bool
	list       bool // directly in a list
	pre        bool
	lang, dir  string // of elements left out, for what stands in them
}

// children rebuilds what stands in src as children of dst.
func (b *builder) children(dst, src *html.Node, at place) {
	for n := src.FirstChild; n != nil && b.left > 0; n = n.NextSibling {
		switch n.Type {
		case html.TextNode:
			b.text(dst, n.Data, at)
		case html.ElementNode:
			if at.list && blocks[n.Data] != asItem {
				b.item(dst, n, at)
			} else {
				b.element(dst, n, at)
			}
		}
	}
}

func (b *builder) text(dst *html.Node, s string, at place) {
	s = b.afford(clean(s))
	if s == "" || at.list && strings.TrimSpace(s) == "" {
		return
	}
	if at.list {
		dst = b.append(dst, element(atom.Li))
	}
	b.left -= len(html.EscapeString(s))
	dst.AppendChild(textNode(s))
}

// afford returns as much of s as may still be kept, once it is escaped.
func (b *builder) afford(s string) string {
	s = cut(s, b.left)
	if len(html.EscapeString(s)) > b.left {
		s = cut(s, b.left/len("&#34;"))
	}
	return s
}

// item wraps what stands in a list without being an item.
func (b *builder) item(dst, n *html.Node, at place) {
	at.list = false
	li := element(atom.Li)
	b.element(li, n, at)
	if li.FirstChild != nil {
		b.append(dst, li)
	}
}

func (b *builder) element(dst, n *html.Node, at place) {
	at.list = false
	if at.depth == maxNesting {
		b.text(dst, text(n), at)
		return
	}
	switch {
	case hasClass(n, "quote-inline"):
	case n.DataAtom == atom.Br:
		b.append(dst, element(atom.Br))
	case n.DataAtom == atom.Img:
		b.text(dst, attribute(n, "alt"), at)
	case n.DataAtom == atom.A:
		b.link(dst, n, at)
	case n.DataAtom == atom.Rt || n.DataAtom == atom.Rp:
		b.keep(dst, n, n.DataAtom, at, at.ruby)
	case inlines[n.Data]:
		at.ruby = at.ruby || n.DataAtom == atom.Ruby
		b.keep(dst, n, n.DataAtom, at, true)
	case blocks[n.Data] != 0:
		b.block(dst, n, at)
	default:
		b.keep(dst, n, 0, at, false)
	}
}

func (b *builder) block(dst, n *html.Node, at place) {
	inText := at.link || at.ruby || at.pre // where only text belongs
	switch blocks[n.Data] {
	case asHeading:
		b.heading(dst, n, at, inText)
	case asBlock:
		at.pre = at.pre || n.DataAtom == atom.Pre
		b.keep(dst, n, n.DataAtom, at, !inText)
	case asList:
		at.list = !inText && !empty(n)
		b.keep(dst, n, n.DataAtom, at, at.list)
	case asItem:
		b.keep(dst, n, n.DataAtom, at, dst.DataAtom == atom.Ol || dst.DataAtom == atom.Ul)
	case asTable:
		if b.article && !inText {
			b.keep(dst, n, n.DataAtom, at, true)
			return
		}
		b.paragraph(dst, n, at, inText)
	default:
		b.paragraph(dst, n, at, inText)
	}
}

// paragraph keeps n as a paragraph, unless it holds blocks of its own or nothing.
func (b *builder) paragraph(dst, n *html.Node, at place, inText bool) {
	if inText || holdsBlocks(n) {
		b.keep(dst, n, 0, at, false)
		if last := dst.LastChild; last != nil && blocks[last.Data] == 0 {
			dst.AppendChild(textNode(" ")) // what were two blocks are two words
		}
		return
	}
	if n.DataAtom == atom.P || !empty(n) {
		b.keep(dst, n, atom.P, at, true)
	}
}

// heading keeps n as a heading, or in short posts as a strong paragraph. The first becomes h3,
// because the page has h1 and h2; each next is at most one deeper than the one before it.
func (b *builder) heading(dst, n *html.Node, at place, inText bool) {
	switch {
	case empty(n):
	case inText || holdsBlocks(n):
		b.paragraph(dst, n, at, inText)
	case !b.article:
		p := b.append(dst, element(atom.P))
		b.keep(p, n, atom.Strong, at, true)
	default:
		level := int(n.Data[1] - '0')
		b.heads = slices.DeleteFunc(b.heads, func(above int) bool { return above >= level })
		b.heads = append(b.heads, level)
		b.keep(dst, n, []atom.Atom{atom.H3, atom.H4, atom.H5, atom.H6}[min(len(b.heads), 4)-1], at, true)
	}
}

// keep rebuilds n as element a, or, if kept is false, only what stands in it.
func (b *builder) keep(dst, n *html.Node, a atom.Atom, at place, kept bool) {
	at.depth++
	at.lang = first(languageOf(n), at.lang)
	at.dir = first(direction(n), at.dir)
	if kept {
		e := element(a)
		set(e, "lang", at.lang)
		set(e, "dir", at.dir)
		at.lang, at.dir = "", ""
		numbering(e, n)
		dst = b.append(dst, e)
	}
	b.children(dst, n, at)
}

// append adds an element and pays for its tags.
func (b *builder) append(dst, e *html.Node) *html.Node {
	b.left -= 2*len(e.Data) + 5
	for _, a := range e.Attr {
		b.left -= len(a.Key) + len(a.Val) + 4
	}
	dst.AppendChild(e)
	return e
}

// numbering copies start and reversed of ordered lists and value of items.
func numbering(e, n *html.Node) {
	for _, name := range map[atom.Atom][]string{atom.Ol: {"start"}, atom.Li: {"value"}}[e.DataAtom] {
		if i, err := strconv.ParseInt(attribute(n, name), 10, 32); err == nil {
			set(e, name, strconv.FormatInt(i, 10))
		}
	}
	if e.DataAtom == atom.Ol && slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "reversed" }) {
		e.Attr = append(e.Attr, html.Attribute{Key: "reversed"})
	}
}

// languageOf returns the language that n names, if there is such a language.
func languageOf(n *html.Node) string {
	tag := attribute(n, "lang")
	if _, err := language.Parse(tag); err != nil || tag == "und" || strings.Contains(tag, "_") {
		return ""
	}
	return tag
}

func direction(n *html.Node) string {
	switch dir := strings.ToLower(attribute(n, "dir")); dir {
	case "ltr", "rtl", "auto":
		return dir
	}
	return ""
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func set(e *html.Node, name, value string) {
	if value != "" {
		e.Attr = append(e.Attr, html.Attribute{Key: name, Val: value})
	}
}

func hasClass(n *html.Node, class string) bool {
	return slices.Contains(strings.Fields(attribute(n, "class")), class)
}

// holdsBlocks reports whether a block stands directly in n, or in inline elements in it.
func holdsBlocks(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (blocks[c.Data] != 0 || holdsBlocks(c)) {
			return true
		}
	}
	return false
}

// empty reports whether there is nothing in n to see.
func empty(n *html.Node) bool { return strings.TrimSpace(text(n)) == "" }

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
