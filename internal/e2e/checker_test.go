package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// TestActorsPassTheChecker runs activitypub-testing on organisation, challenge and person.
func TestActorsPassTheChecker(t *testing.T) {
	if _, err := os.Stat("node/node_modules/activitypub-testing"); err != nil {
		missing(t, "the actor checker")
	}
	i := start(t, options{})
	c := i.open("damp")
	for _, actor := range []string{i.URL + "/org", c.ID, i.URL + "/@steward"} {
		cmd := exec.CommandContext(t.Context(), "npx", "--no-install", "activitypub-testing", "test", "actor", actor, "--output=json")
		cmd.Dir = "node"
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", actor, err, out)
		}
		outcomes := map[string]int{}
		for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
			var v any
			if err := dec.Decode(&v); err != nil {
				t.Fatalf("%s: %v\n%s", actor, err, out)
			}
			countOutcomes(v, outcomes, func(failed string) { t.Errorf("%s: %s", actor, failed) })
		}
		t.Logf("%s: %v", actor, outcomes)
		if outcomes["passed"] == 0 {
			t.Errorf("%s: nothing passed: %s", actor, out)
		}
	}
}

// countOutcomes walks through what the checker printed.
func countOutcomes(v any, outcomes map[string]int, failed func(string)) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			countOutcomes(e, outcomes, failed)
		}
	case map[string]any:
		if o, ok := x["outcome"].(string); ok {
			outcomes[o]++
			if o == "failed" {
				b, err := json.Marshal(x)
				failed(string(b) + errorText(err))
			}
			return
		}
		for _, e := range x {
			countOutcomes(e, outcomes, failed)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
