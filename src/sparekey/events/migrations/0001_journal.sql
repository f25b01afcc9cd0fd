-- The journal: what happened, in rows that are only ever added, chained by hashes.

CREATE TABLE events.event (
    id       uuid PRIMARY KEY,
    at       timestamptz NOT NULL,
    xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
    brand_id bigint,
    kind     text NOT NULL,
    subject  uuid,
    data     jsonb NOT NULL
) PARTITION BY RANGE (id);

-- One customer's story, youngest last.
CREATE INDEX event_subject ON events.event (subject, id) WHERE subject IS NOT NULL;

-- Rows of events that no number was given to yet, in the order in which they will get theirs.
CREATE TABLE events.unsealed (
    xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
    event_id uuid NOT NULL,
    PRIMARY KEY (xid, event_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- The order of the journal. Seals outlive their events: they hold nothing but ids and hashes,
-- and without them the chain could not be followed to its beginning. `digest` is of the event's
-- row, `hash` of the chain up to here.
CREATE TABLE events.event_seal (
    seq      bigint PRIMARY KEY,
    event_id uuid NOT NULL,
    brand_id bigint,
    digest   bytea NOT NULL,
    hash     bytea NOT NULL
);

-- A brand's page of the journal.
CREATE INDEX event_seal_brand ON events.event_seal (brand_id, seq);

-- What the chain was at this number, signed with a key that is not in the database.
CREATE TABLE events.checkpoint (
    seq       bigint PRIMARY KEY,
    at        timestamptz NOT NULL,
    signature bytea NOT NULL
);
