-- Work that outlives the process.

-- Tasks: due is lease and back-off in one. Those of one lane run one at a time, oldest first; those
-- behind another are due never (NULL), so that looking for work does not look at them.
CREATE TABLE tasks (
    id       {{ID}}    NOT NULL PRIMARY KEY,
    kind     TEXT      NOT NULL,
    key      TEXT      NOT NULL,  -- what "the same" is
    lane     TEXT      NOT NULL,  -- empty: none
    body     {{BYTES}} NOT NULL,
    due      BIGINT,              -- not before; NULL: behind another
    attempts BIGINT    NOT NULL,  -- begun
    parked   BOOLEAN   NOT NULL,  -- gave up; for people to look at
    problem  TEXT      NOT NULL,  -- of the last attempt
    UNIQUE (kind, key)
);
CREATE INDEX tasks_due ON tasks (due, id) WHERE NOT parked;
CREATE INDEX tasks_lane ON tasks (lane, id) WHERE NOT parked AND lane <> '';

-- Inbound: activities that were accepted. The row outlives the work, so that none has its effect
-- twice; the body goes when the work is done. Those of one actor are worked off in order, with due as
-- in tasks.
CREATE TABLE inbound (
    id       {{ID}}    NOT NULL PRIMARY KEY,
    actor    TEXT      NOT NULL,  -- who signed it
    activity TEXT      NOT NULL,  -- its id
    type     TEXT      NOT NULL,
    object   TEXT      NOT NULL,
    path     TEXT      NOT NULL,  -- inbox that it came to
    body     {{BYTES}} NOT NULL,  -- as it came
    received BIGINT    NOT NULL,
    due      BIGINT,              -- not before; NULL: behind another
    attempts BIGINT    NOT NULL,  -- begun
    done     BOOLEAN   NOT NULL,
    parked   BOOLEAN   NOT NULL,
    reason   TEXT      NOT NULL,  -- why it had no effect, or did not work
    UNIQUE (actor, activity)
);
CREATE INDEX inbound_due ON inbound (due, id) WHERE NOT done;
CREATE INDEX inbound_actor ON inbound (actor, id) WHERE NOT done AND NOT parked;
CREATE INDEX inbound_received ON inbound (received) WHERE done;

-- Deliveries: one outgoing activity for one inbox, in order of id in the lane of its host.
CREATE TABLE deliveries (
    id          {{SERIAL}},
    host        TEXT   NOT NULL REFERENCES hosts (name),
    outgoing_id BIGINT NOT NULL REFERENCES outgoing (id),
    inbox       TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,  -- that failed while the host was well
    next        BIGINT NOT NULL,  -- not before; 0: at once
    UNIQUE (outgoing_id, inbox)
);
CREATE INDEX deliveries_host ON deliveries (host, id);
