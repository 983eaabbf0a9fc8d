package markup

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxAddress is the longest address that becomes a link, in bytes.
const maxAddress = 2048

// hostName finds what reads as the name of a host, in any script.
var hostName = regexp.MustCompile(`[\pL\pN](?:[\pL\pM\pN-]*\.)+(?:\pL[\pL\pM]+|xn--[a-z0-9-]+)`)

// link rebuilds a link. One that leads nowhere we send people leaves its text.
func (b *builder) link(dst, n *html.Node, at place) {
	u := address(attribute(n, "href"))
	if u == nil || at.link {
		b.keep(dst, n, 0, at, false)
		return
	}
	a := element(atom.A)
	set(a, "href", u.String())
	set(a, "rel", b.rel)
	set(a, "lang", languageOf(n))
	set(a, "dir", direction(n))
	b.append(dst, a)
	at.link, at.depth = true, at.depth+1
	b.children(a, n, at)
	says := strings.TrimSpace(text(a))
	switch {
	case says == "":
		a.AppendChild(textNode(u.Host))
	case misleads(says, u.Host):
		a.AppendChild(textNode(" (" + u.Host + ")"))
	}
}

// address returns an absolute http or https address, or nil. One with a user name is refused:
// https://bank.example@evil.example is a trick.
func address(href string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil || len(href) > maxAddress || u.Host == "" || u.User != nil {
		return nil
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}

// misleads reports whether the text of a link names another host than it leads to. Of a mention
// only the host counts: "@john.doe" is a name.
func misleads(says, host string) bool {
	if strings.HasSuffix(says, "("+host+")") {
		return false
	}
	if handle, ok := strings.CutPrefix(says, "@"); ok {
		_, says, _ = strings.Cut(handle, "@")
	}
	host = withoutWWW(host)
	for _, named := range hostName.FindAllString(says, 20) {
		named = withoutWWW(named)
		name, _, _ := strings.Cut(host, ":")
		if named != name && !strings.HasSuffix(name, "."+named) {
			return true
		}
	}
	return false
}

func withoutWWW(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// WithoutLeadingMentions drops the mentions with which replies begin, of HTML that this package
// made: links whose text is "@name", before any other text.
func WithoutLeadingMentions(safe string) string {
	root, err := fragment(safe)
	if err != nil {
		return safe
	}
	if !dropMentions(root) {
		return safe
	}
	return render(root)
}

// dropMentions removes leading mentions from n, and what then is empty, and reports whether there
// were any. Only the first paragraph can begin with mentions.
func dropMentions(n *html.Node) (found bool) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type == html.ElementNode && c.DataAtom == atom.A && mentionText.MatchString(strings.TrimSpace(text(c))) && strings.HasPrefix(strings.TrimSpace(text(c)), "@"):
			found = true
		case found && c.Type == html.ElementNode && c.DataAtom == atom.Br:
		case c.Type == html.ElementNode && c.DataAtom == atom.P && !found:
			if found = dropMentions(c); !found || c.FirstChild != nil {
				return found
			}
		default:
			if c.Type == html.TextNode && found {
				c.Data = strings.TrimLeft(c.Data, " \u00a0\t\n")
			}
			return found
		}
		n.RemoveChild(c)
	}
	return found
}
