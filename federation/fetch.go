package federation

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

// Fetch returns the document whose id is id, from there: it counts only if it was answered with
// 200 and an ActivityPub media type by the origin of id and says that id itself. What is ours is
// taken from [Local] without going out. Errors: ErrNotFound, ErrGone, ErrUnreachable (may pass),
// ErrUntrue with a [Reason], ErrBudget.
func (f *Federation) Fetch(ctx context.Context, id string) (_ *vocab.Object, err error) {
	defer wrap(&err, "federation.Fetch(%s)", id)
	if f.ours(id) {
		return f.own(ctx, id)
	}
	return f.reader.document(ctx, id, true)
}

// own returns a document of ours.
func (f *Federation) own(ctx context.Context, id string) (*vocab.Object, error) {
	u, err := url.Parse(id)
	if err != nil {
		return nil, ErrNotFound
	}
	d, err := f.c.Local.Document(ctx, u.Path, u.RawQuery)
	if err != nil {
		return nil, err
	}
	if d.Elsewhere != "" {
		return nil, ErrNotFound
	}
	return vocab.Decode(d.Body)
}

// reader fetches documents that are believed.
type reader struct{ c Config }

// document fetches id (rule 2: place = id). moved says whether the origin may answer from another
// address of its own.
func (r reader) document(ctx context.Context, id string, moved bool) (*vocab.Object, error) {
	doc, at, err := r.read(ctx, id)
	asked, _, _ := strings.Cut(id, "#")
	switch {
	case err != nil:
		return nil, err
	case !vocab.SameOrigin(at, id), !moved && at != asked:
		return nil, untrue("redirect")
	case doc.ID != id:
		return nil, untrue("id_mismatch")
	}
	return doc, nil
}

// read fetches an ActivityPub document and says which address answered. Nothing of it is
// believed yet.
func (r reader) read(ctx context.Context, address string) (doc *vocab.Object, at string, err error) {
	if _, err := vocab.ParseID(address); err != nil {
		return nil, "", untrue("url_form")
	}
	resp, err := r.c.Client.Get(ctx, address, fetch.AcceptActivity)
	if err != nil {
		return nil, "", fetchError(err)
	}
	if err := statusError(resp.Status); err != nil {
		return nil, "", err
	}
	if !fetch.IsActivity(resp.MediaType) {
		return nil, "", untrue("media_type")
	}
	doc, err = vocab.Decode(resp.Body)
	if err != nil {
		return nil, "", untrue("json")
	}
	return doc, resp.URL, nil
}

// fetchError says what no answer to a GET means.
func fetchError(err error) error {
	reason := fetch.Reason(err)
	switch {
	case errors.Is(err, fetch.ErrBudget):
		return ErrBudget
	case errors.Is(err, fetch.ErrDenied), reason == fetch.ReasonLarge,
		reason == fetch.ReasonEncoding, reason == fetch.ReasonLoop:
		return untrue(reason)
	}
	return &reasoned{reason, ErrUnreachable}
}

// statusError says what the status of an answer to a GET means.
func statusError(status int) error {
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusGone:
		return ErrGone
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests, status >= 500:
		return ErrUnreachable
	}
	return untrue("status")
}
