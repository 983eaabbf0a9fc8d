package federation

import (
	"context"
	"errors"
	"net/http"

	"github.com/folkmoot/folkmoot/federation/delivery"
	"github.com/folkmoot/folkmoot/federation/signature"
)

// Sign signs a request that is about to be sent, as a local actor, with the RSA key and
// draft-cavage, which every server understands. body is nil for a GET. It is made for
// delivery.Config.Sign: an actor without keys here is an error wrapping delivery.ErrNoSender.
func (f *Federation) Sign(ctx context.Context, actor string, r *http.Request, body []byte) (err error) {
	defer wrap(&err, "federation.Sign(%s)", actor)
	s, err := f.c.Local.Signer(ctx, actor)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrGone) {
		return errors.Join(delivery.ErrNoSender, err)
	}
	if err != nil {
		return err
	}
	return signature.SignCavage(r, body, MainKey(actor), s.RSA, f.c.Now())
}
