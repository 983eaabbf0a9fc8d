package vocab_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/folkmoot/folkmoot/federation/fedtest"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

// TestFixtures decodes what real servers sent and compares its types with testdata/fixtures.txt.
// FOLKMOOT_DEV_UPDATE=1 writes that file anew.
func TestFixtures(t *testing.T) {
	dir := fedtest.Shared(t, "data/fixtures")
	var got strings.Builder
	for _, name := range documents(t, dir) {
		b := read(t, filepath.Join(dir, name))
		o, err := vocab.Decode(b)
		if err != nil {
			got.WriteString(name + "\trefused: " + err.Error() + "\n")
			continue
		}
		got.WriteString(name + "\t" + shape(o) + "\n")
		checkReferences(t, name, o)
	}
	const table = "testdata/fixtures.txt"
	if os.Getenv("FOLKMOOT_DEV_UPDATE") != "" {
		if err := os.WriteFile(table, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.Split(string(read(t, table)), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("types of the documents (-want +got):\n%s", diff)
	}
}

// shape names the types of a document and of what it embeds: Create{Note}.
func shape(o *vocab.Object) string {
	s := o.Type
	if s == "" {
		s = "?"
	}
	var inner []string
	for _, child := range append(o.Objects, o.Items...) {
		if child.Raw != nil {
			inner = append(inner, shape(child))
		}
	}
	if len(inner) > 0 {
		slices.Sort(inner)
		s += "{" + strings.Join(slices.Compact(inner), " ") + "}"
	}
	return s
}

// checkReferences fails if what was kept is more than was allowed, or a link leads where no one
// should be sent.
func checkReferences(t *testing.T, name string, o *vocab.Object) {
	t.Helper()
	for _, link := range append([]string{o.URL}, attached(o)...) {
		if link != "" && !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") {
			t.Errorf("%s: link to %q", name, link)
		}
	}
	if len(o.Tag) > vocab.MaxTags {
		t.Errorf("%s: %d tags", name, len(o.Tag))
	}
	for _, child := range append(o.Objects, o.Items...) {
		checkReferences(t, name, child)
	}
}

func attached(o *vocab.Object) (urls []string) {
	for _, a := range o.Attachment {
		urls = append(urls, a.URL)
	}
	return urls
}

// TestActivityStreams decodes the documents of the W3C: the valid ones are read, the others do no
// harm.
func TestActivityStreams(t *testing.T) {
	dir := fedtest.Shared(t, "data/conformance/w3c-activitystreams/test")
	counts := map[string]int{}
	for _, name := range documents(t, dir) {
		o, err := vocab.Decode(read(t, filepath.Join(dir, name)))
		var refused *vocab.SyntaxError
		switch {
		case strings.HasPrefix(name, "fail"+string(filepath.Separator)):
			counts["fail"]++
			if err != nil && !errors.As(err, &refused) {
				t.Errorf("%s: %v", name, err)
			}
		case name == "vocabulary-ex196-jsonld.json": // has a line break inside a string
			counts["valid"]++
			if !errors.As(err, &refused) || refused.Reason != vocab.ReasonSyntax {
				t.Errorf("%s: %v, want it refused as JSON", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			counts["valid"]++
			if len(o.Raw) == 0 {
				t.Errorf("%s: no bytes kept", name)
			}
		}
	}
	if want := map[string]int{"valid": 212, "fail": 20}; !maps.Equal(counts, want) {
		t.Errorf("read %v, want %v", counts, want)
	}
}

// TestPasture decodes the awkward shapes of fediverse-pasture-inputs and checks what was made of
// those that this package must understand.
func TestPasture(t *testing.T) {
	var file struct {
		Base   map[string]json.RawMessage
		Inputs map[string][]map[string]json.RawMessage
	}
	if err := json.Unmarshal(read(t, fedtest.Shared(t, "data/conformance/funfedi-inputs/inputs.json")), &file); err != nil {
		t.Fatal(err)
	}
	got, count := map[string][]string{}, 0
	for group, inputs := range file.Inputs {
		for _, input := range inputs {
			doc := maps.Clone(file.Base)
			maps.Copy(doc, input)
			b, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			o := decode(t, string(b))
			count++
			if make := pasture[group]; make.read != nil {
				got[group] = append(got[group], make.read(o))
			}
		}
	}
	if count != 208 {
		t.Errorf("%d documents, want 208", count)
	}
	for group, want := range pasture {
		if diff := cmp.Diff(want.want, got[group]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", group, diff)
		}
	}
}

const pastureHost = "http://pasture-one-actor/"

// pasture says of each group what is looked at, and what is to be seen, document by document.
var pasture = map[string]struct {
	read func(*vocab.Object) string
	want []string
}{
	"attributed_to": {
		func(o *vocab.Object) string { return strings.Join(o.AttributedTo, " ") },
		[]string{
			pastureHost + "actor", pastureHost + "actor", pastureHost + "actor " + pastureHost + "second",
			pastureHost + "actor", pastureHost + "actor",
		},
	},
	"public_addressing": {
		func(o *vocab.Object) string { return strings.Join(o.To, " ") },
		[]string{vocab.Public, vocab.Public, vocab.Public},
	},
	"in_reply_to": {
		func(o *vocab.Object) string { return o.InReplyTo },
		[]string{
			pastureHost + "assets/note1.jsonap", "http://invalid.example/", pastureHost + "assets/note1.jsonap",
			pastureHost + "assets/note1.jsonap", pastureHost + "assets/note1.jsonap", "", pastureHost + "assets/note1.jsonap",
		},
	},
	"url": {
		func(o *vocab.Object) string { return o.URL },
		[]string{
			"http://remote.example/objects/123", "http://remote.example/objects/123", "http://remote.example/objects/123",
			"http://other.example/objects/123", "http://html.example/objects/123", "http://video.example/objects/123",
			"http://html.example/objects/123", "http://html.example/objects/123", "http://html.example/objects/123",
			"http://html.example/objects/123", "http://html.example/objects/123", "https://notype.example/",
			pastureHost + "objects/123",
		},
	},
	"image_attachments": {
		func(o *vocab.Object) string {
			if len(o.Attachment) != 1 {
				return "not one"
			}
			return strings.TrimPrefix(o.Attachment[0].URL, pastureHost) + " " + o.Attachment[0].MediaType
		},
		[]string{
			"images/001.png ", "images/001b.png image/png", "images/002.jpg ", "images/002b.jpg image/jpeg",
			"assets/FediverseLogo.svg ", "images/003.eps ", "images/003b.gif ", "images/003c.tiff ", "images/003d.webp ",
			"assets/does_not_exist.png ", "images/004.png ", "images/005.png ", "images/006.png ", "images/006b.png image/png",
			"images/006c.png ", "images/007.png image/png",
		},
	},
	"image_description": {
		func(o *vocab.Object) string { return o.Attachment[0].Name },
		[]string{"", "summary", "name", ""},
	},
	"quotes": {
		func(o *vocab.Object) string { return o.Quote },
		slices.Repeat([]string{pastureHost + "assets/note1.jsonap"}, 5),
	},
	"mentions": {
		func(o *vocab.Object) string { return o.Tag[0].Type + " " + o.Tag[0].Href },
		[]string{
			"Mention " + pastureHost + "actor", "Mention " + pastureHost + "actor", "Mention " + pastureHost + "actor",
			"Mention " + pastureHost + "actor", "Mention https://mastodon.social/users/the_milkman", "Mention https://dummy.example",
			"Mention http://test_actor", "Mention " + pastureHost + "actor", " " + pastureHost + "actor", "Mention " + pastureHost + "actor",
		},
	},
	"language": {
		func(o *vocab.Object) string { return o.Language + ": " + o.Content },
		[]string{
			": text", "de: text", "en: text", "en: text", "de: text", "de: Deutsch", "en: English", "en: English", "de: Deutsch",
		},
	},
}

// documents lists the JSON files under dir, sorted.
func documents(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".json") {
			name, err := filepath.Rel(dir, path)
			names = append(names, name)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
