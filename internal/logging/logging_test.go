package logging

import (
	"strings"
	"testing"
)

func TestNew(t *testing.T) {
	tests := []struct{ setting, has, lacks string }{
		{"warn,json", `"message":"high"`, "low"},
		{"json,debug", `"message":"low"`, "{{"},
		{"info,console", "high", "{"},
	}
	for _, tt := range tests {
		var b strings.Builder
		log := New(&b, tt.setting)
		log.Info().Str("host", "a\nb").Msg("low")
		log.Warn().Msg("high")
		if got := b.String(); !strings.Contains(got, tt.has) || strings.Contains(got, tt.lacks) {
			t.Errorf("New(%q) wrote %q, want it with %q and without %q", tt.setting, got, tt.has, tt.lacks)
		}
	}
}
