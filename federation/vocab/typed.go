package vocab

import (
	"fmt"
	"net/url"
	"time"

	"github.com/go-fed/activity/streams"
	as "github.com/go-fed/activity/streams/vocab"
)

// creators makes an empty object of each type that we send. go-fed says by the methods of the
// object which properties the type has.
var creators = map[string]func() as.Type{
	"Accept":   func() as.Type { return streams.NewActivityStreamsAccept() },
	"Add":      func() as.Type { return streams.NewActivityStreamsAdd() },
	"Announce": func() as.Type { return streams.NewActivityStreamsAnnounce() },
	"Block":    func() as.Type { return streams.NewActivityStreamsBlock() },
	"Create":   func() as.Type { return streams.NewActivityStreamsCreate() },
	"Delete":   func() as.Type { return streams.NewActivityStreamsDelete() },
	"Flag":     func() as.Type { return streams.NewActivityStreamsFlag() },
	"Follow":   func() as.Type { return streams.NewActivityStreamsFollow() },
	"Like":     func() as.Type { return streams.NewActivityStreamsLike() },
	"Reject":   func() as.Type { return streams.NewActivityStreamsReject() },
	"Remove":   func() as.Type { return streams.NewActivityStreamsRemove() },
	"Undo":     func() as.Type { return streams.NewActivityStreamsUndo() },
	"Update":   func() as.Type { return streams.NewActivityStreamsUpdate() },

	"Application":  func() as.Type { return streams.NewActivityStreamsApplication() },
	"Group":        func() as.Type { return streams.NewActivityStreamsGroup() },
	"Organization": func() as.Type { return streams.NewActivityStreamsOrganization() },
	"Person":       func() as.Type { return streams.NewActivityStreamsPerson() },

	"Article":   func() as.Type { return streams.NewActivityStreamsArticle() },
	"Document":  func() as.Type { return streams.NewActivityStreamsDocument() },
	"Note":      func() as.Type { return streams.NewActivityStreamsNote() },
	"Tombstone": func() as.Type { return streams.NewActivityStreamsTombstone() },

	"Collection":            func() as.Type { return streams.NewActivityStreamsCollection() },
	"CollectionPage":        func() as.Type { return streams.NewActivityStreamsCollectionPage() },
	"OrderedCollection":     func() as.Type { return streams.NewActivityStreamsOrderedCollection() },
	"OrderedCollectionPage": func() as.Type { return streams.NewActivityStreamsOrderedCollectionPage() },

	// FEP-044f: an object as far as the vocabulary knows; encoder.extend names it.
	quoteAuthorization: func() as.Type { return streams.NewActivityStreamsObject() },
}

// What a type can have, one property each.
type (
	hasActor interface {
		SetActivityStreamsActor(as.ActivityStreamsActorProperty)
	}
	hasObject interface {
		SetActivityStreamsObject(as.ActivityStreamsObjectProperty)
	}
	hasTarget interface {
		SetActivityStreamsTarget(as.ActivityStreamsTargetProperty)
	}
	hasResult interface {
		SetActivityStreamsResult(as.ActivityStreamsResultProperty)
	}
	hasAttributedTo interface {
		SetActivityStreamsAttributedTo(as.ActivityStreamsAttributedToProperty)
	}
	hasTo interface {
		SetActivityStreamsTo(as.ActivityStreamsToProperty)
	}
	hasCc interface {
		SetActivityStreamsCc(as.ActivityStreamsCcProperty)
	}
	hasAudience interface {
		SetActivityStreamsAudience(as.ActivityStreamsAudienceProperty)
	}
	hasInReplyTo interface {
		SetActivityStreamsInReplyTo(as.ActivityStreamsInReplyToProperty)
	}
	hasURL interface {
		SetActivityStreamsUrl(as.ActivityStreamsUrlProperty)
	}
	hasContext interface {
		SetActivityStreamsContext(as.ActivityStreamsContextProperty)
	}
	hasReplies interface {
		SetActivityStreamsReplies(as.ActivityStreamsRepliesProperty)
	}
	hasLikes interface {
		SetActivityStreamsLikes(as.ActivityStreamsLikesProperty)
	}
	hasShares interface {
		SetActivityStreamsShares(as.ActivityStreamsSharesProperty)
	}
	hasPreview interface {
		SetActivityStreamsPreview(as.ActivityStreamsPreviewProperty)
	}
	hasPublished interface {
		SetActivityStreamsPublished(as.ActivityStreamsPublishedProperty)
	}
	hasUpdated interface {
		SetActivityStreamsUpdated(as.ActivityStreamsUpdatedProperty)
	}
	hasStartTime interface {
		SetActivityStreamsStartTime(as.ActivityStreamsStartTimeProperty)
	}
	hasEndTime interface {
		SetActivityStreamsEndTime(as.ActivityStreamsEndTimeProperty)
	}
	hasDeleted interface {
		SetActivityStreamsDeleted(as.ActivityStreamsDeletedProperty)
	}
	hasName interface {
		SetActivityStreamsName(as.ActivityStreamsNameProperty)
	}
	hasSummary interface {
		SetActivityStreamsSummary(as.ActivityStreamsSummaryProperty)
	}
	hasContent interface {
		SetActivityStreamsContent(as.ActivityStreamsContentProperty)
	}
	hasMediaType interface {
		SetActivityStreamsMediaType(as.ActivityStreamsMediaTypeProperty)
	}
	hasFormerType interface {
		SetActivityStreamsFormerType(as.ActivityStreamsFormerTypeProperty)
	}
	hasInbox interface {
		SetActivityStreamsInbox(as.ActivityStreamsInboxProperty)
	}
	hasOutbox interface {
		SetActivityStreamsOutbox(as.ActivityStreamsOutboxProperty)
	}
	hasFollowers interface {
		SetActivityStreamsFollowers(as.ActivityStreamsFollowersProperty)
	}
	hasFollowing interface {
		SetActivityStreamsFollowing(as.ActivityStreamsFollowingProperty)
	}
	hasPreferredUsername interface {
		SetActivityStreamsPreferredUsername(as.ActivityStreamsPreferredUsernameProperty)
	}
	hasTotalItems interface {
		SetActivityStreamsTotalItems(as.ActivityStreamsTotalItemsProperty)
	}
	hasItems interface {
		SetActivityStreamsItems(as.ActivityStreamsItemsProperty)
	}
	hasOrderedItems interface {
		SetActivityStreamsOrderedItems(as.ActivityStreamsOrderedItemsProperty)
	}
	hasFirst interface {
		SetActivityStreamsFirst(as.ActivityStreamsFirstProperty)
	}
	hasLast interface {
		SetActivityStreamsLast(as.ActivityStreamsLastProperty)
	}
	hasNext interface {
		SetActivityStreamsNext(as.ActivityStreamsNextProperty)
	}
	hasPrev interface {
		SetActivityStreamsPrev(as.ActivityStreamsPrevProperty)
	}
	hasPartOf interface {
		SetActivityStreamsPartOf(as.ActivityStreamsPartOfProperty)
	}
)

// typed builds the part of d that the vocabulary knows, as an object of go-fed, and returns its
// members. What is embedded stands there by its id only; [encoder.embed] puts it in place.
func typed(d *Doc) (map[string]any, error) {
	create, ok := creators[d.Type]
	if !ok {
		return nil, fmt.Errorf("type %q is not one that we send", d.Type)
	}
	b := &builder{object: create()}
	if d.ID != "" {
		id := streams.NewJSONLDIdProperty()
		id.Set(iri(d.ID))
		b.object.SetJSONLDId(id)
	}
	b.relations(d)
	b.texts(d)
	if d.Profile != nil {
		b.profile(d.Profile)
	}
	if d.Listing != nil {
		b.listing(d)
	}
	if b.err != nil {
		return nil, b.err
	}
	return b.object.Serialize()
}

// builder fills an object; err is the first property that its type does not have.
type builder struct {
	object as.Type
	err    error
}

func (b *builder) relations(d *Doc) {
	refs(b, "actor", streams.NewActivityStreamsActorProperty, hasActor.SetActivityStreamsActor, d.Actor)
	refs(b, "object", streams.NewActivityStreamsObjectProperty, hasObject.SetActivityStreamsObject, d.Object.ref())
	refs(b, "target", streams.NewActivityStreamsTargetProperty, hasTarget.SetActivityStreamsTarget, d.Target.ref())
	refs(b, "result", streams.NewActivityStreamsResultProperty, hasResult.SetActivityStreamsResult, d.Result.ref())
	refs(b, "attributedTo", streams.NewActivityStreamsAttributedToProperty, hasAttributedTo.SetActivityStreamsAttributedTo, d.AttributedTo)
	refs(b, "to", streams.NewActivityStreamsToProperty, hasTo.SetActivityStreamsTo, d.To...)
	refs(b, "cc", streams.NewActivityStreamsCcProperty, hasCc.SetActivityStreamsCc, d.Cc...)
	refs(b, "audience", streams.NewActivityStreamsAudienceProperty, hasAudience.SetActivityStreamsAudience, d.Audience)
	refs(b, "inReplyTo", streams.NewActivityStreamsInReplyToProperty, hasInReplyTo.SetActivityStreamsInReplyTo, d.InReplyTo)
	refs(b, "url", streams.NewActivityStreamsUrlProperty, hasURL.SetActivityStreamsUrl, d.URL)
	refs(b, "context", streams.NewActivityStreamsContextProperty, hasContext.SetActivityStreamsContext, d.Context)
	refs(b, "preview", streams.NewActivityStreamsPreviewProperty, hasPreview.SetActivityStreamsPreview, d.Preview.ref())
	ref(b, "replies", streams.NewActivityStreamsRepliesProperty, hasReplies.SetActivityStreamsReplies, d.Replies.ref())
	ref(b, "likes", streams.NewActivityStreamsLikesProperty, hasLikes.SetActivityStreamsLikes, d.Likes.ref())
	ref(b, "shares", streams.NewActivityStreamsSharesProperty, hasShares.SetActivityStreamsShares, d.Shares.ref())
}

func (b *builder) texts(d *Doc) {
	str(b, "name", streams.NewActivityStreamsNameProperty, hasName.SetActivityStreamsName, d.Name)
	str(b, "summary", streams.NewActivityStreamsSummaryProperty, hasSummary.SetActivityStreamsSummary, d.Summary)
	str(b, "content", streams.NewActivityStreamsContentProperty, hasContent.SetActivityStreamsContent, d.Content)
	str(b, "formerType", streams.NewActivityStreamsFormerTypeProperty, hasFormerType.SetActivityStreamsFormerType, d.FormerType)
	when(b, "published", streams.NewActivityStreamsPublishedProperty, hasPublished.SetActivityStreamsPublished, d.Published)
	when(b, "updated", streams.NewActivityStreamsUpdatedProperty, hasUpdated.SetActivityStreamsUpdated, d.Updated)
	when(b, "startTime", streams.NewActivityStreamsStartTimeProperty, hasStartTime.SetActivityStreamsStartTime, d.StartTime)
	when(b, "endTime", streams.NewActivityStreamsEndTimeProperty, hasEndTime.SetActivityStreamsEndTime, d.EndTime)
	when(b, "deleted", streams.NewActivityStreamsDeletedProperty, hasDeleted.SetActivityStreamsDeleted, d.Deleted)
	if d.MediaType != "" {
		p := streams.NewActivityStreamsMediaTypeProperty()
		p.Set(d.MediaType)
		put(b, "mediaType", hasMediaType.SetActivityStreamsMediaType, p)
	}
}

func (b *builder) profile(a *Profile) {
	ref(b, "inbox", streams.NewActivityStreamsInboxProperty, hasInbox.SetActivityStreamsInbox, a.Inbox)
	ref(b, "outbox", streams.NewActivityStreamsOutboxProperty, hasOutbox.SetActivityStreamsOutbox, a.Outbox)
	ref(b, "followers", streams.NewActivityStreamsFollowersProperty, hasFollowers.SetActivityStreamsFollowers, a.Followers)
	ref(b, "following", streams.NewActivityStreamsFollowingProperty, hasFollowing.SetActivityStreamsFollowing, a.Following)
	name := streams.NewActivityStreamsPreferredUsernameProperty()
	name.SetXMLSchemaString(a.PreferredUsername)
	put(b, "preferredUsername", hasPreferredUsername.SetActivityStreamsPreferredUsername, name)
}

func (b *builder) listing(d *Doc) {
	l := d.Listing
	total := streams.NewActivityStreamsTotalItemsProperty()
	total.Set(int(l.TotalItems))
	put(b, "totalItems", hasTotalItems.SetActivityStreamsTotalItems, total)
	items := make([]string, len(l.Items))
	for i, item := range l.Items {
		items[i] = item.ref()
	}
	if d.ordered() {
		refs(b, "orderedItems", streams.NewActivityStreamsOrderedItemsProperty, hasOrderedItems.SetActivityStreamsOrderedItems, items...)
	} else {
		refs(b, "items", streams.NewActivityStreamsItemsProperty, hasItems.SetActivityStreamsItems, items...)
	}
	ref(b, "first", streams.NewActivityStreamsFirstProperty, hasFirst.SetActivityStreamsFirst, l.First)
	ref(b, "last", streams.NewActivityStreamsLastProperty, hasLast.SetActivityStreamsLast, l.Last)
	ref(b, "next", streams.NewActivityStreamsNextProperty, hasNext.SetActivityStreamsNext, l.Next)
	ref(b, "prev", streams.NewActivityStreamsPrevProperty, hasPrev.SetActivityStreamsPrev, l.Prev)
	ref(b, "partOf", streams.NewActivityStreamsPartOfProperty, hasPartOf.SetActivityStreamsPartOf, l.PartOf)
}

// put hands property p to the object, if its type has it.
func put[T, P any](b *builder, name string, set func(T, P), p P) {
	if object, ok := b.object.(T); ok {
		set(object, p)
	} else if b.err == nil {
		b.err = fmt.Errorf("%s has no %s", b.object.GetTypeName(), name)
	}
}

// refs sets a property that holds any number of ids; none leaves it out.
func refs[T any, P interface{ AppendIRI(*url.URL) }](b *builder, name string, create func() P, set func(T, P), ids ...string) {
	p, some := create(), false
	for _, id := range ids {
		if id != "" {
			p.AppendIRI(iri(id))
			some = true
		}
	}
	if some {
		put(b, name, set, p)
	}
}

// ref sets a property that holds one id.
func ref[T any, P interface{ SetIRI(*url.URL) }](b *builder, name string, create func() P, set func(T, P), id string) {
	if id == "" {
		return
	}
	p := create()
	p.SetIRI(iri(id))
	put(b, name, set, p)
}

// str sets a property that holds one text.
func str[T any, P interface{ AppendXMLSchemaString(string) }](b *builder, name string, create func() P, set func(T, P), s string) {
	if s == "" {
		return
	}
	p := create()
	p.AppendXMLSchemaString(s)
	put(b, name, set, p)
}

// when sets a property that holds one time.
func when[T any, P interface{ Set(time.Time) }](b *builder, name string, create func() P, set func(T, P), t time.Time) {
	if t.IsZero() {
		return
	}
	p := create()
	p.Set(t.UTC())
	put(b, name, set, p)
}

// iri wraps an id so that it is written as it is: net/url would respell #a#b and Ä.
func iri(id string) *url.URL { return &url.URL{Opaque: id} }
