package vocab_test

import (
	"fmt"

	"github.com/folkmoot/folkmoot/federation/vocab"
)

func ExampleDecode() {
	o, err := vocab.Decode([]byte(`{
		"type": ["Create"], "actor": {"id": "https://m.example/u/ana"},
		"object": {"id": "https://m.example/1", "@type": "as:Note", "to": "as:Public", "contentMap": {"cy": "<p>Ie</p>"}}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	note := o.Object
	fmt.Println(o.Type, o.Actor, note.Type, note.Language, note.Content, note.To[0] == vocab.Public)
	// Output: Create https://m.example/u/ana Note cy <p>Ie</p> true
}

func ExampleDecode_refused() {
	_, err := vocab.Decode([]byte(`{"actor": "https://m.example/u/ana", "Actor": "https://m.example/u/mallory"}`))
	fmt.Println(err)
	// Output: a name stands twice in one object, at byte 76
}

func ExampleEncode() {
	b, err := vocab.Encode(&vocab.Doc{
		ID: "https://moot.example/a/1", Type: "Like", Actor: "https://moot.example/c/12",
		Object: vocab.Ref("https://m.example/1"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(b))
	// Output: {"@context":"https://www.w3.org/ns/activitystreams","id":"https://moot.example/a/1","type":"Like","actor":"https://moot.example/c/12","object":"https://m.example/1"}
}
