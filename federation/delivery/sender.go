package delivery

import "context"

// Sender works the lanes.
type Sender struct{}

// Run sends until ctx ends, then finishes what is in hand.
func (s *Sender) Run(ctx context.Context) error { panic("stub") }
