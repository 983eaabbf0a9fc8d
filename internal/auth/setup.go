package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"

	"github.com/folkmoot/folkmoot/internal/errs"
	"github.com/folkmoot/folkmoot/internal/store"
)

// NewSetupToken makes the secret of the one-time set-up link, 256 random bits, and stores its
// hash in place of an earlier one.
func (a *Auth) NewSetupToken(ctx context.Context) (token string, err error) {
	defer errs.Wrap(&err, "auth.NewSetupToken")
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	token = base64.RawURLEncoding.EncodeToString(secret)
	err = a.db.Write(ctx, func(tx *store.Tx) error { return tx.SetSetupToken(ctx, digest(token)) })
	if err != nil {
		return "", err
	}
	return token, nil
}

// CheckSetupToken reports whether token is that secret. Once the instance is set up, none is.
func (a *Auth) CheckSetupToken(ctx context.Context, token string) (ok bool, err error) {
	defer errs.Wrap(&err, "auth.CheckSetupToken")
	want, err := a.db.SetupToken(ctx)
	if err != nil || want == "" {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(digest(token)), []byte(want)) == 1, nil
}
