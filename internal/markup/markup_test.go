package markup_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/internal/markup"
)

const rel = ` rel="nofollow ugc noopener noreferrer"`

func TestForeign(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "one & two <3", "one &amp; two &lt;3"},
		{"allowed", "<p>a<br>b <em>c</em> <strong>d</strong> <code>e</code> <b>f</b> <i>g</i> <u>h</u> <s>i</s> <del>j</del> <sub>k</sub> <sup>l</sup></p>",
			"<p>a<br/>b <em>c</em> <strong>d</strong> <code>e</code> <b>f</b> <i>g</i> <u>h</u> <s>i</s> <del>j</del> <sub>k</sub> <sup>l</sup></p>"},
		{"ruby", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>"},
		{"ruby parts alone", "<rt>kan</rt>", "kan"},
		{"quotation and code", "<blockquote><p>a</p></blockquote><pre><code>x\n  y</code></pre>",
			"<blockquote><p>a</p></blockquote><pre><code>x\n  y</code></pre>"},
		{"list", `<ol start="3" reversed><li value="9">x</li></ol>`, `<ol start="3" reversed=""><li value="9">x</li></ol>`},
		{"list with bad numbers", `<ol start="x"><li value="1e9">x</li></ol>`, `<ol><li>x</li></ol>`},
		{"item without list", "<li>x</li>", "x"},
		{"list without items", "<ul>a<p>b</p></ul>", "<ul><li>a</li><li><p>b</p></li></ul>"},
		{"empty list", "<ul> </ul>x", " x"},
		{"heading", "<h1>Title</h1>text", "<p><strong>Title</strong></p>text"},
		{"table", "<table><tr><td>a</td><td>b</td></tr></table>", "<p>a</p><p>b</p>"},
		{"blocks of others", "<div>one</div><section>two</section>", "<p>one</p><p>two</p>"},
		{"picture", `<p>hi <img src="https://x.example/a.png" alt=":cat:"></p>`, "<p>hi :cat:</p>"},
		{"classes, ids, styles", `<p class="fixed" id="top" style="position:fixed" name="x">a</p>`, "<p>a</p>"},
		{"Arabic", `<p dir="rtl" lang="ar">مرحبا</p>`, `<p lang="ar" dir="rtl">مرحبا</p>`},
		{"Welsh", `<p lang="cy">Bore <span lang="en">da</span></p>`, `<p lang="cy">Bore da</p>`},
		{"language of what is left out", `<div lang="cy" dir="ltr"><p>a</p></div>`, `<p lang="cy" dir="ltr">a</p>`},
		{"no such language", `<p lang="x_y" dir="up">a</p><p lang="qqzz">b</p>`, "<p>a</p><p>b</p>"},
		{"quotation of Mastodon", `<p class="quote-inline">RE: <a href="https://a.example/1">x</a></p><p>yes</p>`, "<p>yes</p>"},
		{"quotation of others", `<p>yes<span class="quote-inline"><br><br>RE: https://a.example/1</span></p>`, "<p>yes</p>"},
		{"unbalanced ends", "</div></article></main>x</p>", "x<p></p>"},
		{"unbalanced starts", "<blockquote><b>x", "<blockquote><b>x</b></blockquote>"},
		{"comments and raw text", "<!-- --><textarea><b>x</textarea><plaintext><b>y", "&lt;b&gt;x&lt;b&gt;y"},
		{"control characters", "<p>a\u0000b\u001bc\u202ed\u0085</p>", "<p>abcd</p>"},
		{"piled marks", "<p>e" + strings.Repeat("\u0301", 2000) + "</p>", "<p>e" + strings.Repeat("\u0301", 6) + "</p>"},
	} {
		if got := markup.Foreign(tt.in); got != tt.want {
			t.Errorf("%s: Foreign(%.80s)\n got %s\nwant %s", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestForeignLinks(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", `<a href="https://x.example/a?b=c&amp;d" target="_blank" rel="me" class="u-url">here</a>`,
			`<a href="https://x.example/a?b=c&amp;d"` + rel + `>here</a>`},
		{"shortened by Mastodon", `<a href="https://x.example/long/way"><span class="invisible">https://</span><span class="ellipsis">x.example/long</span><span class="invisible">/way</span></a>`,
			`<a href="https://x.example/long/way"` + rel + `>https://x.example/long/way</a>`},
		{"another host", `<a href="https://evil.example/">https://bank.example/login</a>`,
			`<a href="https://evil.example/"` + rel + `>https://bank.example/login (evil.example)</a>`},
		{"another host inside the text", `<a href="https://evil.example/">go to bank.example now</a>`,
			`<a href="https://evil.example/"` + rel + `>go to bank.example now (evil.example)</a>`},
		{"hidden host", `<a href="https://evil.example/?"><span class="invisible">https://evil.example/?</span>bank.example</a>`,
			`<a href="https://evil.example/?"` + rel + `>https://evil.example/?bank.example (evil.example)</a>`},
		{"looks alike", `<a href="https://evil.example/">bаnk.example</a>`,
			`<a href="https://evil.example/"` + rel + `>bаnk.example (evil.example)</a>`},
		{"said already", `<a href="https://evil.example/">bank.example (evil.example)</a>`,
			`<a href="https://evil.example/"` + rel + `>bank.example (evil.example)</a>`},
		{"www and parent", `<a href="https://www.x.example:8443/">x.example</a><a href="https://docs.x.example/">x.example</a>`,
			`<a href="https://www.x.example:8443/"` + rel + `>x.example</a><a href="https://docs.x.example/"` + rel + `>x.example</a>`},
		{"mention", `<a href="https://x.example/@john.doe" class="u-url mention">@<span>john.doe</span></a>`,
			`<a href="https://x.example/@john.doe"` + rel + `>@john.doe</a>`},
		{"mention with another host", `<a href="https://x.example/@ana">@ana@y.example</a>`,
			`<a href="https://x.example/@ana"` + rel + `>@ana@y.example (x.example)</a>`},
		{"no text", `<a href="https://x.example/"><img src="x"></a>`, `<a href="https://x.example/"` + rel + `>x.example</a>`},
		{"script", `<a href="javascript:alert(1)">x</a><a href=" java&#10;script:alert(1)">y</a><a href="data:text/html,x">z</a>`, "xyz"},
		{"relative", `<a href="//evil.example">x</a><a href="/c/1">y</a><a href="#z">z</a>`, "xyz"},
		{"user name", `<a href="https://bank.example@evil.example/">x</a>`, "x"},
		{"quote in the address", `<a href='https://x.example/"onclick="alert(1)'>x</a>`, `<a href="https://x.example/%22onclick=%22alert%281%29"` + rel + `>x</a>`},
		{"endless", `<a href="https://x.example/` + strings.Repeat("a", 3000) + `">x</a>`, "x"},
		{"nested", `<a href="https://x.example/">a<a href="https://y.example/">b</a></a>`,
			`<a href="https://x.example/"` + rel + `>a</a><a href="https://y.example/"` + rel + `>b</a>`},
	} {
		if got := markup.Foreign(tt.in); got != tt.want {
			t.Errorf("%s: Foreign(%.80s)\n got %s\nwant %s", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestForeignArticle(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"headings skip nothing", "<h2>a</h2><h5>b</h5><h3>c</h3><h1>d</h1><h6> </h6>",
			"<h3>a</h3><h4>b</h4><h4>c</h4><h3>d</h3>"},
		{"tables", `<table onclick="x"><tr><th lang="cy">a</th><td colspan="9">b</td></tr></table>`,
			`<table><tbody><tr><th lang="cy">a</th><td>b</td></tr></tbody></table>`},
		{"cells alone", "<td>a</td>", "a"},
	} {
		if got := markup.ForeignArticle(tt.in); got != tt.want {
			t.Errorf("%s: ForeignArticle(%s)\n got %s\nwant %s", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"words", "Hello *you* and **all**.", "<p>Hello <em>you</em> and <strong>all</strong>.</p>\n"},
		{"headings", "## a\n#### b", "<h3>a</h3>\n<h4>b</h4>\n"},
		{"link", "See https://x.example/y.", `<p>See <a href="https://x.example/y" rel="noopener noreferrer">https://x.example/y</a>.</p>` + "\n"},
		{"bad link", "[x](javascript:alert(1))", "<p>x</p>\n"},
		{"raw HTML", "a <script>b</script> <b onclick=x>c</b>", "<p>a b c</p>\n"},
		{"table", "|a|\n|-|\n|1|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n"},
		{"not meant as Markdown", strings.Repeat("[", 2001) + "\n*x*", "<p>" + strings.Repeat("[", 2001) + "<br/>*x*</p>"},
		{"picture", "![A tram](https://x.example/t.png)", "<p>A tram</p>\n"},
	} {
		if got := markup.Markdown(tt.in); got != tt.want {
			t.Errorf("%s: Markdown(%s)\n got %q\nwant %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestWithoutLeadingMentions(t *testing.T) {
	const ana, bob = `<a href="https://x.example/@ana" rel="x">@ana</a>`, `<a href="https://y.example/u/b">@bob@y.example</a>`
	for _, tt := range []struct{ name, in, want string }{
		{"none", "<p>hello " + ana + "</p>", "<p>hello " + ana + "</p>"},
		{"one", "<p>" + ana + " hello</p>", "<p>hello</p>"},
		{"several and a break", "<p>" + ana + " " + bob + "<br/>hello " + ana + "</p>", "<p>hello " + ana + "</p>"},
		{"a paragraph of them", "<p>" + ana + "</p><p>hello</p>", "<p>hello</p>"},
		{"without paragraph", bob + " STOP", "STOP"},
		{"nothing else", "<p>" + ana + "</p>", ""},
		{"hashtags stay", `<p><a href="https://x.example/t">#air</a> yes</p>`, `<p><a href="https://x.example/t">#air</a> yes</p>`},
	} {
		if got := markup.WithoutLeadingMentions(tt.in); got != tt.want {
			t.Errorf("%s: WithoutLeadingMentions(%s) = %s, want %s", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                                      "",
		"plain &amp; simple":                    "plain & simple",
		"<p>one <b>two</b></p>\n<p>three</p>":   "one two\nthree",
		"a<br>b<div>c</div><ul><li>d<li>e</ul>": "a\nb\nc\nd\ne",
		"<script>alert(1)</script><style>b{}</style>x": "x",
	} {
		if got := markup.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, tt := range []struct {
		in   string
		max  int
		want string
	}{
		{"Ana", 10, "Ana"},
		{"<b onclick=x>Ana</b> <script>alert(1)</script>\n& Bob", 20, "Ana & Bob"},
		{"I <3 you", 20, "I <3 you"},
		{"a\u202eb\u2066c\u2069\u0000d\u200fe", 20, "abcd\u200fe"},
		{"e\u0301", 20, "é"},
		{"مرحبا بكم", 20, "مرحبا بكم"},
		{"один два", 5, "один…"},
		{strings.Repeat("x", 100_000), 3, "xx…"},
		{"👩‍👩‍👧", 20, "👩‍👩‍👧"},
	} {
		if got := markup.Plain(tt.in, tt.max); got != tt.want {
			t.Errorf("Plain(%.40q, %d) = %q, want %q", tt.in, tt.max, got, tt.want)
		}
	}
}

// TestHostile runs the payloads of DOMPurify, and those of the attack catalogue, through every
// maker of HTML.
func TestHostile(t *testing.T) {
	for _, payload := range []string{
		`<script>alert(1)</script><img src=x onerror=alert(1)><details open ontoggle=alert(1)>`,
		`<a href="vbscript:x">a</a><a href="//evil.example/x.js">b</a><script src=//evil.example>`,
		`<svg onload=alert(1)><svg><script>alert(1)</script></svg><math><mglyph><style><img src=x onerror=alert(1)>`,
		`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
		`<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
		`<form action=//evil.example><input type=image formaction=//evil.example><button>x</button></form>`,
		`<style>body{display:none}</style><p style="position:fixed;inset:0" class="banner" id="main">x</p>`,
		"<blockquote cite=\"x\n\n onfocus=alert(1) autofocus\">x</blockquote>",
		`</div></main></body></html><!-- <textarea><title><![CDATA[ <xmp> <table>`,
		`<iframe srcdoc="<script>alert(1)</script>"></iframe><object data=x><embed src=x>`,
		`<meta http-equiv=refresh content="0;url=//evil.example"><base href=//evil.example><link rel=stylesheet href=//e>`,
	} {
		checkSafe(t, payload)
	}
}

func TestHostileDOMPurify(t *testing.T) {
	b, err := os.ReadFile(fedtest.Shared(t, "data/conformance/dompurify-xss/expect.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct{ Title, Payload string }
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 223 {
		t.Errorf("%d payloads, want 223", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Title, func(t *testing.T) { checkSafe(t, c.Payload) })
	}
}

func FuzzForeign(f *testing.F) {
	for _, seed := range []string{
		"", "<p>a</p>", "</div>x", "<table><p>x<td>y", "<a href=https://x.y/>z<a>", "<ul>a<li>b<ol>",
		"<ruby><rt><p>x", "<pre>\n\nx", "<b><p></b>x</p>", "<svg><p><style><!--</style><img src=x>", "&#0;&lt;",
		"<h1><h2>x", "<em><a href=http://a.b>c.d</em>e</a>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) { checkSafe(t, source) })
}

// checkSafe fails unless what every maker makes of source holds nothing but what may be in a page,
// and is in a page what it is alone.
func checkSafe(t *testing.T, source string) {
	t.Helper()
	for name, made := range map[string]string{
		"Foreign": markup.Foreign(source), "ForeignArticle": markup.ForeignArticle(source), "Markdown": markup.Markdown(source),
	} {
		const before, after = `<main id="m"><div id="a">`, `</div><p id="z">after</p></main>`
		page, err := html.Parse(strings.NewReader("<!doctype html><html><head></head><body>" + before + made + after))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := html.Render(&out, page); err != nil {
			t.Fatal(err)
		}
		if want := "<!DOCTYPE html><html><head></head><body>" + before + made + after + "</body></html>"; out.String() != want {
			t.Errorf("%s(%q) changes in a page:\n got %s\nwant %s", name, source, out.String(), want)
		}
		checkNodes(t, name, page)
		if !utf8.ValidString(made) {
			t.Errorf("%s(%q) is not UTF-8", name, source)
		}
	}
}

var allowed = map[string]string{ // element → its attributes beyond lang and dir
	"p": "", "br": "", "a": "href rel", "blockquote": "", "ul": "", "ol": "start reversed", "li": "value",
	"em": "", "strong": "", "code": "", "pre": "", "b": "", "i": "", "u": "", "s": "", "del": "", "sub": "",
	"sup": "", "ruby": "", "rt": "", "rp": "", "h3": "", "h4": "", "h5": "", "h6": "", "table": "", "thead": "",
	"tbody": "", "tfoot": "", "tr": "", "td": "", "th": "",
	"html": "", "head": "", "body": "", "main": "id", "div": "id",
}

func checkNodes(t *testing.T, maker string, n *html.Node) {
	t.Helper()
	if n.Type == html.ElementNode && attr(n, "id") != "z" {
		attrs, ok := allowed[n.Data]
		if !ok || n.Namespace != "" {
			t.Errorf("%s leaves <%s>", maker, n.Data)
		}
		for _, a := range n.Attr {
			if a.Key != "lang" && a.Key != "dir" && !strings.Contains(" "+attrs+" ", " "+a.Key+" ") {
				t.Errorf("%s leaves %s=%q on <%s>", maker, a.Key, a.Val, n.Data)
			}
		}
		if href := attr(n, "href"); n.Data == "a" && !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") {
			t.Errorf("%s leaves a link to %q", maker, href)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		checkNodes(t, maker, c)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// TestBounds: no input is slow, and no answer is larger than what is kept. All of it takes seconds;
// without bounds it takes hours, which ends the test binary.
func TestBounds(t *testing.T) {
	for _, unit := range []string{
		"<", "&", "\"", "x", "<a>", "<b>", "<div>", "<p><table>", "<ul><li>", "<b>x<i>y</b>", "<a href=https://x.y/>z",
		"<!--", "<em></p>", "e\u0301\u0301", "<ruby><rt>", "[a](", "*a_ ", "- ", "> ", "1. ",
	} {
		source := strings.Repeat(unit, 10<<20/len(unit))
		for name, maker := range map[string]func(string) string{
			"Foreign": markup.Foreign, "Markdown": markup.Markdown, "Text": markup.Text,
		} {
			made := maker(source)
			if most := markup.MaxContent + 4096; name != "Text" && len(made) > most {
				t.Errorf("%s(%q × %d) is %d bytes, want at most %d", name, unit, len(source)/len(unit), len(made), most)
			}
		}
	}
}

func BenchmarkForeign(b *testing.B) {
	const note = `<p><span class="h-card" translate="no"><a href="https://policy.example/c/12" class="u-url mention">@<span>air</span></a></span> Was traffic just displaced? See <a href="https://data.example/hackney.pdf" target="_blank"><span class="invisible">https://</span><span class="">data.example/hackney.pdf</span></a></p>`
	for b.Loop() {
		markup.Foreign(note)
	}
}
