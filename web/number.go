package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/folkmoot/folkmoot/internal/errs"
)

// number returns the number in an address, written in the one way in which we write it.
func number(r *http.Request, name string) (int64, error) { return parseNumber(chi.URLParam(r, name)) }

// parseNumber reads a number from 1 without sign or leading zeros; anything else is errs.NotFound.
func parseNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%w: no number %q", errs.NotFound, text)
	}
	return n, nil
}
