-- What happens next, as a brand's people drew it: the draft they work on, what is live, and what is
-- on trial with a share of those who start.
CREATE TABLE flows.flow (
    id            uuid PRIMARY KEY,
    brand_id      integer NOT NULL,
    name          text NOT NULL,
    draft         text NOT NULL,
    revision      integer NOT NULL,
    changed_by    uuid,
    changed_at    timestamptz NOT NULL,
    live_version  integer,
    trial_version integer,
    trial_share   smallint,
    UNIQUE (brand_id, name),
    CHECK ((trial_version IS NULL) = (trial_share IS NULL))
);

-- A published document: never changed again. Its number in `id` is short because every run has it.
CREATE TABLE flows.version (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flow_id      uuid NOT NULL,
    number       integer NOT NULL,
    brand_id     integer NOT NULL,
    document     text NOT NULL,
    pins         jsonb NOT NULL,
    reason       text NOT NULL,
    published_by uuid,
    published_at timestamptz NOT NULL,
    -- Taken back by a person, or because its outcome fell; nobody new starts it.
    ended_at     timestamptz,
    ended_for    text,
    UNIQUE (flow_id, number)
);

-- What starts the flows that are live: the kind of the start and the word that it answers to.
CREATE TABLE flows.trigger (
    brand_id integer NOT NULL,
    kind     text NOT NULL,
    word     text NOT NULL,
    flow_id  uuid NOT NULL,
    is_only  boolean NOT NULL,
    PRIMARY KEY (brand_id, kind, word, flow_id)
);

-- Of two flows that would answer to the same word, the second is not published.
CREATE UNIQUE INDEX trigger_only ON flows.trigger (brand_id, kind, word) WHERE is_only;

-- One person's way through one version. Millions of rows wait here: every column is as short as it
-- can be, the widest first, and what is rarely there is NULL.
CREATE TABLE flows.run (
    id           uuid PRIMARY KEY,
    account_id   uuid,
    wake_at      timestamptz NOT NULL,           -- while it is claimed: when the lease ends
    version_id   integer NOT NULL,
    brand_id     integer NOT NULL,
    fence        integer NOT NULL DEFAULT 0,     -- grows with each claim and event
    node         smallint NOT NULL,
    waits        smallint NOT NULL DEFAULT 0,    -- the signals that wake it
    heard        smallint NOT NULL DEFAULT 0,    -- the one that did
    attempts     smallint NOT NULL DEFAULT 0,     -- claims since it last went on
    steps        smallint NOT NULL DEFAULT 0,
    heard_word   text,
    heard_ref    uuid,
    reply_key    uuid,                           -- whose reply it waits for: a MAC of the address
    memory       bytea,
    path         bytea NOT NULL DEFAULT ''::bytea,
    parked_at    timestamptz,                    -- stuck: kept and shown until a person decides
    parked_for   text
) WITH (
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
);

-- The claim reads from here; millions of later rows cost it nothing.
CREATE INDEX run_wake ON flows.run (wake_at) WHERE parked_at IS NULL;
-- How many an account has, and which hear of what happens to it.
CREATE INDEX run_account ON flows.run (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX run_reply ON flows.run (reply_key) WHERE reply_key IS NOT NULL;
CREATE INDEX run_parked ON flows.run (brand_id, parked_at) WHERE parked_at IS NOT NULL;

-- What came for a run while it was being worked: it is read when the run waits again.
CREATE TABLE flows.early (
    run_id uuid NOT NULL,
    signal smallint NOT NULL,
    word   text NOT NULL,
    ref    uuid,
    at     timestamptz NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (run_id, number)
);

-- How often each exit was taken: in shards, so that busy workers do not wait for one row.
CREATE TABLE flows.tally (
    version_id integer NOT NULL,
    node       smallint NOT NULL,
    exit       smallint NOT NULL,
    shard      smallint NOT NULL,
    count      bigint NOT NULL,
    PRIMARY KEY (version_id, node, exit, shard)
) WITH (fillfactor = 60);

-- How many runs of a version ended how; on these a trial is judged.
CREATE TABLE flows.outcome (
    version_id integer NOT NULL,
    outcome    text NOT NULL,
    is_good    boolean NOT NULL,
    shard      smallint NOT NULL,
    count      bigint NOT NULL,
    PRIMARY KEY (version_id, outcome, is_good, shard)
) WITH (fillfactor = 60);

-- The archive of runs that are over.
CREATE TABLE flows.ended (
    id         uuid NOT NULL PRIMARY KEY,
    version_id integer NOT NULL,
    brand_id   integer NOT NULL,
    account_id uuid,
    outcome    text NOT NULL,
    path       bytea NOT NULL,
    ended_at   timestamptz NOT NULL
) PARTITION BY RANGE (id);

-- Tried ways that must come to the same end before each publish.
CREATE TABLE flows.tried (
    flow_id  uuid NOT NULL,
    name     text NOT NULL,
    script   text NOT NULL,
    outcome  text NOT NULL,
    messages text[] NOT NULL,
    PRIMARY KEY (flow_id, name)
);
