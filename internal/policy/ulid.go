package policy

import (
	"encoding/binary"
	"time"
)

// crockford is the alphabet of ULIDs: digits and capitals without I, L, O and U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ULID returns the ULID of a moment, to the millisecond, and ten random bytes: 26 characters that
// sort by time. They name activities, receipts and permissions to quote.
func ULID(t time.Time, random [10]byte) string {
	hi := uint64(t.UnixMilli())<<16 | uint64(binary.BigEndian.Uint16(random[:2]))
	lo := binary.BigEndian.Uint64(random[2:])
	var s [26]byte
	for i := len(s) - 1; i >= 0; i-- {
		s[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(s[:])
}
