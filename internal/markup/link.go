package markup

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// mentionText is how a mention or a hashtag reads.
var mentionText = regexp.MustCompile(`^[@#][\pL\pM\pN_.-]+(@[\pL\pN.:-]+)?$`)

// HasLink reports whether safe, as this package made it, has a link that leads away from the
// given host. Mentions and hashtags, which read "@name" and "#tag", are not links.
func HasLink(safe, ours string) bool {
	z := html.NewTokenizer(strings.NewReader(safe))
	var text strings.Builder
	outward := false // inside a link that leads away
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken:
			if t := z.Token(); t.Data == "a" {
				outward = leadsAway(t, ours)
				text.Reset()
			}
		case html.TextToken:
			text.Write(z.Text())
		case html.EndTagToken:
			if t := z.Token(); t.Data != "a" {
				continue
			}
			if outward && !mentionText.MatchString(strings.TrimSpace(text.String())) {
				return true
			}
			outward = false
		}
	}
}

// leadsAway reports whether an a element leads to another host than ours.
func leadsAway(a html.Token, ours string) bool {
	for _, attr := range a.Attr {
		if attr.Key == "href" {
			u, err := url.Parse(attr.Val)
			return err != nil || !strings.EqualFold(u.Host, ours)
		}
	}
	return false
}
