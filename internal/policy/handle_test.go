package policy_test

import (
	"testing"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// Who wrote what cannot be a handle is offered one that can.
func TestHandleOffered(t *testing.T) {
	for given, want := range map[string]string{
		"Damp": "damp", "#Damp": "damp", "Housing Voices": "housing_voices", "damp@moot.example": "damp_moot_example",
		"día": "d_a", "رطوبة": "renters", "-": "renters",
	} {
		e := policy.CheckHandle("handle", given)
		if len(e) != 1 || e[0].Code != "error.handle.shape" || e[0].Args[3] != want {
			t.Errorf("CheckHandle(%q) = %v, want %q offered", given, e, want)
		}
		if wrong := policy.CheckHandle("handle", want); len(wrong) > 0 {
			t.Errorf("CheckHandle(%q) = %v, and it was offered", want, wrong)
		}
	}
}
