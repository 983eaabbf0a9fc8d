-- The nouns of a discussion. In all tables: keys are time-ordered and made by the program; times
-- are µs since 1970, UTC, 0 for none; enumerations are checked in Go; an empty text means none.

-- Counters: numbers that people see, one row a kind. A number is taken in the transaction that
-- uses it, so that none is lost; restoring a backup moves all of them on.
CREATE TABLE counters (
    name  TEXT   NOT NULL PRIMARY KEY,  -- "challenge", "proposal"
    value BIGINT NOT NULL               -- the last number given
);
INSERT INTO counters (name, value) VALUES ('challenge', 0), ('proposal', 0);

-- Facts: single values about the instance.
CREATE TABLE facts (
    name  TEXT NOT NULL PRIMARY KEY,  -- "url": the public address; "setup": hash of the set-up link's secret
    value TEXT NOT NULL
);

-- Actors: everybody who can act, here or elsewhere; iri is the identity.
CREATE TABLE actors (
    id            {{ID}}  NOT NULL PRIMARY KEY,
    iri           TEXT    NOT NULL UNIQUE,  -- ActivityPub id
    kind          TEXT    NOT NULL,         -- policy.ActorKind
    local         BOOLEAN NOT NULL,
    host          TEXT    NOT NULL,         -- of iri; lower case, with the port if there is one
    handle        TEXT    NOT NULL,         -- preferredUsername
    name          TEXT    NOT NULL,         -- plain
    summary       TEXT    NOT NULL,         -- plain
    url           TEXT    NOT NULL,         -- page for people
    inbox         TEXT    NOT NULL,
    shared_inbox  TEXT    NOT NULL,
    lane_inbox    TEXT    NOT NULL,         -- where we deliver: shared_inbox, else inbox
    lane_host     TEXT    NOT NULL,         -- host of lane_inbox
    followers     TEXT    NOT NULL,         -- address of the followers collection
    indexable     BOOLEAN NOT NULL,
    state         TEXT    NOT NULL,         -- policy.ActorState
    first_seen    BIGINT  NOT NULL
);

-- Handles: names of local actors, one namespace, never used twice.
CREATE TABLE handles (
    handle   TEXT   NOT NULL PRIMARY KEY,  -- lower case
    actor_id BIGINT NOT NULL REFERENCES actors (id)
);

-- The organisation that runs the instance: one row, none before set-up.
CREATE TABLE organisation (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    actor_id BIGINT  NOT NULL REFERENCES actors (id),
    base_url TEXT    NOT NULL,
    strap    TEXT    NOT NULL,
    receipts TEXT    NOT NULL,  -- policy.ReceiptMode
    created  BIGINT  NOT NULL
);

-- Accounts: local people who sign in. The address is never shown and never leaves the instance.
CREATE TABLE accounts (
    actor_id      BIGINT  NOT NULL PRIMARY KEY REFERENCES actors (id),
    email         TEXT    NOT NULL UNIQUE,  -- lower case
    password_hash TEXT    NOT NULL,         -- argon2id in PHC form; empty: no password works
    role          TEXT    NOT NULL,         -- policy.Role
    disabled      BOOLEAN NOT NULL,
    created       BIGINT  NOT NULL
);

-- Sessions of browsers. actor_id is 0 for those that nobody has signed in to.
CREATE TABLE sessions (
    token_hash TEXT      NOT NULL PRIMARY KEY,
    data       {{BYTES}} NOT NULL,
    actor_id   BIGINT    NOT NULL,
    expires    BIGINT    NOT NULL
);
CREATE INDEX sessions_actor ON sessions (actor_id);
CREATE INDEX sessions_expires ON sessions (expires);

-- Challenges: questions asked in public. last_number is the last public number of an answer; answers
-- and read_answers count those that are shown, in the write that changes them, so that a page does
-- not count thousands of rows.
CREATE TABLE challenges (
    id              {{ID}}  NOT NULL PRIMARY KEY,
    number          BIGINT  NOT NULL UNIQUE,  -- the 12 of /c/12
    actor_id        BIGINT  NOT NULL UNIQUE REFERENCES actors (id),  -- the Group
    title           TEXT    NOT NULL,
    question        TEXT    NOT NULL,
    summary         TEXT    NOT NULL,
    background      TEXT    NOT NULL,         -- Markdown
    background_html TEXT    NOT NULL,         -- made safe
    lang            TEXT    NOT NULL,
    state           TEXT    NOT NULL,         -- policy.ChallengeState
    respond_by      BIGINT  NOT NULL,
    closes          BIGINT  NOT NULL,
    responder       TEXT    NOT NULL,
    reach           TEXT    NOT NULL,
    can_change      TEXT    NOT NULL,
    cannot_change   TEXT    NOT NULL,
    tags            TEXT    NOT NULL,         -- JSON list
    hold            BOOLEAN NOT NULL,
    read_within     BIGINT  NOT NULL,         -- working days
    created         BIGINT  NOT NULL,
    opened          BIGINT  NOT NULL,
    last_number     BIGINT  NOT NULL,
    answers         BIGINT  NOT NULL,
    read_answers    BIGINT  NOT NULL
);
CREATE INDEX challenges_draft ON challenges (id) WHERE state = 'draft';

-- Stages of challenges, in order of id.
CREATE TABLE stages (
    id           {{ID}}  NOT NULL PRIMARY KEY,
    challenge_id BIGINT  NOT NULL REFERENCES challenges (id),
    kind         TEXT    NOT NULL,  -- policy.StageKind
    cycle        BIGINT  NOT NULL,
    opens        BIGINT  NOT NULL,
    closes       BIGINT  NOT NULL,
    closed       BOOLEAN NOT NULL,
    reason       TEXT    NOT NULL,
    state        TEXT    NOT NULL   -- policy.StageState
);
CREATE INDEX stages_challenge ON stages (challenge_id, id);

-- Addressees: organisations that a challenge is addressed to.
CREATE TABLE addressees (
    challenge_id BIGINT NOT NULL REFERENCES challenges (id),
    given        TEXT   NOT NULL,  -- as the author wrote it
    place        BIGINT NOT NULL,  -- order in which they were given
    iri          TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    handle       TEXT   NOT NULL,
    inbox        TEXT   NOT NULL,
    state        TEXT   NOT NULL,  -- policy.AddresseeState
    PRIMARY KEY (challenge_id, given)
);

-- Contributions: what people say to a challenge. Two axes, moderation and handling. Withdrawing
-- erases the words and keeps the row. shown is what the public may see, and the last word on it.
CREATE TABLE contributions (
    id           {{ID}}  NOT NULL PRIMARY KEY,
    challenge_id BIGINT  NOT NULL REFERENCES challenges (id),
    number       BIGINT  NOT NULL,         -- the 61 of /c/12/61; 0 until first accepted
    code         TEXT    NOT NULL,         -- of the receipt
    iri          TEXT    NOT NULL UNIQUE,  -- ActivityPub id
    url          TEXT    NOT NULL,
    author_id    BIGINT  NOT NULL REFERENCES actors (id),
    host         TEXT    NOT NULL,         -- of the author
    kind         TEXT    NOT NULL,         -- policy.Kind
    reply_to     TEXT    NOT NULL,
    root         TEXT    NOT NULL,         -- opening or proposal whose thread it belongs to
    html         TEXT    NOT NULL,         -- made safe
    plain        TEXT    NOT NULL,         -- the same as plain text
    warning      TEXT    NOT NULL,
    sensitive    BOOLEAN NOT NULL,
    lang         TEXT    NOT NULL,
    media        TEXT    NOT NULL,         -- JSON list
    visibility   TEXT    NOT NULL,         -- policy.Visibility
    moderation   TEXT    NOT NULL,         -- policy.Moderation
    reason       TEXT    NOT NULL,
    late         BOOLEAN NOT NULL,
    handling     TEXT    NOT NULL,         -- policy.Handling
    read_by      TEXT    NOT NULL,
    read_at      BIGINT  NOT NULL,
    published    BIGINT  NOT NULL,
    received     BIGINT  NOT NULL,
    edited       BIGINT  NOT NULL,
    accepted     BIGINT  NOT NULL,
    featured     BIGINT  NOT NULL,
    shown        BOOLEAN NOT NULL,
    UNIQUE (challenge_id, code),
    CHECK (NOT shown OR (moderation = 'accepted' AND visibility IN ('public', 'unlisted')))
);
CREATE UNIQUE INDEX contributions_number ON contributions (challenge_id, number) WHERE number > 0;
CREATE INDEX contributions_shown ON contributions (challenge_id, number) WHERE shown;
CREATE INDEX contributions_root ON contributions (root, number) WHERE shown;
CREATE INDEX contributions_reply ON contributions (reply_to, number) WHERE shown;
CREATE INDEX contributions_host ON contributions (challenge_id, host) WHERE shown;
CREATE INDEX contributions_from ON contributions (host, author_id) WHERE shown;
CREATE INDEX contributions_desk ON contributions (challenge_id, id);
CREATE INDEX contributions_author ON contributions (author_id, id);
CREATE INDEX contributions_new ON contributions (id)
    WHERE handling = 'new' AND moderation IN ('received', 'held', 'accepted');
CREATE INDEX contributions_held ON contributions (challenge_id, id) WHERE moderation = 'held';
CREATE INDEX contributions_private ON contributions (challenge_id, id) WHERE visibility IN ('followers', 'direct');
CREATE INDEX contributions_featured ON contributions (challenge_id, featured) WHERE featured > 0;

-- Tombstones: ids that were deleted at their origin, perhaps before they came.
CREATE TABLE tombstones (
    iri  TEXT   NOT NULL PRIMARY KEY,
    made BIGINT NOT NULL
);

-- Proposals: texts that are improved in public and answered.
CREATE TABLE proposals (
    id           {{ID}} NOT NULL PRIMARY KEY,
    number       BIGINT NOT NULL UNIQUE,  -- the 7 of /p/7
    challenge_id BIGINT NOT NULL REFERENCES challenges (id),
    title        TEXT   NOT NULL,
    summary      TEXT   NOT NULL,
    state        TEXT   NOT NULL,         -- policy.ProposalState
    version      BIGINT NOT NULL,         -- the current one
    published    BIGINT NOT NULL
);
CREATE INDEX proposals_challenge ON proposals (challenge_id, id);

-- Versions of proposals; rows are only added.
CREATE TABLE versions (
    proposal_id BIGINT NOT NULL REFERENCES proposals (id),
    number      BIGINT NOT NULL,
    source      TEXT   NOT NULL,  -- Markdown
    html        TEXT   NOT NULL,  -- made safe
    summary     TEXT   NOT NULL,
    author_id   BIGINT NOT NULL,  -- 0 for the organisation as such
    published   BIGINT NOT NULL,
    PRIMARY KEY (proposal_id, number)
);

-- Events: what happened; rows are only added, in the transaction of what they tell of.
CREATE TABLE events (
    id           {{ID}}    NOT NULL PRIMARY KEY,
    happened     BIGINT    NOT NULL,
    kind         TEXT      NOT NULL,  -- policy.EventKind
    challenge_id BIGINT    NOT NULL,  -- 0: none
    subject_id   BIGINT    NOT NULL,
    actor_id     BIGINT    NOT NULL,  -- 0: the instance itself
    data         {{BYTES}} NOT NULL
);

-- Log: every use of power over the record. A sealer gives each entry its place in the chain of
-- its challenge (0: of the instance); apart from that, rows are only added.
CREATE TABLE log (
    id           {{ID}} NOT NULL PRIMARY KEY,
    challenge_id BIGINT NOT NULL,
    happened     BIGINT NOT NULL,
    actor_id     BIGINT NOT NULL,  -- 0: the instance's own rules
    actor_name   TEXT   NOT NULL,
    action       TEXT   NOT NULL,  -- policy.LogAction
    object       TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    seq          BIGINT NOT NULL,  -- place in the chain from 1; 0 until sealed
    prev         TEXT   NOT NULL,  -- hash of the entry before, hex
    hash         TEXT   NOT NULL   -- of the entry and prev, hex
);
CREATE INDEX log_challenge ON log (challenge_id, id);
CREATE INDEX log_unsealed ON log (id) WHERE seq = 0;
CREATE UNIQUE INDEX log_seq ON log (challenge_id, seq) WHERE seq > 0;

-- Reports at the desk; one is open per reporter and object.
CREATE TABLE reports (
    id              {{ID}}  NOT NULL PRIMARY KEY,
    actor_id        BIGINT  NOT NULL REFERENCES actors (id),
    object          TEXT    NOT NULL,
    contribution_id BIGINT  NOT NULL,  -- 0 if it is not about one
    body            TEXT    NOT NULL,  -- plain
    created         BIGINT  NOT NULL,
    closed          BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX reports_open ON reports (actor_id, object) WHERE NOT closed;
