package vocab

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of one document. Beyond them it is refused.
const (
	MaxDepth  = 32      // objects and lists inside each other
	MaxValues = 250_000 // of any kind, all levels together
)

// Why a document is refused, for the log.
const (
	ReasonSyntax = "json_syntax" // not JSON, or more than one value
	ReasonDup    = "json_dup"    // a name twice in an object, also if only its case differs (but in @context)
	ReasonDepth  = "json_depth"  // deeper than MaxDepth
	ReasonSize   = "json_size"   // more values than MaxValues
	ReasonNUL    = "json_nul"    // U+0000 in a string
	ReasonUTF8   = "json_utf8"   // invalid UTF-8
	ReasonShape  = "json_shape"  // JSON, but not an object
)

// SyntaxError says why bytes are not a document. Reason is one of the Reason constants.
type SyntaxError struct {
	Reason string
	Offset int // byte at which it was noticed
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s, at byte %d", explained[e.Reason], e.Offset)
}

var explained = map[string]string{
	ReasonSyntax: "not valid JSON",
	ReasonDup:    "a name stands twice in one object",
	ReasonDepth:  "nested too deep",
	ReasonSize:   "too many values",
	ReasonNUL:    "contains U+0000",
	ReasonUTF8:   "not valid UTF-8",
	ReasonShape:  "not a JSON object",
}

// kind is the kind of a JSON value.
type kind uint8

const (
	isNull kind = iota
	isFalse
	isTrue
	isNumber
	isString
	isList
	isObject
)

// value is a JSON value that knows where it stood. Lists and objects keep the order of the
// document.
type value struct {
	kind       kind
	aliased    bool   // some member may be spelled as:…, moot:…, @id or as a full address
	name       string // as a member of an object
	text       string // a string decoded, a number as it was written
	start, end int
	members    []value
}

// parser reads strict JSON. encoding/json would not do: it merges names that differ in case, takes
// the last of two equal names, and loses the order of language maps.
type parser struct {
	in    string
	at    int
	depth int
	count int
	terms int     // how many @context we are in: there Note and note may be two terms
	stack []value // members of the containers that are open
}

// parse reads one JSON value and nothing after it.
func parse(b []byte) (value, error) {
	p := parser{in: string(b), stack: make([]value, 0, 64)}
	if !utf8.ValidString(p.in) {
		return value{}, p.fail(ReasonUTF8)
	}
	p.literal("\ufeff") // a byte order mark, which RFC 8259 §8.1 lets us ignore
	v, err := p.value()
	if err != nil {
		return value{}, err
	}
	p.space()
	if p.at < len(p.in) {
		return value{}, p.fail(ReasonSyntax)
	}
	return v, nil
}

func (p *parser) fail(reason string) error { return &SyntaxError{Reason: reason, Offset: p.at} }

func (p *parser) space() {
	for p.at < len(p.in) {
		switch p.in[p.at] {
		case ' ', '\n', '\r', '\t':
			p.at++
		default:
			return
		}
	}
}

// peek returns the next byte that is not space; 0 at the end.
func (p *parser) peek() byte {
	p.space()
	if p.at < len(p.in) {
		return p.in[p.at]
	}
	return 0
}

func (p *parser) value() (v value, err error) {
	if p.count++; p.count > MaxValues {
		return v, p.fail(ReasonSize)
	}
	c := p.peek()
	v.start = p.at
	switch {
	case c == '{':
		err = p.container(&v, isObject, '}')
	case c == '[':
		err = p.container(&v, isList, ']')
	case c == '"':
		v.kind = isString
		v.text, err = p.string()
	case c == '-' || c >= '0' && c <= '9':
		v.kind = isNumber
		v.text, err = p.number()
	case p.literal("null"):
		v.kind = isNull
	case p.literal("true"):
		v.kind = isTrue
	case p.literal("false"):
		v.kind = isFalse
	default:
		err = p.fail(ReasonSyntax)
	}
	v.end = p.at
	return v, err
}

func (p *parser) literal(word string) bool {
	if !strings.HasPrefix(p.in[p.at:], word) {
		return false
	}
	p.at += len(word)
	return true
}

// container reads an object or a list. Members wait on the stack, so that each container is
// allocated once and at its size.
func (p *parser) container(v *value, k kind, closing byte) error {
	v.kind = k
	if p.depth++; p.depth > MaxDepth {
		return p.fail(ReasonDepth)
	}
	base := len(p.stack)
	p.at++
	for first := true; p.peek() != closing; first = false {
		if !first {
			if p.peek() != ',' {
				return p.fail(ReasonSyntax)
			}
			p.at++
		}
		m, err := p.member(k)
		if err != nil {
			return err
		}
		v.aliased = v.aliased || isAlias(m.name)
		p.stack = append(p.stack, m)
	}
	p.at++
	p.depth--
	v.members = append([]value(nil), p.stack[base:]...)
	p.stack = p.stack[:base]
	if k == isObject && p.repeats(v.members) {
		return p.fail(ReasonDup)
	}
	return nil
}

// member reads an item of a list, or a name and its value.
func (p *parser) member(k kind) (m value, err error) {
	if k == isList {
		return p.value()
	}
	if p.peek() != '"' {
		return m, p.fail(ReasonSyntax)
	}
	name, err := p.string()
	if err != nil {
		return m, err
	}
	if p.peek() != ':' {
		return m, p.fail(ReasonSyntax)
	}
	p.at++
	if name == "@context" {
		p.terms++
		defer func() { p.terms-- }()
	}
	m, err = p.value()
	m.name = name
	return m, err
}

// isAlias reports whether a name may be another spelling of a plain one.
func isAlias(name string) bool {
	return strings.IndexByte(name, ':') >= 0 || strings.HasPrefix(name, "@") && name != "@context"
}

// repeats reports whether two names are equal but for case, by the folding of encoding/json.
func (p *parser) repeats(members []value) bool {
	equal, key := strings.EqualFold, foldAll
	if p.terms > 0 {
		equal, key = func(a, b string) bool { return a == b }, func(s string) string { return s }
	}
	if len(members) <= 32 {
		for i := range members {
			for j := range i {
				if equal(members[i].name, members[j].name) {
					return true
				}
			}
		}
		return false
	}
	seen := make(map[string]struct{}, len(members))
	for i := range members {
		seen[key(members[i].name)] = struct{}{}
	}
	return len(seen) < len(members)
}

func foldAll(s string) string { return strings.Map(fold, s) }

// fold returns the least rune that differs from r only in case, so that K and the Kelvin sign
// are one.
func fold(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// string reads a string; without escapes it shares memory with the input.
func (p *parser) string() (string, error) {
	start := p.at + 1
	for i := start; i < len(p.in); i++ {
		switch c := p.in[i]; {
		case c == '"':
			p.at = i + 1
			return p.in[start:i], nil
		case c == '\\':
			return p.escaped(start, i)
		case c < ' ':
			p.at = i
			return "", p.control(c)
		}
	}
	p.at = len(p.in)
	return "", p.fail(ReasonSyntax)
}

func (p *parser) control(c byte) error {
	if c == 0 {
		return p.fail(ReasonNUL)
	}
	return p.fail(ReasonSyntax)
}

// escaped reads on from the first backslash, at i, of the string that starts at start.
func (p *parser) escaped(start, i int) (string, error) {
	var out strings.Builder
	for p.at = i; p.at < len(p.in); {
		switch c := p.in[p.at]; {
		case c == '"':
			out.WriteString(p.in[start:p.at])
			p.at++
			return out.String(), nil
		case c == '\\':
			out.WriteString(p.in[start:p.at])
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out.WriteRune(r)
			start = p.at
		case c < ' ':
			return "", p.control(c)
		default:
			p.at++
		}
	}
	return "", p.fail(ReasonSyntax)
}

// escape reads what a backslash introduces. Half a surrogate pair becomes U+FFFD: it comes from
// programs that cut a name in the middle of an emoji, and is no reason to refuse a person.
func (p *parser) escape() (rune, error) {
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if p.at+1 >= len(p.in) {
		return 0, p.fail(ReasonSyntax)
	}
	if i := strings.IndexByte(from, p.in[p.at+1]); i >= 0 {
		p.at += 2
		return rune(to[i]), nil
	}
	r, ok := p.unit()
	switch {
	case !ok:
		return 0, p.fail(ReasonSyntax)
	case r == 0:
		return 0, p.fail(ReasonNUL)
	case r < 0xD800 || r > 0xDFFF:
		return r, nil
	}
	mark := p.at
	low, ok := p.unit()
	if ok && r < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF {
		return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, nil
	}
	p.at = mark
	return utf8.RuneError, nil
}

// unit reads \uXXXX.
func (p *parser) unit() (r rune, ok bool) {
	if len(p.in)-p.at < 6 || p.in[p.at] != '\\' || p.in[p.at+1] != 'u' {
		return 0, false
	}
	for _, c := range []byte(p.in[p.at+2 : p.at+6]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 + rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 + rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	p.at += 6
	return r, true
}

// number reads a number and keeps its spelling: 2⁵³+1 is not rounded.
func (p *parser) number() (string, error) {
	start := p.at
	if p.in[p.at] == '-' {
		p.at++
	}
	whole := p.at
	if !p.digits() || p.in[whole] == '0' && p.at > whole+1 {
		return "", p.fail(ReasonSyntax)
	}
	if p.at < len(p.in) && p.in[p.at] == '.' {
		p.at++
		if !p.digits() {
			return "", p.fail(ReasonSyntax)
		}
	}
	if p.at < len(p.in) && p.in[p.at]|0x20 == 'e' {
		p.at++
		if p.at < len(p.in) && (p.in[p.at] == '+' || p.in[p.at] == '-') {
			p.at++
		}
		if !p.digits() {
			return "", p.fail(ReasonSyntax)
		}
	}
	return p.in[start:p.at], nil
}

func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.in) && p.in[p.at] >= '0' && p.in[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}
