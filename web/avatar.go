package web

import "hash/fnv"

// avatarView is a drawing that stands for an actor: the same for the same actor, and nothing
// like a face. Pictures from other servers are not loaded: that would tell them who reads here.
type avatarView struct {
	Shape     int // 0–5, see templates/parts/avatar.html
	Back, Ink string
}

// avatarColours are pairs of a pale ground and a strong drawing.
var avatarColours = [...][2]string{
	{"#fbe4e9", "#7b2d43"}, {"#dfe3f5", "#3a4a8c"}, {"#f6d9b8", "#b9482f"}, {"#ffeccb", "#9a5b00"},
	{"#d7ead2", "#2d6a3f"}, {"#cfeee4", "#0b5a4b"}, {"#e5eae7", "#16211d"}, {"#cfe4ec", "#1d5a7a"},
	{"#ecd9ec", "#6b3b6e"},
}

// avatarShapes is how many drawings there are.
const avatarShapes = 6

// avatar returns the drawing for the actor with that id.
func avatar(iri string) avatarView {
	h := fnv.New32a()
	_, _ = h.Write([]byte(iri)) // never fails
	n := int(h.Sum32() >> 1)
	c := avatarColours[n%len(avatarColours)]
	return avatarView{Shape: n / len(avatarColours) % avatarShapes, Back: c[0], Ink: c[1]}
}
