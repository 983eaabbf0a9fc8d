// A third-party ActivityPub server for the end-to-end tests, on the npm package @fedify/fedify.
//
//   node peer.mjs       listens on a free port of 127.0.0.1 and prints "READY http://127.0.0.1:<port>"
//
// /users/<name> is a Person, made when it is first asked for. The tests tell it what to do with
// POST /_test/<verb> and a JSON body; what its inboxes received is at /_test/log.
import http from "node:http";
import { Temporal } from "@js-temporal/polyfill";
import { createFederation, generateCryptoKeyPair, MemoryKvStore, signRequest } from "@fedify/fedify";
import {
  Activity, Announce, Create, Delete, Endpoints, Follow, Like, Note, Person, PUBLIC_COLLECTION, Tombstone, traverseCollection, Undo, Update,
} from "@fedify/vocab";

const federation = createFederation({ kv: new MemoryKvStore(), allowPrivateAddress: true, firstKnock: process.env.FIRST_KNOCK ?? "rfc9421" });
const keyPairs = new Map();
const notes = new Map();
const received = [];
let base;
let counter = 0;

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, name) => {
    const keys = await ctx.getActorKeyPairs(name);
    return new Person({
      id: ctx.getActorUri(name), url: ctx.getActorUri(name), preferredUsername: name, name: `Peer ${name}`,
      inbox: ctx.getInboxUri(name), outbox: ctx.getOutboxUri(name), followers: ctx.getFollowersUri(name),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey, assertionMethods: keys.map((key) => key.multikey),
    });
  })
  .setKeyPairsDispatcher((_ctx, name) => {
    if (!keyPairs.has(name)) {
      keyPairs.set(name, Promise.all([generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), generateCryptoKeyPair("Ed25519")]));
    }
    return keyPairs.get(name);
  });
federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [] }));
federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
federation.setObjectDispatcher(Note, "/notes/{id}", (_ctx, { id }) => notes.get(id) ?? null);
federation.setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .setSharedKeyDispatcher(() => ({ identifier: "instance" }))
  .on(Activity, () => {});

const url = (value) => (value == null ? undefined : new URL(value));
const urls = (values) => [].concat(values ?? []).map((value) => new URL(value));
const fresh = (ctx, name, what) => new URL(`#${what}/${++counter}`, ctx.getActorUri(name));

// deliver looks the recipients up and sends each of them the activity, at the inbox of its own.
async function deliver(ctx, { as, to }, activity) {
  const documentLoader = await ctx.getDocumentLoader({ identifier: as });
  for (const address of [].concat(to)) {
    const recipient = await ctx.lookupObject(address, { documentLoader });
    if (recipient == null) throw new Error(`cannot look up ${address}`);
    await ctx.sendActivity({ identifier: as }, recipient, activity, { preferSharedInbox: false });
  }
  return { activity: activity.id?.href, object: activity.objectId?.href };
}

// audience maps the names of Mastodon's visibilities to to and cc.
function audience(ctx, { as, to, visibility = "public" }) {
  const followers = ctx.getFollowersUri(as);
  switch (visibility) {
    case "public": return { tos: [PUBLIC_COLLECTION], ccs: [followers, ...urls(to)] };
    case "unlisted": return { tos: [followers], ccs: [PUBLIC_COLLECTION, ...urls(to)] };
    case "followers": return { tos: [followers], ccs: urls(to) };
    default: return { tos: urls(to), ccs: [] };
  }
}

const byId = (ctx, id) => ctx.parseUri(new URL(id)).values.id;

const verbs = {
  follow: (ctx, o) => deliver(ctx, { as: o.as, to: o.actor }, new Follow({
    id: new URL(`#follow/${encodeURIComponent(o.actor)}`, ctx.getActorUri(o.as)), actor: ctx.getActorUri(o.as), object: url(o.actor) })),

  create(ctx, o) {
    const id = `${++counter}`;
    const note = new Note({
      id: ctx.getObjectUri(Note, { id }), url: ctx.getObjectUri(Note, { id }), attribution: ctx.getActorUri(o.as),
      content: o.content, replyTarget: url(o.inReplyTo), published: Temporal.Now.instant(), ...audience(ctx, o) });
    notes.set(id, note);
    return deliver(ctx, o, new Create({ id: fresh(ctx, o.as, "create"), actor: ctx.getActorUri(o.as), object: note, tos: note.toIds, ccs: note.ccIds }));
  },

  update(ctx, o) {
    const id = byId(ctx, o.object);
    const note = notes.get(id).clone({ content: o.content, updated: Temporal.Now.instant() });
    notes.set(id, note);
    return deliver(ctx, o, new Update({ id: fresh(ctx, o.as, "update"), actor: ctx.getActorUri(o.as), object: note, tos: note.toIds, ccs: note.ccIds }));
  },

  delete(ctx, o) {
    notes.delete(byId(ctx, o.object));
    return deliver(ctx, o, new Delete({ id: fresh(ctx, o.as, "delete"), actor: ctx.getActorUri(o.as), object: new Tombstone({ id: url(o.object) }), to: PUBLIC_COLLECTION }));
  },

  like: (ctx, o) => deliver(ctx, o, new Like({ id: fresh(ctx, o.as, "like"), actor: ctx.getActorUri(o.as), object: url(o.object) })),

  announce: (ctx, o) => deliver(ctx, o, new Announce({ id: fresh(ctx, o.as, "announce"), actor: ctx.getActorUri(o.as), object: url(o.object), to: PUBLIC_COLLECTION })),

  undo(ctx, o) {
    const Kind = { Like, Announce, Follow }[o.type];
    return deliver(ctx, o, new Undo({ id: fresh(ctx, o.as, "undo"), actor: ctx.getActorUri(o.as),
      object: new Kind({ id: url(o.activity), actor: ctx.getActorUri(o.as), object: url(o.object) }) }));
  },

  // post sends bytes as they are told: spec is cavage, rfc9421 or none; tamper replaces a piece of the
  // body after it was signed; date is what the signature says.
  async post(ctx, o) {
    const key = (await ctx.getActorKeyPairs(o.as))[0];
    let body = typeof o.body === "string" ? o.body : JSON.stringify(o.body);
    let request = new Request(o.inbox, { method: "POST", body,
      headers: { "content-type": "application/activity+json", ...(o.date ? { date: o.date } : {}) } });
    if (o.spec !== "none") {
      request = await signRequest(request, key.privateKey, o.keyId ? new URL(o.keyId) : key.keyId, {
        spec: o.spec === "cavage" ? "draft-cavage-http-signatures-12" : "rfc9421",
        ...(o.date ? { currentTime: Temporal.Instant.from(new Date(o.date).toISOString()) } : {}) });
    }
    if (o.tamper) body = body.replace(...o.tamper);
    const answer = await fetch(o.inbox, { method: "POST", body, headers: Object.fromEntries(request.headers), redirect: "manual" });
    return { status: answer.status, type: answer.headers.get("content-type"), body: (await answer.text()).slice(0, 2000) };
  },

  // get fetches an address with the signature of an actor.
  async get(ctx, o) {
    const key = (await ctx.getActorKeyPairs(o.as))[0];
    const request = await signRequest(new Request(o.url, { headers: { accept: "application/activity+json" } }), key.privateKey, key.keyId,
      { spec: "draft-cavage-http-signatures-12" });
    const answer = await fetch(request, { redirect: "manual" });
    return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.text() };
  },

  async lookup(ctx, o) {
    const found = await ctx.lookupObject(o.uri, { documentLoader: await ctx.getDocumentLoader({ identifier: "instance" }) });
    return found && { class: found.constructor.name, json: await found.toJsonLd({ contextLoader: ctx.contextLoader, format: "compact" }) };
  },

  async items(ctx, o) {
    const collection = await ctx.lookupObject(o.uri);
    const ids = [];
    for await (const item of traverseCollection(collection, { ...ctx, suppressError: true })) ids.push(item.id?.href);
    return { class: collection?.constructor.name, total: collection?.totalItems, ids };
  },

  actor: (ctx, o) => ctx.getActorUri(o.as).href,

  log: (_ctx, o) => received.slice(o.since ?? 0),
};

function parsed(text) {
  try { return JSON.parse(text); } catch { return text; }
}

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const address = new URL(req.url, base);
  const ctx = federation.createContext(new URL(base), undefined);
  if (address.pathname.startsWith("/_test/")) {
    try {
      const result = await verbs[address.pathname.slice("/_test/".length)](ctx, body.length ? JSON.parse(body) : {});
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result ?? null));
    } catch (error) {
      res.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ error: `${error.stack}` }));
    }
    return;
  }
  const request = new Request(address, { method: req.method, headers: req.headers, body: body.length ? body : undefined });
  const answer = await federation.fetch(request, { contextData: undefined })
    .catch((error) => new Response(`${error}`, { status: 500 }));
  if (req.method === "POST") {
    received.push({ path: address.pathname, status: answer.status, reply: answer.ok ? "" : await answer.clone().text(), raw: body.toString(), body: parsed(body.toString()) });
  }
  res.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
});
server.listen(0, "127.0.0.1", () => {
  base = `http://127.0.0.1:${server.address().port}`;
  console.log(`READY ${base}`);
});
