package fetch

import (
	"context"
	"sync/atomic"
)

type budgetKey struct{}

// WithBudget returns a context in which at most n requests for documents are sent, redirections
// counted; after that fetches are refused with [ErrBudget]. Without it there is no bound.
func WithBudget(ctx context.Context, n int) context.Context {
	left := new(atomic.Int64)
	left.Store(int64(n))
	return context.WithValue(ctx, budgetKey{}, left)
}

// spend takes one request from the budget of ctx and reports false if there is none left.
func spend(ctx context.Context) bool {
	left, ok := ctx.Value(budgetKey{}).(*atomic.Int64)
	return !ok || left.Add(-1) >= 0
}
