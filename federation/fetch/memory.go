package fetch

import (
	"sync"
	"time"
)

// memory remembers for a while which addresses gave no answer, so that whoever names them a
// thousand times makes us ask once. It is bounded: when it is full, what has expired goes, and if
// that is nothing, anything.
type memory struct {
	mu     sync.Mutex
	failed map[string]failure
}

type failure struct {
	err   *Error
	until time.Time
}

// recall returns why address gave no answer, nil if it is not remembered.
func (m *memory) recall(address string, now time.Time) *Error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.failed[address]
	if !ok {
		return nil
	}
	if now.After(f.until) {
		delete(m.failed, address)
		return nil
	}
	return f.err
}

// note remembers that address gave no answer.
func (m *memory) note(address string, err *Error, now, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.failed) >= remembered {
		m.shrink(now)
	}
	m.failed[address] = failure{err, until}
}

// shrink makes room.
func (m *memory) shrink(now time.Time) {
	for address, f := range m.failed {
		if now.After(f.until) {
			delete(m.failed, address)
		}
	}
	for address := range m.failed {
		if len(m.failed) < remembered {
			return
		}
		delete(m.failed, address)
	}
}
