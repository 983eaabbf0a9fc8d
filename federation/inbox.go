package federation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/federation/signature"
	"github.com/folkmoot/folkmoot/federation/vocab"
)

const (
	maxBody     = 1 << 20
	bodyTime    = 20 * time.Second // to send a body
	retrySoon   = 30 * time.Second // Retry-After when we are busy
	retryKey    = 5 * time.Minute  // Retry-After when a key's host does not answer: as long as that is remembered
	maxIDLength = 2048
)

// ServeInbox is the handler of every inbox path. It answers 202 once an activity is verified and
// [Inbox] has kept it, and before anything is done with it. Everything else is refused with
// problem details: 400, 401, 403, 404, 405, 408, 410, 413, 415, 421, 429, and 503 for what may
// pass.
//
// What needs no key is judged first, so that requests that cannot be right cost little: the signer
// must be the actor of the activity, and the key is looked for only in the document at exactly
// the actor's id. No address from the signature is ever fetched.
func (f *Federation) ServeInbox() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := f.receive(w, r)
		if err == nil {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		var p *problem
		if !errors.As(err, &p) {
			p = &problem{status: http.StatusServiceUnavailable, reason: "internal", after: retrySoon, err: err,
				detail: "This server cannot take the activity now. Please send it again later."}
		}
		level := zerolog.WarnLevel
		if p.err != nil {
			level = zerolog.ErrorLevel
		}
		zerolog.Ctx(r.Context()).WithLevel(level).Err(p.err).Str("inbox", r.URL.Path).Int("status", p.status).Str("reason", p.reason).Msg("inbox.reject")
		p.write(w, r)
	})
}

// receive takes a delivery through all the checks; nil means 202.
func (f *Federation) receive(w http.ResponseWriter, r *http.Request) error {
	if err := f.envelope(w, r); err != nil {
		return err
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	now := f.c.Now()
	claim, bad := signature.Parse(r, body, f.c.URL, now)
	if bad != nil && !isMalformed(bad) {
		return signatureProblem(bad)
	}
	a, err := f.readActivity(body)
	if err != nil {
		return err // says more than that the signature cannot be read
	}
	if bad != nil {
		return signatureProblem(bad)
	}
	leave, full, ok := f.doors.enter(vocab.Host(a.Actor))
	if !ok {
		return crowded(full)
	}
	defer leave()
	return f.judge(r, a, claim, Received{
		Activity: activityID(a, body), Actor: a.Actor, Type: a.Type, Object: objectID(a),
		Body: body, Path: r.URL.Path, At: now,
	})
}

// judge decides on a delivery that is in order but for its key.
func (f *Federation) judge(r *http.Request, a *vocab.Object, claim *signature.Claim, in Received) error {
	ctx := r.Context()
	if f.c.Allow != nil {
		if err := f.c.Allow(ctx, a.Actor); err != nil {
			return &problem{status: http.StatusForbidden, reason: "blocked"}
		}
	}
	farewell := (a.Type == "Delete" || a.Type == "Update") && objectID(a) == a.Actor
	if farewell {
		// Large servers tell everybody of every account that goes. Whoever knows nothing of it
		// has nothing to do, and no key to check it with.
		known, err := f.book.known(ctx, a.Actor)
		if err != nil {
			return err
		}
		if !known {
			f.ignore(ctx, in, "unknown_actor")
			return nil
		}
	}
	err := f.verify(ctx, a.Actor, claim)
	gone := errors.Is(err, ErrGone) || errors.Is(err, ErrNotFound)
	switch {
	case farewell && a.Type == "Delete" && errors.Is(err, ErrGone):
		// The actor's own server says that it is gone: that is all the proof there can be.
	case farewell && gone:
		f.ignore(ctx, in, "gone_actor")
		return nil
	case err != nil:
		return keyProblem(err)
	}
	// Only now: a forged activity is refused for what it is, whatever id it has.
	if err := checkID(a); err != nil {
		return err
	}
	return f.accept(ctx, in)
}

// ignore logs a delivery that is answered with 202 and forgotten.
func (f *Federation) ignore(ctx context.Context, in Received, reason string) {
	zerolog.Ctx(ctx).Debug().Str("actor", in.Actor).Str("activity", in.Activity).
		Str("reason", reason).Msg("inbox.ignore")
}

// accept hands a verified activity to the program.
func (f *Federation) accept(ctx context.Context, in Received) error {
	isNew, err := f.c.Inbox.Accept(ctx, in)
	if errors.Is(err, ErrBusy) {
		return &problem{status: http.StatusServiceUnavailable, reason: "busy", after: retrySoon,
			detail: "This server has too much to do. Please send the activity again later."}
	}
	if err != nil {
		return err
	}
	msg := "inbox.accept"
	if !isNew {
		msg = "inbox.duplicate"
	}
	zerolog.Ctx(ctx).Info().Str("actor", in.Actor).Str("activity", in.Activity).
		Str("object", in.Object).Str("inbox", in.Path).Msg(msg)
	return nil
}

// envelope judges what can be seen without the body.
func (f *Federation) envelope(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return &problem{status: http.StatusMethodNotAllowed, reason: "method",
			detail: "An inbox only takes POST."}
	}
	if !f.hostIsOurs(r.Host) {
		return &problem{status: http.StatusMisdirectedRequest, reason: "sig_host",
			detail: "This server does not answer for that host."}
	}
	if strings.Join(r.Header["Signature"], "") == "" {
		return signatureProblem(&signature.Error{Reason: signature.Unsigned})
	}
	if len(r.Header["Content-Encoding"]) > 0 {
		return &problem{status: http.StatusUnsupportedMediaType, reason: "encoding",
			detail: "The body must be sent without Content-Encoding."}
	}
	if !isInbound(r.Header["Content-Type"]) {
		return &problem{status: http.StatusUnsupportedMediaType, reason: "media_type",
			detail: "The Content-Type must be application/activity+json or application/ld+json."}
	}
	if r.ContentLength > maxBody {
		return tooLarge()
	}
	switch err := f.c.Local.InboxExists(r.Context(), r.URL.Path); {
	case errors.Is(err, ErrGone):
		return &problem{status: http.StatusGone, reason: "gone", detail: "Whoever had this inbox is gone."}
	case errors.Is(err, ErrNotFound):
		return &problem{status: http.StatusNotFound, reason: "no_inbox", detail: "There is no inbox at this address."}
	case err != nil:
		return err
	}
	return nil
}

// isInbound reports whether a request has one Content-Type, and one that an activity may have.
// The profile of ld+json is not asked for: some servers forget it.
func isInbound(types []string) bool {
	if len(types) != 1 {
		return false
	}
	t, _, err := mime.ParseMediaType(types[0])
	return err == nil && (t == "application/activity+json" || t == "application/ld+json")
}

// readBody reads a body of at most 1 MiB within 20 s.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(bodyTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &problem{status: http.StatusRequestTimeout, reason: "slow_body", close: true,
			detail: "The body took longer than 20 seconds."}
	case err != nil:
		return nil, &problem{status: http.StatusBadRequest, reason: "body", close: true,
			detail: "The body broke off."}
	}
	// What is left of the deadline must not cut the handler off.
	if err := control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	return body, nil
}

// readActivity reads the body strictly and checks that there is one actor, whom a signature can be
// compared with.
func (f *Federation) readActivity(body []byte) (*vocab.Object, error) {
	a, err := vocab.Decode(body)
	var bad *vocab.SyntaxError
	switch {
	case errors.As(err, &bad):
		return nil, &problem{status: http.StatusBadRequest, reason: bad.Reason,
			detail: "The body is not a JSON object that can be understood in only one way: " + bad.Error() + "."}
	case err != nil:
		return nil, err
	case a.Actor == "":
		return nil, &problem{status: http.StatusBadRequest, reason: "no_actor",
			detail: "The activity names no actor, or more than one."}
	case a.Type == "":
		return nil, &problem{status: http.StatusBadRequest, reason: "no_type", detail: "The activity has no type."}
	}
	if _, err := vocab.ParseID(a.Actor); err != nil || len(a.Actor) > maxIDLength || f.ours(a.Actor) {
		return nil, &problem{status: http.StatusUnauthorized, reason: "url_form",
			detail: "The actor's id is not an address in its plain spelling, or not on your server."}
	}
	return a, nil
}

// checkID refuses an activity whose id is not its actor's to give. It may have none.
func checkID(a *vocab.Object) error {
	if a.ID == "" {
		return nil
	}
	if _, err := vocab.ParseID(a.ID); err != nil || len(a.ID) > maxIDLength {
		return &problem{status: http.StatusBadRequest, reason: "url_form",
			detail: "The activity's id is not an address in its plain spelling."}
	}
	if !vocab.SameOrigin(a.ID, a.Actor) {
		return &problem{status: http.StatusBadRequest, reason: "id_origin",
			detail: "The activity's id is not on the actor's server."}
	}
	return nil
}

// verify checks a signature with the key that the actor lists under the key's id, and looks at
// the actor again, once, if it does not fit what is remembered.
func (f *Federation) verify(ctx context.Context, actor string, claim *signature.Claim) error {
	if !vocab.SameOrigin(claim.KeyID, actor) {
		return untrue("actor_mismatch")
	}
	key, _, err := f.book.key(ctx, actor, claim.KeyID, false)
	if err == nil {
		if err = claim.Check(key); err == nil {
			return nil
		}
	}
	var bad *signature.Error
	if !errors.As(err, &bad) && Reason(err) != "key_owner" {
		return err
	}
	key, looked, again := f.book.key(ctx, actor, claim.KeyID, true)
	switch {
	case !looked:
		return err
	case again != nil:
		return again
	}
	return claim.Check(key)
}

// activityID is the id of an activity; of one that has none, its actor and the hash of its bytes.
func activityID(a *vocab.Object, body []byte) string {
	if a.ID != "" {
		return a.ID
	}
	sum := sha256.Sum256(body)
	return a.Actor + "#" + hex.EncodeToString(sum[:16])
}

func objectID(a *vocab.Object) string {
	if a.Object == nil {
		return ""
	}
	return a.Object.ID
}

func tooLarge() error {
	return &problem{status: http.StatusRequestEntityTooLarge, reason: "too_large", close: true,
		detail: "The body is larger than 1 MiB."}
}

func crowded(full bool) error {
	if full {
		return &problem{status: http.StatusServiceUnavailable, reason: "busy", after: retrySoon,
			detail: "This server has too much to do. Please send the activity again later."}
	}
	return &problem{status: http.StatusTooManyRequests, reason: "host_busy", after: retrySoon,
		detail: "Your server sends more at once than is taken from one server."}
}

// signatureProblem says what is wrong with a signature.
func signatureProblem(err error) error {
	var bad *signature.Error
	if !errors.As(err, &bad) {
		return err
	}
	detail := "The signature is not accepted: " + bad.Detail + "."
	if bad.Reason == signature.Unsigned {
		detail = "The request must be signed by the actor of the activity."
	}
	return &problem{status: bad.Status(), reason: string(bad.Reason), detail: detail}
}

// isMalformed reports whether a signature is not even of the right shape.
func isMalformed(err error) bool {
	var bad *signature.Error
	return errors.As(err, &bad) && bad.Status() == http.StatusBadRequest
}

// keyProblem says why a signature could not be verified.
func keyProblem(err error) error {
	var bad *signature.Error
	switch {
	case errors.As(err, &bad):
		return signatureProblem(err)
	case errors.Is(err, ErrUnreachable):
		return &problem{status: http.StatusServiceUnavailable, reason: "key_unreachable", after: retryKey,
			detail: "The actor's document could not be fetched to verify the signature. Please send the activity again later."}
	case errors.Is(err, ErrGone), errors.Is(err, ErrNotFound):
		return &problem{status: http.StatusUnauthorized, reason: "key_gone",
			detail: "There is no document at the actor's id, so the signature cannot be verified."}
	case errors.Is(err, ErrUntrue):
		return &problem{status: http.StatusUnauthorized, reason: Reason(err),
			detail: "The document at the actor's id does not list the key of the signature."}
	}
	return err
}
