package vocab

import "encoding/json"

// The contexts that we send, one for each class of document. They name only addresses that every
// JSON-LD processor of the fediverse knows without fetching; the rest is inline, because a context
// that a peer cannot load costs it the whole activity.
const (
	plainContext = `"` + activityStreams + `"`
	listContext  = `["` + activityStreams + `"]`

	postContext = `["` + activityStreams + `",{` +
		`"Hashtag":"as:Hashtag",` +
		`"sensitive":"as:sensitive",` +
		`"toot":"http://joinmastodon.org/ns#",` +
		`"votersCount":"toot:votersCount",` +
		`"gts":"https://gotosocial.org/ns#",` +
		`"interactionPolicy":{"@id":"gts:interactionPolicy","@type":"@id"},` +
		`"canQuote":{"@id":"gts:canQuote","@type":"@id"},` +
		`"automaticApproval":{"@id":"gts:automaticApproval","@type":"@id"},` +
		ourTerms + `}]`

	// assertionMethod is defined here because multikey/v1 does not do it, and data-integrity/v1
	// does it only inside a proof.
	actorContext = `["` + activityStreams + `",` +
		`"https://w3id.org/security/v1",` +
		`"https://w3id.org/security/data-integrity/v1",` +
		`"https://w3id.org/security/multikey/v1",{` +
		`"manuallyApprovesFollowers":"as:manuallyApprovesFollowers",` +
		`"toot":"http://joinmastodon.org/ns#",` +
		`"featured":{"@id":"toot:featured","@type":"@id"},` +
		`"discoverable":"toot:discoverable",` +
		`"indexable":"toot:indexable",` +
		`"lemmy":"https://join-lemmy.org/ns#",` +
		`"postingRestrictedToMods":"lemmy:postingRestrictedToMods",` +
		`"schema":"http://schema.org#",` +
		`"PropertyValue":"schema:PropertyValue",` +
		`"value":"schema:value",` +
		`"webfinger":"https://purl.archive.org/socialweb/webfinger#webfinger",` +
		`"implements":{"@id":"https://w3id.org/fep/844e#implements","@type":"@id","@container":"@list"},` +
		`"assertionMethod":{"@id":"https://w3id.org/security#assertionMethod","@type":"@id","@container":"@set"},` +
		ourTerms + `}]`

	quoteContext = `["` + activityStreams + `",{` +
		`"QuoteAuthorization":"https://w3id.org/fep/044f#QuoteAuthorization",` +
		`"gts":"https://gotosocial.org/ns#",` +
		`"interactingObject":{"@id":"gts:interactingObject","@type":"@id"},` +
		`"interactionTarget":{"@id":"gts:interactionTarget","@type":"@id"}}]`

	ourTerms = `"moot":"` + Namespace + `",` +
		`"kind":"moot:kind",` +
		`"stage":"moot:stage",` +
		`"previousStage":"moot:previousStage",` +
		`"respondBy":"moot:respondBy",` +
		`"disposition":"moot:disposition",` +
		`"digest":"moot:digest",` +
		`"logIndex":"moot:logIndex",` +
		`"revision":"moot:revision",` +
		`"supersedes":{"@id":"moot:supersedes","@type":"@id"},` +
		`"respondsTo":{"@id":"moot:respondsTo","@type":"@id"},` +
		`"receiptFor":{"@id":"moot:receiptFor","@type":"@id"},` +
		`"proposals":{"@id":"moot:proposals","@type":"@id"},` +
		`"polls":{"@id":"moot:polls","@type":"@id"},` +
		`"responses":{"@id":"moot:responses","@type":"@id"},` +
		`"outcomes":{"@id":"moot:outcomes","@type":"@id"}`
)

// contextOf returns the context that covers d and what it embeds.
func contextOf(d *Doc) json.RawMessage { return json.RawMessage(class(d)) }

func class(d *Doc) string {
	switch {
	case d == nil:
		return plainContext
	case d.Profile != nil:
		return actorContext
	case d.Type == quoteAuthorization:
		return quoteContext
	case d.Type == "Article" || d.Type == "Note" || d.Type == "Document":
		return postContext
	}
	inner := []*Doc{d.Object, d.Target, d.Result}
	if d.Listing != nil {
		inner = append(inner, d.Listing.Items...)
	}
	for _, i := range inner {
		if c := class(i); c != plainContext && c != listContext {
			return c
		}
	}
	if d.Listing != nil {
		return listContext
	}
	return plainContext
}
