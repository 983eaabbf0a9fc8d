package policy

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxHandle is the number of characters that a handle may have: Mastodon's limit, so that no
// server cuts one of ours.
const maxHandle = 30

// handlePattern is the shape of every handle, as it must be for Mastodon to find it (wire.md §2).
var handlePattern = regexp.MustCompile(`^[a-z0-9_]+([.-]+[a-z0-9_]+)*$`)

// reservedHandles could be taken for the server itself, for those who run it, or for a command.
var reservedHandles = []string{
	"abuse", "actor", "admin", "administrator", "all", "everyone", "hostmaster", "inbox", "instance",
	"postmaster", "root", "security", "stop", "system", "webmaster",
}

// CheckHandle returns what is wrong with a handle that somebody wants, for the given field of the
// form: it is missing, too long, of the wrong shape or reserved. Whether it is taken only the
// record knows.
func CheckHandle(field, handle string) FieldErrors {
	var e FieldErrors
	code := ""
	var args []any
	switch {
	case handle == "":
		code = "missing"
	case utf8.RuneCountInString(handle) > maxHandle:
		code, args = "long", []any{"Max", maxHandle, "Length", utf8.RuneCountInString(handle)}
	case !handlePattern.MatchString(handle):
		code, args = "shape", []any{"Given", handle, "Like", likeHandle(handle)}
	case slices.Contains(reservedHandles, handle):
		code, args = "reserved", []any{"Handle", handle}
	default:
		return nil
	}
	return append(e, FieldError{Field: field, Code: "error.handle." + code, Args: args})
}

// likeHandle returns a handle that is as near as can be to what somebody wrote.
func likeHandle(given string) string {
	words := strings.FieldsFunc(strings.ToLower(given), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	})
	if len(words) == 0 {
		return "renters"
	}
	return strings.Join(words, "_")
}

// HandleTaken is what is wrong with a handle that was given away before.
func HandleTaken(field, handle string) FieldErrors {
	return FieldErrors{{Field: field, Code: "error.handle.taken", Args: []any{"Handle", handle}}}
}
