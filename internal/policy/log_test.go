package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// chain returns n sealed entries.
func chain(n int) []policy.LogEntry {
	list := make([]policy.LogEntry, n)
	for i := range list {
		list[i] = policy.LogEntry{
			ID: policy.ID(100 + i), Challenge: 12, At: now.Add(time.Duration(i) * time.Minute), Actor: 3,
			ActorName: "Amara", Action: policy.LogHide, Object: fmt.Sprintf("12/%d", i+1), Reason: "names a person",
		}
		var prev *policy.LogEntry
		if i > 0 {
			prev = &list[i-1]
		}
		policy.Seal(prev, &list[i])
	}
	return list
}

func TestSealedChainHolds(t *testing.T) {
	for n := range 4 {
		if err := policy.VerifyChain(chain(n)); err != nil {
			t.Errorf("chain of %d: %v", n, err)
		}
	}
}

// The form that is hashed is a promise to whoever checks an export.
func TestHashOfALogEntry(t *testing.T) {
	e := chain(1)[0]
	const want = "cc018fb20de573966358741ecd7168c3c091dbe611975ce256583d830db578be"
	if e.Hash != want || e.Seq != 1 || e.Prev != "" {
		t.Errorf("hash %s, seq %d, prev %q, want %s, 1 and none", e.Hash, e.Seq, e.Prev, want)
	}
}

func TestTamperedChainIsNamed(t *testing.T) {
	for name, tamper := range map[string]func(*policy.LogEntry){
		"challenge": func(e *policy.LogEntry) { e.Challenge++ },
		"time":      func(e *policy.LogEntry) { e.At = e.At.Add(time.Microsecond) },
		"actor":     func(e *policy.LogEntry) { e.Actor++ },
		"name":      func(e *policy.LogEntry) { e.ActorName = "Bea" },
		"action":    func(e *policy.LogEntry) { e.Action = policy.LogShow },
		"object":    func(e *policy.LogEntry) { e.Object = "12/9" },
		"reason":    func(e *policy.LogEntry) { e.Reason = "" },
		"place":     func(e *policy.LogEntry) { e.Seq++ },
		"previous":  func(e *policy.LogEntry) { e.Prev = strings.Repeat("0", 64) },
		"hash":      func(e *policy.LogEntry) { e.Hash = strings.Repeat("0", 64) },
		"border":    func(e *policy.LogEntry) { e.Object, e.Reason = e.Object+e.Reason[:1], e.Reason[1:] },
	} {
		list := chain(5)
		tamper(&list[2])
		if err := policy.VerifyChain(list); err == nil || !strings.Contains(err.Error(), "log entry 3 ") {
			t.Errorf("%s: VerifyChain = %v, want entry 3 named", name, err)
		}
	}
}

// policy.md 4.4(6) and (14): entries cannot be dropped, swapped or put in.
func TestChainIsAppendOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := chain(rapid.IntRange(2, 12).Draw(t, "length"))
		i := rapid.IntRange(0, len(list)-2).Draw(t, "i")
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0: // dropping the last is seen by whoever remembers the head
			list = append(list[:i:i], list[i+1:]...)
		case 1:
			list[i], list[i+1] = list[i+1], list[i]
		case 2:
			list = append(list[:i+1:i+1], list[i:]...)
		}
		if err := policy.VerifyChain(list); err == nil {
			t.Fatal("a changed chain passes")
		}
	})
}
