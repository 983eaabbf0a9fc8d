package nodeinfo_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/nodeinfo"
)

func full() nodeinfo.Info {
	n := int64(3)
	return nodeinfo.Info{
		Software: nodeinfo.Software{
			Name: "Folk Moot", Version: "1.0", Repository: "https://code.example/folkmoot", Homepage: "https://folkmoot.example/",
		},
		Users: nodeinfo.Users{Total: &n, ActiveHalfyear: &n, ActiveMonth: &n}, LocalPosts: &n, LocalComments: &n,
		Metadata: map[string]any{"nodeName": "Council", "test": true},
	}
}

// TestFields is what everybody who reads NodeInfo counts on.
func TestFields(t *testing.T) {
	for name, info := range map[string]nodeinfo.Info{"full": full(), "empty": {Software: nodeinfo.Software{Name: "x", Version: "1"}}} {
		d := asJSON(t, info.Document())
		for _, field := range []string{"version", "software", "protocols", "services", "openRegistrations", "usage", "metadata"} {
			if d[field] == nil {
				t.Errorf("%s: no %s", name, field)
			}
		}
	}
	d := asJSON(t, full().Document())
	if got := d["software"].(map[string]any)["name"]; got != "folk-moot" {
		t.Errorf("name %q, want only a to z, 0 to 9 and hyphens", got)
	}
}

func asJSON(t *testing.T, v any) (m map[string]any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestSchema checks our documents against the published schema, as far as that uses the keywords
// that schema 2.1 is made of.
func TestSchema(t *testing.T) {
	b, err := os.ReadFile(fedtest.Shared(t, "data/conformance/nodeinfo/schemas/2.1/schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	info := full()
	info.Software.Name = "folkmoot"
	s.check(t, "", asJSON(t, info.Document()))
	s.check(t, "", asJSON(t, nodeinfo.Info{Software: nodeinfo.Software{Name: "x", Version: "1"}}.Document()))
	if s.fits(map[string]any{"version": "2.1"}) || s.Properties["software"].fits(map[string]any{"name": "UPPER", "version": "1"}) {
		t.Error("the check lets through what the schema does not allow")
	}
}

// schema is the part of JSON Schema draft 4 that NodeInfo uses.
type schema struct {
	Type       string
	Enum       []any
	Pattern    string
	Minimum    *float64
	MinItems   int
	Required   []string
	Properties map[string]schema
	Additional *bool `json:"additionalProperties"`
	Items      *schema
}

func (s schema) fits(v any) bool { return len(s.faults("", v)) == 0 }

func (s schema) check(t *testing.T, at string, v any) {
	t.Helper()
	for _, fault := range s.faults(at, v) {
		t.Error(fault)
	}
}

func (s schema) faults(at string, v any) (list []string) {
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		list = append(list, at+": not one of the values allowed")
	}
	switch v := v.(type) {
	case map[string]any:
		list = append(list, s.objectFaults(at, v)...)
	case []any:
		if s.Type != "array" || len(v) < s.MinItems {
			list = append(list, at+": a list, or one too short")
		}
		for _, item := range v {
			list = append(list, s.Items.faults(at+"[]", item)...)
		}
	case string:
		if s.Type != "" && s.Type != "string" || s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
			list = append(list, at+": text")
		}
	case float64:
		if s.Type != "integer" || v != float64(int64(v)) || s.Minimum != nil && v < *s.Minimum {
			list = append(list, at+": number")
		}
	case bool:
		if s.Type != "boolean" {
			list = append(list, at+": yes or no")
		}
	default:
		list = append(list, at+": null")
	}
	return list
}

func (s schema) objectFaults(at string, v map[string]any) (list []string) {
	if s.Type != "object" {
		return []string{at + ": an object"}
	}
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			list = append(list, at+"."+name+": missing")
		}
	}
	closed := s.Additional != nil && !*s.Additional
	for name, value := range v {
		property, ok := s.Properties[name]
		switch {
		case ok:
			list = append(list, property.faults(at+"."+name, value)...)
		case closed:
			list = append(list, at+"."+name+": unknown")
		}
	}
	return list
}
