-- What came in for gateways, as it came, until it has been read: a queue. `sealed` holds the address
-- with its query, the headers and the body: numbers and words of customers are among them. A row
-- without `due_at` could not be read and waits a week for somebody to look at it; or it is a piece of a
-- long message (`group_key`), and waits a day for the others.
CREATE TABLE gateways.raw (
    id            uuid PRIMARY KEY,
    gateway_id    uuid NOT NULL,
    method        text NOT NULL,
    sealed        bytea NOT NULL,
    is_signed     boolean NOT NULL,
    group_key     bytea,
    received_at   timestamptz NOT NULL,
    due_at        timestamptz,
    attempts      integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

CREATE INDEX raw_due ON gateways.raw (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX raw_group ON gateways.raw (group_key) WHERE group_key IS NOT NULL;

-- When each gateway was last heard, and how it went, for whoever looks after it.
CREATE TABLE gateways.hearing (
    gateway_id    uuid PRIMARY KEY,
    heard_at      timestamptz,
    forged_at     timestamptz,
    unreadable_at timestamptz
) WITH (fillfactor = 60);

-- Counts up when the secret path of a gateway's hook is to be another one.
ALTER TABLE gateways.gateway ADD COLUMN hook_number integer NOT NULL DEFAULT 1
    CHECK (hook_number BETWEEN 1 AND 65535);
