package policy_test

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/folkmoot/folkmoot/internal/policy"
)

// recompute is the order as policy.md §5.1 spells it, written without a look at the code: ranks by
// counting, key = u^(1/w) itself, big numbers for u.
func recompute(challenge int64, day time.Time, voices []policy.Voice) []int64 {
	earlier := func(a, b policy.Voice) bool {
		return a.Received.Before(b.Received) || a.Received.Equal(b.Received) && a.Number < b.Number
	}
	days := func(t time.Time) int64 { return t.Unix() / 86400 }
	keys := map[int64]*big.Float{}
	var order []int64
	for _, c := range voices {
		a, d := 1.0, 1.0
		for _, o := range voices {
			if o.Author == c.Author && earlier(o, c) {
				a++
			}
			if o.Host == c.Host && days(o.Received) == days(c.Received) && earlier(o, c) {
				d++
			}
		}
		s := math.Min(float64(c.Shown), 50)
		w := 1 / a * 1 / math.Sqrt(d) * (1 + 8*math.Pow(2, -s/5))
		if c.New {
			w *= 1.5
		}
		seed, _ := new(big.Int).SetString(fmt.Sprintf("%016x%016x%016x", challenge, days(day), c.Number), 16)
		sum := sha256.Sum256(seed.FillBytes(make([]byte, 24)))
		top := new(big.Int).Rsh(new(big.Int).SetBytes(sum[:8]), 12)
		u := new(big.Float).Quo(
			new(big.Float).Add(new(big.Float).SetInt(top), big.NewFloat(0.5)),
			big.NewFloat(math.Pow(2, 52)))
		uf, _ := u.Float64()
		keys[c.Number] = big.NewFloat(math.Log(uf) / w)
		order = append(order, c.Number)
	}
	slices.SortFunc(order, func(a, b int64) int {
		return cmp.Or(keys[b].Cmp(keys[a]), cmp.Compare(a, b))
	})
	return order
}

func drawVoices(t *rapid.T) []policy.Voice {
	voices := make([]policy.Voice, rapid.IntRange(0, 40).Draw(t, "voices"))
	for i := range voices {
		voices[i] = policy.Voice{
			Number:   int64(i + 1),
			Author:   policy.ID(rapid.IntRange(1, 10).Draw(t, "author")),
			Host:     rapid.SampledFrom([]string{"big.example", "small.example", "one.example"}).Draw(t, "host"),
			Received: now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hours")) * time.Hour),
			Shown:    int64(rapid.IntRange(0, 80).Draw(t, "shown")),
			New:      rapid.Bool().Draw(t, "new"),
		}
	}
	return voices
}

func TestQuieterVoicesCanBeRecomputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		challenge := rapid.Int64Range(1, 1000).Draw(t, "challenge")
		got := policy.QuieterVoices(challenge, now, voices)
		if want := recompute(challenge, now, voices); !slices.Equal(got, want) {
			t.Fatalf("QuieterVoices = %v, want %v", got, want)
		}
	})
}

func TestQuieterVoicesIsStableForADay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
		want := policy.QuieterVoices(1, day, voices)
		shuffled := rapid.Permutation(voices).Draw(t, "shuffled")
		if got := policy.QuieterVoices(1, day.Add(24*time.Hour-time.Second), shuffled); !slices.Equal(got, want) {
			t.Fatalf("in the evening, given in another order: %v, want %v", got, want)
		}
	})
}

// Over many days, whoever writes one answer is found before whoever writes twenty.
func TestQuieterVoicesLiftsTheQuiet(t *testing.T) {
	voices := []policy.Voice{{Number: 21, Author: 2, Host: "small.example", Received: now}}
	for n := int64(1); n <= 20; n++ {
		voices = append(voices, policy.Voice{Number: n, Author: 1, Host: "big.example", Received: now.Add(-time.Hour)})
	}
	sum := 0
	for d := range 400 {
		sum += slices.Index(policy.QuieterVoices(7, now.AddDate(0, 0, d), voices), 21)
	}
	if mean := float64(sum) / 400; mean > 6 {
		t.Errorf("mean place of the quiet voice is %.1f of 20, want at most 6", mean)
	}
}
