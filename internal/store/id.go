package store

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// idBits is how much of a key, from the right, is a count within one millisecond.
const idBits = 22

// idEpoch is where keys count from, in ms since 1970: 2025-01-01. Keys last until 2094.
const idEpoch = 1735689600000

// ids makes keys: milliseconds, then a count that begins at a random place in each of them, so
// that processes which write to one database at once do not meet.
type ids struct {
	mu   sync.Mutex
	last int64
}

// next returns a key that is greater than all before it, also if the clock goes back.
func (g *ids) next(now time.Time) policy.ID {
	g.mu.Lock()
	defer g.mu.Unlock()
	first := (now.UnixMilli() - idEpoch) << idBits
	if ms := g.last >> idBits << idBits; first > ms {
		g.last = first + rand.Int64N(1<<(idBits-1))
	} else {
		g.last++
	}
	return policy.ID(g.last)
}
