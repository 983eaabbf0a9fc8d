-- What federation needs beside the record.

-- Keys: private keys of local actors. The newest counts.
CREATE TABLE keys (
    id       {{ID}}    NOT NULL PRIMARY KEY,
    actor_id BIGINT    NOT NULL REFERENCES actors (id),
    rsa      {{BYTES}} NOT NULL,  -- PKCS #8 DER
    ed25519  {{BYTES}} NOT NULL,  -- seed
    created  BIGINT    NOT NULL
);
CREATE INDEX keys_actor ON keys (actor_id, id);

-- Documents: what was fetched of other servers' actors, byte for byte.
CREATE TABLE documents (
    iri     TEXT      NOT NULL PRIMARY KEY,
    body    {{BYTES}} NOT NULL,
    fetched BIGINT    NOT NULL
);

-- Followers of local actors.
CREATE TABLE followers (
    actor_id BIGINT NOT NULL REFERENCES actors (id),  -- who is followed
    who_id   BIGINT NOT NULL REFERENCES actors (id),  -- who follows
    follow   TEXT   NOT NULL,                         -- id of the Follow
    since    BIGINT NOT NULL,
    PRIMARY KEY (actor_id, who_id)
);
CREATE INDEX followers_who ON followers (who_id);

-- Absences: remote actors that were found to be gone; gone a day later, they follow no more.
CREATE TABLE absences (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors (id),
    since    BIGINT NOT NULL
);

-- Reactions: likes and shares. One of each kind counts per actor and object.
CREATE TABLE reactions (
    object   TEXT   NOT NULL,
    kind     TEXT   NOT NULL,  -- "like", "share"
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    activity TEXT   NOT NULL,  -- id of the Like or Announce
    made     BIGINT NOT NULL,
    PRIMARY KEY (object, kind, actor_id)
);
CREATE INDEX reactions_actor ON reactions (actor_id, activity);

-- Undone: likes and shares that their actor took back, perhaps before they came.
CREATE TABLE undone (
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    activity TEXT   NOT NULL,
    made     BIGINT NOT NULL,
    PRIMARY KEY (actor_id, activity)
);

-- Messages: receipts, one per person and challenge.
CREATE TABLE messages (
    id              {{ID}} NOT NULL PRIMARY KEY,
    iri             TEXT   NOT NULL UNIQUE,
    challenge_id    BIGINT NOT NULL REFERENCES challenges (id),
    to_id           BIGINT NOT NULL REFERENCES actors (id),
    contribution_id BIGINT NOT NULL REFERENCES contributions (id),
    html            TEXT   NOT NULL,
    lang            TEXT   NOT NULL,
    visibility      TEXT   NOT NULL,  -- policy.Visibility
    created         BIGINT NOT NULL,
    UNIQUE (challenge_id, to_id)
);

-- Stops: who wants no more messages, from one challenge or (0) from all, and why.
CREATE TABLE stops (
    to_id        BIGINT NOT NULL REFERENCES actors (id),
    challenge_id BIGINT NOT NULL,
    why          TEXT   NOT NULL,  -- "stop", "block", "flag", "refused"
    made         BIGINT NOT NULL,
    PRIMARY KEY (to_id, challenge_id, why)
);

-- Quotes: permissions to quote (FEP-044f).
CREATE TABLE quotes (
    iri      TEXT   NOT NULL PRIMARY KEY,
    object   TEXT   NOT NULL,  -- ours
    quoting  TEXT   NOT NULL,  -- theirs
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    created  BIGINT NOT NULL,
    UNIQUE (object, quoting)
);

-- Hosts: other servers. next is lease, back-off and breaker in one: when the host may be tried,
-- NULL if nothing is queued for it. token counts leases and fences those that were lost.
CREATE TABLE hosts (
    name       TEXT    NOT NULL PRIMARY KEY,  -- lower case, with the port if there is one
    bare       TEXT    NOT NULL,              -- without the port
    blocked    BOOLEAN NOT NULL,              -- by name
    barred     BOOLEAN NOT NULL,              -- blocked, or a parent domain is
    reason     TEXT    NOT NULL,
    by_name    TEXT    NOT NULL,
    blocked_at BIGINT  NOT NULL,
    first_seen BIGINT  NOT NULL,
    failures   BIGINT  NOT NULL,              -- in a row
    failing    BIGINT  NOT NULL,              -- since; 0 if it is well
    next       BIGINT,
    leased     BOOLEAN NOT NULL,
    called     BOOLEAN NOT NULL,              -- something was queued since the lease began
    token      BIGINT  NOT NULL,
    last_ok    BIGINT  NOT NULL,
    problem    TEXT    NOT NULL,              -- of the last failure
    dead       BOOLEAN NOT NULL               -- given up; nothing is queued until it signs something
);
CREATE INDEX hosts_next ON hosts (next) WHERE next IS NOT NULL;
CREATE INDEX hosts_blocked ON hosts (name) WHERE blocked;
CREATE INDEX hosts_failing ON hosts (name) WHERE failing > 0;

-- Outgoing: activities of ours, byte for byte as sent.
CREATE TABLE outgoing (
    id       {{ID}}    NOT NULL PRIMARY KEY,
    iri      TEXT      NOT NULL UNIQUE,
    actor_id BIGINT    NOT NULL REFERENCES actors (id),
    type     TEXT      NOT NULL,
    object   TEXT      NOT NULL,
    body     {{BYTES}} NOT NULL,
    public   BOOLEAN   NOT NULL,
    created  BIGINT    NOT NULL
);
CREATE INDEX outgoing_outbox ON outgoing (actor_id, id) WHERE public;
CREATE INDEX outgoing_object ON outgoing (object, actor_id, type, id);
CREATE INDEX outgoing_private ON outgoing (id) WHERE NOT public;
