package signature

import (
	"errors"
	"math/big"
	"slices"
	"strings"
)

// alphabet is base58btc: no 0, O, I and l.
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58 encodes b in base58btc. Leading zero bytes become leading ones.
func base58(b []byte) string {
	n, mod := new(big.Int).SetBytes(b), new(big.Int)
	radix := big.NewInt(58)
	var digits []byte
	for n.Sign() > 0 {
		n.QuoRem(n, radix, mod)
		digits = append(digits, alphabet[mod.Int64()])
	}
	for i := 0; i < len(b) && b[i] == 0; i++ {
		digits = append(digits, alphabet[0])
	}
	slices.Reverse(digits)
	return string(digits)
}

// unbase58 is the inverse of base58. Its time grows with the square of the length: bound it before.
func unbase58(s string) ([]byte, error) {
	n, radix := new(big.Int), big.NewInt(58)
	for _, c := range []byte(s) {
		digit := strings.IndexByte(alphabet, c)
		if digit < 0 {
			return nil, errors.New("not base58btc")
		}
		n.Add(n.Mul(n, radix), big.NewInt(int64(digit)))
	}
	zeros := len(s) - len(strings.TrimLeft(s, alphabet[:1]))
	return append(make([]byte, zeros), n.Bytes()...), nil
}
