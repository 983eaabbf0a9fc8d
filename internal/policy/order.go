package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// Voice is what the quieter-voices order knows of an accepted contribution. Followers, boosts,
// likes, length and verification marks are no part of it, on purpose.
type Voice struct {
	Number   int64 // of the contribution in its challenge
	Author   ID
	Host     string
	Received time.Time
	Shown    int64 // how often it was shown on our pages
	New      bool  // first contribution of its author in the instance
}

// maxShown caps the count of showings, beyond which a showing changes nothing.
const maxShown = 50

// QuieterVoices returns the numbers of the contributions of a challenge in an order that gives
// those a better place who speak seldom, from small servers, and were seen little: a weighted
// random order, the same for everybody on one day (UTC), which anyone can compute again. With a,
// the rank of an item among those of its author; d, its rank that day among those of its host; s,
// how often it was shown; and new for a first contribution:
//
//	weight = 1/a · 1/√d · (1 + 8·2^(−s/5)) · (1 + ½ new)
//	key    = u^(1/weight), highest first, where u in (0,1) is a hash of challenge, day and item
//
// Source: policy.md §5.1.
func QuieterVoices(challenge int64, day time.Time, voices []Voice) []int64 {
	voices = slices.Clone(voices)
	slices.SortFunc(voices, func(a, b Voice) int {
		return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.Number, b.Number))
	})
	type place struct {
		number int64
		key    float64 // logarithm of the key, which orders alike and does not underflow
	}
	type hostDay struct {
		host string
		day  int64
	}
	byAuthor, byHost := map[ID]int{}, map[hostDay]int{}
	places := make([]place, 0, len(voices))
	for _, v := range voices {
		hd := hostDay{v.Host, dayNumber(v.Received)}
		byAuthor[v.Author]++
		byHost[hd]++
		weight := 1 / float64(byAuthor[v.Author]) / math.Sqrt(float64(byHost[hd])) *
			(1 + 8*math.Exp2(-float64(min(v.Shown, maxShown))/5))
		if v.New {
			weight *= 1.5
		}
		places = append(places, place{v.Number, math.Log(uniform(challenge, dayNumber(day), v.Number)) / weight})
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.key, a.key), cmp.Compare(a.number, b.number))
	})
	order := make([]int64, len(places))
	for i, p := range places {
		order[i] = p.number
	}
	return order
}

// dayNumber counts days since 1970, UTC.
func dayNumber(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// uniform returns a number in (0,1): the first 52 bits of the SHA-256 of the three numbers in
// big-endian order, plus a half, divided by 2⁵².
func uniform(challenge, day, item int64) float64 {
	var b [24]byte
	binary.BigEndian.PutUint64(b[0:], uint64(challenge)) //nolint:gosec // its bits are hashed
	binary.BigEndian.PutUint64(b[8:], uint64(day))       //nolint:gosec // its bits are hashed
	binary.BigEndian.PutUint64(b[16:], uint64(item))     //nolint:gosec // its bits are hashed
	sum := sha256.Sum256(b[:])
	return (float64(binary.BigEndian.Uint64(sum[:8])>>12) + 0.5) / (1 << 52)
}
