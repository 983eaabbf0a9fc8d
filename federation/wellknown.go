package federation

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"github.com/folkmoot/folkmoot/federation/nodeinfo"
	"github.com/folkmoot/folkmoot/federation/vocab"
	"github.com/folkmoot/folkmoot/federation/webfinger"
)

// maxResource bounds what WebFinger is asked for.
const maxResource = 2048

// WellKnown is the handler of /.well-known/webfinger, /.well-known/host-meta,
// /.well-known/host-meta.json, /.well-known/nodeinfo and /nodeinfo/2.1; of any other path it
// answers 404.
func (f *Federation) WellKnown() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+webfinger.Path, f.webFinger)
	mux.HandleFunc("GET "+webfinger.HostMeta, f.hostMeta)
	mux.HandleFunc("GET "+webfinger.HostMetaJSON, f.hostMetaJSON)
	if f.c.NodeInfo != nil {
		mux.HandleFunc("GET "+nodeinfo.WellKnown, f.nodeIndex)
		mux.HandleFunc("GET "+nodeinfo.Path, f.nodeInfo)
	}
	return mux
}

// webFinger answers for accounts, and for ids and pages of actors (RFC 7033 §4).
func (f *Federation) webFinger(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*") // RFC 7033 §5
	doc, err := f.lookUp(r)
	var p *problem
	switch {
	case errors.As(err, &p):
		p.write(w, r)
	case errors.Is(err, ErrGone):
		(&problem{status: http.StatusGone, detail: "This account was deleted."}).write(w, r)
	case errors.Is(err, ErrNotFound):
		(&problem{status: http.StatusNotFound, detail: "There is no such account here."}).write(w, r)
	case err != nil:
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("account not found out")
		(&problem{status: http.StatusServiceUnavailable, after: retrySoon,
			detail: "The account cannot be looked up now. Please ask again later."}).write(w, r)
	default:
		writeJSON(w, r, webfinger.MediaType, doc)
	}
}

// lookUp finds what a WebFinger request asks for.
func (f *Federation) lookUp(r *http.Request) (*webfinger.Document, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	resources := query["resource"]
	if err != nil || len(resources) != 1 || resources[0] == "" {
		return nil, &problem{status: http.StatusBadRequest,
			detail: "Ask for exactly one resource, such as ?resource=acct:name@host."}
	}
	resource := resources[0]
	if len(resource) > maxResource || !utf8.ValidString(resource) || strings.ContainsFunc(resource, control) {
		return nil, &problem{status: http.StatusBadRequest, detail: "The resource is not an address."}
	}
	if strings.HasPrefix(resource, "http://") || strings.HasPrefix(resource, "https://") {
		return f.lookUpAddress(r, resource)
	}
	account, err := webfinger.ParseAccount(resource)
	if err != nil {
		return nil, &problem{status: http.StatusBadRequest,
			detail: "The resource must be acct:name@host or an address of this server."}
	}
	if !f.hostIsOurs(account.Host) {
		return nil, ErrNotFound
	}
	if account.User == f.c.URL.Hostname() || account.User == f.c.URL.Host {
		return f.instance(), nil
	}
	handle := strings.ToLower(account.User)
	actor, page, err := f.c.Local.Resolve(r.Context(), handle)
	if err != nil {
		return nil, err
	}
	return f.describe(r, handle, actor, page), nil
}

// lookUpAddress finds the actor with an id or page of ours. The address of the server itself
// stands for the server's own actor (FEP-d556).
func (f *Federation) lookUpAddress(r *http.Request, address string) (*webfinger.Document, error) {
	if !f.ours(address) {
		return nil, ErrNotFound
	}
	if address = strings.TrimSuffix(address, "/"); address == f.base || address == f.c.Instance {
		return f.instance(), nil
	}
	handle, actor, page, err := f.c.Local.Handle(r.Context(), address)
	if err != nil {
		return nil, err
	}
	return f.describe(r, handle, actor, page), nil
}

// describe makes the document of a local actor.
func (f *Federation) describe(r *http.Request, handle, actor, page string) *webfinger.Document {
	doc := f.document(handle, actor, page)
	if f.c.Links != nil {
		doc.Links = append(doc.Links, f.c.Links(r.Context(), actor)...)
	}
	return doc
}

// instance makes the document of the server's own actor, whose handle is the name of the host, as
// with Mastodon.
func (f *Federation) instance() *webfinger.Document {
	return f.document(f.c.URL.Hostname(), f.c.Instance, f.base+"/")
}

func (f *Federation) document(handle, actor, page string) *webfinger.Document {
	doc := &webfinger.Document{
		Subject: webfinger.Account{User: handle, Host: f.c.URL.Host}.Resource(),
		Aliases: []string{actor},
		Links:   []webfinger.Link{{Rel: webfinger.RelSelf, Type: vocab.MediaType, Href: actor}},
	}
	if page != "" {
		doc.Links = append(doc.Links, webfinger.Link{Rel: webfinger.RelProfile, Type: "text/html", Href: page})
		if page != actor {
			doc.Aliases = append(doc.Aliases, page)
		}
	}
	return doc
}

// hostMeta points to WebFinger, for those who look there first (RFC 6415).
func (f *Federation) hostMeta(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "json") {
		f.hostMetaJSON(w, r)
		return
	}
	body, err := webfinger.EncodeHostMeta(f.base)
	if err != nil {
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("host-meta not made")
	}
	w.Header().Set("Vary", "Accept")
	w.Header().Set("Content-Type", webfinger.TypeXRD)
	serve(w, r, http.StatusOK, body)
}

func (f *Federation) hostMetaJSON(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")
	writeJSON(w, r, webfinger.MediaType, webfinger.HostMetaDocument(f.base))
}

// nodeIndex says where the NodeInfo is, and who the server's own actor is (FEP-2677).
func (f *Federation) nodeIndex(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, r, nodeinfo.TypeIndex, nodeinfo.NewIndex(f.base, f.c.Instance))
}

func (f *Federation) nodeInfo(w http.ResponseWriter, r *http.Request) {
	info, err := f.c.NodeInfo(r.Context())
	if err != nil {
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("nodeinfo not made")
		(&problem{status: http.StatusServiceUnavailable, after: retrySoon,
			detail: "The figures cannot be had now. Please ask again later."}).write(w, r)
		return
	}
	writeJSON(w, r, nodeinfo.TypeInfo, info.Document())
}

// writeJSON serves v as JSON of a media type.
func writeJSON(w http.ResponseWriter, r *http.Request, mediaType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("answer not encoded")
		(&problem{status: http.StatusInternalServerError}).write(w, r)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	serve(w, r, http.StatusOK, append(body, '\n'))
}

// control reports whether r is a control character: never part of an address.
func control(r rune) bool { return r < ' ' || r == 0x7f }
