package vocab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// appendValue writes v as JSON: members in a fixed order, no HTML escapes, raw messages byte by
// byte as they are. encoding/json would squeeze those, and a proof inside would break.
func appendValue(out []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case map[string]any:
		return appendMembers(out, v)
	case []any:
		return appendItems(out, v)
	case json.RawMessage:
		return append(out, v...), nil
	}
	return appendScalar(out, v)
}

func appendMembers(out []byte, m map[string]any) (_ []byte, err error) {
	out = append(out, '{')
	for i, name := range slices.SortedFunc(maps.Keys(m), byRank) {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendScalar(out, name); err != nil {
			return nil, err
		}
		out = append(out, ':')
		if out, err = appendValue(out, m[name]); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func appendItems(out []byte, list []any) (_ []byte, err error) {
	out = append(out, '[')
	for i, item := range list {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendValue(out, item); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

// appendScalar writes a string, number or truth.
func appendScalar(out []byte, v any) ([]byte, error) {
	switch v.(type) {
	case string, bool, int, float64:
	default:
		return nil, fmt.Errorf("a %T has no place in a document", v)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...), nil
}

// byRank orders members: @context, id and type first, for people who read along; then by name.
func byRank(a, b string) int {
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

func rank(name string) int {
	if i := slices.Index([]string{"@context", "id", "type"}, name); i >= 0 {
		return i
	}
	return 3
}
