package vocab_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/folkmoot/folkmoot/federation/vocab"
)

func TestDecodeRefuses(t *testing.T) {
	deep := func(n int) string {
		return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	for _, tt := range []struct{ name, in, reason string }{
		{"empty", "", vocab.ReasonSyntax},
		{"space", " \n", vocab.ReasonSyntax},
		{"HTML", "<html>", vocab.ReasonSyntax},
		{"unfinished object", `{"type":"Note"`, vocab.ReasonSyntax},
		{"unfinished string", `{"type":"Note`, vocab.ReasonSyntax},
		{"unfinished escape", `{"type":"Note\`, vocab.ReasonSyntax},
		{"unfinished unit", `{"type":"\u00`, vocab.ReasonSyntax},
		{"two values", `{} {}`, vocab.ReasonSyntax},
		{"comma at the end", `{"a":1,}`, vocab.ReasonSyntax},
		{"comma at the end of a list", `{"a":[1,]}`, vocab.ReasonSyntax},
		{"no comma", `{"a":1 "b":2}`, vocab.ReasonSyntax},
		{"no colon", `{"a" 1}`, vocab.ReasonSyntax},
		{"name without quotes", `{a:1}`, vocab.ReasonSyntax},
		{"single quotes", `{'a':1}`, vocab.ReasonSyntax},
		{"closing bracket of the other kind", `{"a":[1}`, vocab.ReasonSyntax},
		{"comment", `{"a":1 /* b */}`, vocab.ReasonSyntax},
		{"unknown word", `{"a":nul}`, vocab.ReasonSyntax},
		{"not a number", `{"a":NaN}`, vocab.ReasonSyntax},
		{"number with a zero before", `{"a":01}`, vocab.ReasonSyntax},
		{"number with a plus", `{"a":+1}`, vocab.ReasonSyntax},
		{"number without digits", `{"a":-}`, vocab.ReasonSyntax},
		{"number with a bare point", `{"a":1.}`, vocab.ReasonSyntax},
		{"number with a bare exponent", `{"a":1e+}`, vocab.ReasonSyntax},
		{"unknown escape", `{"a":"\x41"}`, vocab.ReasonSyntax},
		{"line break in a string", "{\"a\":\"b\nc\"}", vocab.ReasonSyntax},
		{"escape character in a string", "{\"a\":\"b\x1b[0m\\n\"}", vocab.ReasonSyntax},
		{"NUL", "{\"a\":\"b\x00\"}", vocab.ReasonNUL},
		{"NUL after an escape", "{\"a\":\"\\n\x00\"}", vocab.ReasonNUL},
		{"NUL escaped", `{"a":"b\u0000"}`, vocab.ReasonNUL},
		{"NUL in a name", `{"a\u0000":1}`, vocab.ReasonNUL},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", vocab.ReasonUTF8},
		{"overlong UTF-8", "{\"a\":\"\xc0\xaf\"}", vocab.ReasonUTF8},
		{"name twice", `{"actor":"https://a.example/alice","actor":"https://a.example/mallory"}`, vocab.ReasonDup},
		{"name twice, once escaped", `{"actor":1,"\u0061ctor":2}`, vocab.ReasonDup},
		{"name twice but for case", `{"actor":1,"Actor":2}`, vocab.ReasonDup},
		{"name twice but for a Kelvin sign", `{"kind":1,"` + "\u212a" + `ind":2}`, vocab.ReasonDup},
		{"name twice inside", `{"object":{"id":1,"id":2}}`, vocab.ReasonDup},
		{"name twice among many", `{` + keys(50) + `,"K7":1}`, vocab.ReasonDup},
		{"name twice in a context", `{"@context":[{"a":1,"a":2}]}`, vocab.ReasonDup},
		{"too deep", deep(vocab.MaxDepth + 1), vocab.ReasonDepth},
		{"far too deep", strings.Repeat("[", 1<<20), vocab.ReasonDepth},
		{"too deep with objects", strings.Repeat(`{"a":`, 1<<18), vocab.ReasonDepth},
		{"too many values", `{"a":[` + strings.Repeat("1,", vocab.MaxValues) + `1]}`, vocab.ReasonSize},
		{"list", `[{"type":"Note"}]`, vocab.ReasonShape},
		{"string", `"https://a.example/1"`, vocab.ReasonShape},
		{"null", `null`, vocab.ReasonShape},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := vocab.Decode([]byte(tt.in))
			var refused *vocab.SyntaxError
			if !errors.As(err, &refused) {
				t.Fatalf("Decode(%.60s) = %+v, %v, want %s", tt.in, o, err, tt.reason)
			}
			if refused.Reason != tt.reason || refused.Offset > len(tt.in) {
				t.Errorf("Decode(%.60s) refuses with %s at %d, want %s", tt.in, refused.Reason, refused.Offset, tt.reason)
			}
			if strings.HasPrefix(refused.Error(), ",") {
				t.Errorf("%s has no sentence", refused.Reason)
			}
		})
	}
}

func TestDecodeTakes(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"escapes", `{"name":"\"\\\/\b\f\n\r\té\u00e9"}`, "\"\\/\b\f\n\r\téé"},
		{"surrogate pair", `{"name":"a\ud83d\ude8bz"}`, "a🚋z"},
		{"first half alone", `{"name":"a\ud83dz"}`, "a\ufffdz"},
		{"second half alone", `{"name":"a\ude8bz"}`, "a\ufffdz"},
		{"two first halves", `{"name":"\ud83d\ud83d\ude8b"}`, "\ufffd🚋"},
		{"half before another escape", `{"name":"\ud83d\u0041"}`, "\ufffdA"},
		{"byte order mark", "\ufeff{\"name\":\"a\"}", "a"},
		{"space everywhere", "\r\n{ \"name\"\t: \"a\" , \"b\" : [ ] } \n", "a"},
		{"terms of a context that differ in case", `{"@context":[{"Quote":"a:b","quote":"a:b"}],"name":"a"}`, "a"},
		{"numbers of any size", `{"x":[0,-0,1.5e-7,1E+400,123456789012345678901234567890],"name":"a"}`, "a"},
		{"as deep as allowed", `{"name":"a","x":` + strings.Repeat("[", vocab.MaxDepth-1) + strings.Repeat("]", vocab.MaxDepth-1) + `}`, "a"},
	} {
		o, err := vocab.Decode([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if o.Name != tt.want {
			t.Errorf("%s: name = %q, want %q", tt.name, o.Name, tt.want)
		}
	}
}

// TestDecodeTime: what one peer may cost (res.many-keys, res.tags).
func TestDecodeTime(t *testing.T) {
	tags := strings.Repeat(`{"type":"Mention","href":"https://a.example/u","name":"@u"},{"type":"Hashtag","href":"https://a.example/t","name":"#t"},`, 10_000)
	for name, in := range map[string]string{
		"60,000 keys":   `{` + keys(60_000) + `}`,
		"long keys":     `{"` + strings.Repeat("k", 500_000) + `":1,"` + strings.Repeat("k", 500_001) + `":2}`,
		"20,000 tags":   `{"type":"Note","tag":[` + strings.TrimSuffix(tags, ",") + `]}`,
		"100,000 items": `{"type":"Collection","items":[` + strings.Repeat(`"x",`, 99_999) + `"x"]}`,
		"full address":  `{"a:b":1,"object":[` + strings.Repeat(`{"as:id":"x"},`, 40_000) + `1]}`,
	} {
		o, err := vocab.Decode([]byte(in)) // what is quadratic takes longer than a test may
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(o.Tag) > vocab.MaxTags {
			t.Errorf("%s: %d tags kept", name, len(o.Tag))
		}
	}
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":%d`, i, i)
	}
	return b.String()[1:]
}
