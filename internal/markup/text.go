package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many marks may stand on one letter. Tibetan and Hebrew need five.
const maxMarks = 6

// Text returns HTML, or plain text, as plain text: one line a paragraph, no blank lines. Of a
// source larger than [MaxSource] only the beginning is read.
func Text(source string) string { return text(parse(source)) }

// Plain makes a name or summary of a stranger plain: no markup, no control characters, no
// direction overrides, at most six marks on a letter, NFC, one line, at most max runes. What is
// cut ends in "…". max must be at least 1.
func Plain(source string, max int) string {
	s := strings.Map(withoutIsolates, norm.NFC.String(Text(source)))
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= max || max < 1 {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:max-1])) + "…"
}

// text returns what a tree says, cleaned, one line a block.
func text(root *html.Node) string {
	var lines []string
	var line strings.Builder
	end := func() {
		if s := strings.Join(strings.Fields(line.String()), " "); s != "" {
			lines = append(lines, s)
		}
		line.Reset()
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		block := n.Type == html.ElementNode && (blocks[n.Data] != 0 || n.DataAtom == atom.Br || n.DataAtom == atom.Hr)
		if block {
			end()
		}
		if n.Type == html.TextNode {
			line.WriteString(clean(n.Data))
		}
		if n.DataAtom == atom.Img {
			line.WriteString(clean(attribute(n, "alt")))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block {
			end()
		}
	}
	walk(root)
	end()
	return strings.Join(lines, "\n")
}

// clean drops what may disturb the text around: control characters, direction overrides and
// embeddings, and marks piled on one letter.
func clean(s string) string {
	if isASCIIText(s) {
		return s
	}
	marks := 0
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > maxMarks {
				return -1
			}
			return r
		}
		marks = 0
		switch {
		case r == '\n' || r == '\t' || r == ' ':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r == '\ufeff', r >= '\ufff9' && r <= '\ufffb':
			return -1
		}
		return r
	}, s)
}

// isASCIIText reports whether there is nothing in s that clean could find.
func isASCIIText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// withoutIsolates drops direction isolates, which would reach beyond a name to what follows it on
// its line; in paragraphs they end with the paragraph.
func withoutIsolates(r rune) rune {
	if r >= '\u2066' && r <= '\u2069' {
		return -1
	}
	return r
}
