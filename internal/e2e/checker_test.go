package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
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
		cmd := exec.CommandContext(t.Context(), "npx", "--no-install", "activitypub-testing", "test", "actor", actor)
		cmd.Dir = "node"
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", actor, err, out)
		}
		outcomes := map[string]int{}
		for line := range bytes.Lines(out) {
			var result any
			if json.Unmarshal(line, &result) == nil { // what is not JSON is a remark
				countOutcomes(result, outcomes, func(failed string) { t.Errorf("%s: %s", actor, failed) })
			}
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
				failed(fmt.Sprint(x))
			}
			return
		}
		for _, e := range x {
			countOutcomes(e, outcomes, failed)
		}
	}
}
