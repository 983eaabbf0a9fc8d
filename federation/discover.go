package federation

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/folkmoot/folkmoot/federation/fetch"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/federation/webfinger"
)

// Discover finds a remote actor by what a person typed: "@name@host", "name@host", or an address
// of the actor or of its page. Errors are those of [Federation.Fetch], and ErrTyped for what
// cannot be an account or address.
//
// An account whose actor lives on another host is believed only if that host names the account in
// turn.
func (f *Federation) Discover(ctx context.Context, typed string) (_ *vocab.Object, err error) {
	defer wrap(&err, "federation.Discover")
	typed = strings.TrimSpace(typed)
	if strings.HasPrefix(typed, "https://") || strings.HasPrefix(typed, "http://") {
		return f.actorAt(ctx, typed)
	}
	account, err := webfinger.ParseAccount(typed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTyped, err)
	}
	if f.hostIsOurs(account.Host) {
		id, _, err := f.c.Local.Resolve(ctx, strings.ToLower(account.User))
		if err != nil {
			return nil, err
		}
		return f.own(ctx, id)
	}
	doc, err := f.finger(ctx, account.Host, account.Resource())
	if err != nil {
		return nil, err
	}
	actor, err := f.Actor(ctx, doc.Actor())
	if err != nil {
		return nil, err
	}
	return actor, f.loopsBack(ctx, account, actor)
}

// actorAt finds the actor that an address shows: its id, or a page of it.
func (f *Federation) actorAt(ctx context.Context, address string) (*vocab.Object, error) {
	if f.ours(address) {
		_, id, _, err := f.c.Local.Handle(ctx, address)
		if err != nil {
			return nil, err
		}
		return f.own(ctx, id)
	}
	doc, _, err := f.reader.read(ctx, address)
	if err == nil {
		return f.Actor(ctx, doc.ID)
	}
	if Reason(err) != "media_type" {
		return nil, err
	}
	jrd, err := f.finger(ctx, vocab.Host(address), address)
	if err != nil {
		return nil, err
	}
	return f.Actor(ctx, jrd.Actor())
}

// loopsBack checks that an actor agrees to be the account with which it was found.
func (f *Federation) loopsBack(ctx context.Context, account webfinger.Account, actor *vocab.Object) error {
	host := vocab.Host(actor.ID)
	if host == account.Host {
		return nil
	}
	there := webfinger.Account{User: actor.PreferredUsername, Host: host}
	doc, err := f.finger(ctx, host, there.Resource())
	if err != nil {
		return err
	}
	if doc.Actor() != actor.ID || !strings.EqualFold(doc.Subject, account.Resource()) {
		return untrue("webfinger_loop")
	}
	return nil
}

// finger asks a host for a resource, and where it knows nothing, looks for another place in its
// host-meta.
func (f *Federation) finger(ctx context.Context, host, resource string) (*webfinger.Document, error) {
	base := f.scheme(host) + host
	doc, err := f.ask(ctx, webfinger.Address(base, resource))
	if !errors.Is(err, ErrNotFound) {
		return doc, err
	}
	resp, failed := f.c.Client.Fetch(ctx, fetch.Query{
		URL: base + webfinger.HostMeta, Accept: webfinger.TypeXRD + ", " + webfinger.Accept, AcrossOrigins: true,
	})
	if failed != nil || resp.Status != 200 {
		return nil, err
	}
	template, failed := webfinger.ParseHostMeta(resp.Body)
	address, ok := webfinger.Expand(template, "uri", resource)
	if failed != nil || !ok || address == webfinger.Address(base, resource) {
		return nil, err
	}
	return f.ask(ctx, address)
}

// ask fetches a WebFinger document.
func (f *Federation) ask(ctx context.Context, address string) (*webfinger.Document, error) {
	resp, err := f.c.Client.Fetch(ctx, fetch.Query{URL: address, Accept: webfinger.Accept, AcrossOrigins: true})
	if err != nil {
		return nil, fetchError(err)
	}
	if err := statusError(resp.Status); err != nil {
		return nil, err
	}
	doc, err := webfinger.Parse(resp.Body)
	if err != nil {
		return nil, untrue("webfinger")
	}
	return doc, nil
}

// scheme returns what the addresses of a host begin with: http:// for test peers.
func (f *Federation) scheme(host string) string {
	if _, err := f.c.Gate.Check("http://" + host + "/"); err == nil {
		return "http://"
	}
	return "https://"
}

// Interact finds where somebody can open an object of ours in an account elsewhere. typed is a
// handle, or the name or address of a server. It returns the server's host, and the address to
// open, which is empty if the server offers none: never guess one.
//
// Errors: ErrTyped for what cannot be another server, with a sentence that says why;
// ErrUnreachable if it does not answer.
func (f *Federation) Interact(ctx context.Context, typed, object string) (host, address string, err error) {
	defer wrap(&err, "federation.Interact")
	host, resources, err := f.places(typed)
	if err != nil {
		return "", "", err
	}
	for _, resource := range resources {
		doc, err := f.finger(ctx, host, resource)
		switch {
		case err == nil:
			if address := f.template(doc, host, object); address != "" {
				return vocab.Host(address), address, nil
			}
		case errors.Is(err, ErrUnreachable):
			return host, "", err
		case refused[Reason(err)]:
			return "", "", fmt.Errorf("%w: %w", ErrTyped, webfinger.HostError{Text: host})
		}
	}
	return host, "", nil
}

// refused are the reasons for which an address is not dialled at all.
var refused = map[string]bool{
	fetch.ReasonForm: true, fetch.ReasonScheme: true, fetch.ReasonPort: true, fetch.ReasonAddr: true, fetch.ReasonOwn: true,
}

// places reads what somebody typed: the host to ask, and for what, best first.
func (f *Federation) places(typed string) (host string, resources []string, err error) {
	text := strings.TrimSpace(typed)
	if account, err := webfinger.ParseAccount(text); err == nil {
		host = account.Host
		resources = append(resources, account.Resource())
	} else {
		if u, err := url.Parse(text); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil {
			text = u.Host
		}
		if host, err = webfinger.ParseHost(text); err != nil {
			return "", nil, fmt.Errorf("%w: %w", ErrTyped, err)
		}
	}
	base := f.scheme(host) + host
	if _, err := f.c.Gate.Check(base + "/"); err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrTyped, webfinger.HostError{Text: typed})
	}
	return host, append(resources, base), nil
}

var placeholder = regexp.MustCompile(`\{[A-Za-z]*\}`)

// template fills in the best template of a server with which a post can be answered (FEP-3b86):
// one that opens a reply, one that opens the object, or the older one that opens anything. The
// address must be on the server that was asked, or on that of its account.
func (f *Federation) template(doc *webfinger.Document, host, object string) string {
	for _, t := range []struct{ rel, name string }{
		{webfinger.RelIntent + "Create", "inReplyTo"},
		{webfinger.RelIntent + "Object", "object"},
		{webfinger.RelSubscribe, "uri"},
	} {
		_, template := doc.Template(t.rel)
		address, ok := webfinger.Expand(template, t.name, object)
		if !ok {
			continue
		}
		address = placeholder.ReplaceAllString(address, "")
		at := vocab.Host(address)
		if _, err := f.c.Gate.Check(address); err == nil && (at == host || at == vocab.Host(doc.Actor())) {
			return address
		}
	}
	return ""
}
