package fediverse

import (
	"strings"
	"testing"
)

// No account can be written so that it seems to be one of another server.
func TestHandle(t *testing.T) {
	for username, want := range map[string]string{
		"ana": "ana", "Ana_B.c-d": "Ana_B.c-d", "мария": "мария", "@ana": "ana",
		"ceo@bank.example": "ceo", "@ceo@bank.example": "ceo", "ceo bank.example": "ceo", "ceo\n@bank.example": "ceo",
		"<b>ana</b>": "ana", "": "", "@": "", strings.Repeat("a", 200): strings.Repeat("a", 99) + "…",
	} {
		if got := handle(username); got != want {
			t.Errorf("handle(%q) = %q, want %q", username, got, want)
		}
	}
}
