package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"time"
)

// LogAction names a use of power over the record.
type LogAction string

// The actions that are logged.
const (
	LogSetUp   LogAction = "instance.setUp"
	LogOpen    LogAction = "challenge.open"
	LogPublish LogAction = "proposal.publish"
	LogHold    LogAction = "contribution.hold"
	LogHide    LogAction = "contribution.hide"
	LogShow    LogAction = "contribution.show"
	LogFeature LogAction = "contribution.feature"
	LogRead    LogAction = "contribution.read"
	LogBlock   LogAction = "host.block"
	LogUnblock LogAction = "host.unblock"
)

// LogEntry is one use of power. Entries are only added; a sealer gives each its place in the
// chain of its challenge (instance-wide entries form the chain of challenge 0).
type LogEntry struct {
	ID        ID
	Challenge ID
	At        time.Time
	Actor     ID     // who; zero for the instance's own rules
	ActorName string // display name when it was written
	Action    LogAction
	Object    string // what it was done to: "12/61", "p/7", a host
	Reason    string
	Seq       int64  // place in the chain from 1; 0 until sealed
	Prev      string // hash of the entry before, hex; empty for the first
	Hash      string // hex SHA-256 over the entry and Prev; empty until sealed
}

// Seal gives e its place in the chain after prev, which is nil for the first entry of a chain.
//
// Source: decisions.md 15.
func Seal(prev, e *LogEntry) {
	e.Seq, e.Prev = 1, ""
	if prev != nil {
		e.Seq, e.Prev = prev.Seq+1, prev.Hash
	}
	e.Hash = e.digest()
}

// digest is the SHA-256 of the entry in hex. What is hashed is a list of netstrings
// (length in decimal, ":", bytes), so that nothing can move from one field to the next:
//
//	"folkmoot log 1", Prev, Seq, Challenge, At in µs since 1970, Actor, ActorName, Action,
//	Object, Reason
//
// with numbers in decimal.
func (e *LogEntry) digest() string {
	h := sha256.New()
	writeNetstrings(h, "folkmoot log 1", e.Prev, decimal(e.Seq), decimal(int64(e.Challenge)),
		decimal(e.At.UnixMicro()), decimal(int64(e.Actor)), e.ActorName, string(e.Action),
		e.Object, e.Reason)
	return hex.EncodeToString(h.Sum(nil))
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// writeNetstrings feeds fields to a hash, which never fails to write.
func writeNetstrings(h hash.Hash, fields ...string) {
	for _, f := range fields {
		io.WriteString(h, strconv.Itoa(len(f))+":"+f) //nolint:errcheck // hash.Hash never returns an error
	}
}

// VerifyChain checks a whole chain, from its first entry on, and names the first entry that is
// not as it was sealed.
func VerifyChain(chain []LogEntry) error {
	var prev *LogEntry
	for i := range chain {
		e := chain[i]
		Seal(prev, &e)
		if e != chain[i] {
			return fmt.Errorf("log entry %d of challenge %d (%s of %s) is not as it was sealed",
				i+1, e.Challenge, e.Action, e.Object)
		}
		prev = &chain[i]
	}
	return nil
}
