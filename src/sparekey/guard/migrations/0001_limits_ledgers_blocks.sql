-- A rate is a GCRA bucket: one timestamp says when it will be empty again.
CREATE TABLE guard.rate (
    key      bytea PRIMARY KEY,
    empty_at timestamptz NOT NULL
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

-- A cap is exact: it keeps the last times, newest first. Classes keep one subject's allowances apart.
CREATE TABLE guard.cap (
    key     bytea NOT NULL,
    class   smallint NOT NULL,
    times   timestamptz[] NOT NULL,
    PRIMARY KEY (key, class)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

-- What guesses at one account or address have cost, and what live challenges may still cost.
-- Units are 1e-15 of a takeover; charges drain at one unit per 70,080 microseconds.
-- Holds are pairs of a five-minute slot, after which they are void, and units.
CREATE TABLE guard.ledger (
    key            bytea PRIMARY KEY,
    charged_until  timestamptz NOT NULL,
    returned_until timestamptz NOT NULL,
    holds          bigint[] NOT NULL DEFAULT '{}',
    closed_at      timestamptz[] NOT NULL DEFAULT '{}',
    proven_at      timestamptz
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

-- The deployment's budget, cut in 64 equal shards so that no start waits for another's commit;
-- and 64 more for the sandboxes.
CREATE TABLE guard.budget (
    shard         smallint PRIMARY KEY,
    charged_until timestamptz NOT NULL,
    holds         bigint[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 2000);

INSERT INTO guard.budget (shard, charged_until)
SELECT shard, '-infinity' FROM generate_series(0, 127) AS shard;

-- A block stops what its subject may do until a time; `kind` says who put it there and why.
CREATE TABLE guard.block (
    key        bytea NOT NULL,
    kind       text NOT NULL,
    until      timestamptz NOT NULL,
    reason     text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (key, kind)
);
