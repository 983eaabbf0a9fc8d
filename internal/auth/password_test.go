package auth

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestHashPassword(t *testing.T) {
	one, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	two, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	if one == two {
		t.Error("two hashes of one password are alike, want salted")
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Count(one, "$") != 5 {
		t.Errorf("hash = %s, want PHC form", one)
	}
}

func TestMatches(t *testing.T) {
	hash, err := HashPassword("pass phrase")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"right", hash, "pass phrase", true},
		{"wrong", hash, "pass phrasE", false},
		{"empty password", hash, "", false},
		{"no hash", "", "", false},
		{"nobody's hash, which parses", nobody, "", false},
		{"cut off", hash[:len(hash)-1], "pass phrase", false},
		{"other costs", strings.Replace(hash, "t=2", "t=1", 1), "pass phrase", false},
		{"other function", strings.Replace(hash, "argon2id", "argon2i", 1), "pass phrase", false},
	} {
		got, err := matches(t.Context(), tt.hash, tt.password)
		if err != nil || got != tt.want {
			t.Errorf("%s: matches = %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

// Where there is no account the same work is done: the times differ by less than one hash.
func TestNobodyTakesAsLong(t *testing.T) {
	hash, err := HashPassword("pass phrase")
	if err != nil {
		t.Fatal(err)
	}
	fastest := func(hash string) time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			if _, err := matches(t.Context(), hash, "x"); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	account, none := fastest(hash), fastest("")
	if none < account/4 || account < none/4 {
		t.Errorf("an account takes %v, none %v, want about the same", account, none)
	}
}

func TestMatchesGivesUpWithItsRequest(t *testing.T) {
	for range cap(slots) {
		slots <- struct{}{}
	}
	defer func() {
		for range cap(slots) {
			<-slots
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := matches(ctx, "", "x"); err == nil {
		t.Error("matches without a free slot and with a cancelled request: no error")
	}
}
