-- Work that waits: a queue that keeps few rows and changes them often.

CREATE TABLE jobs.job (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    payload         jsonb NOT NULL,
    due_at          timestamptz NOT NULL,           -- while it is claimed: when the lease ends
    attempts        integer NOT NULL DEFAULT 0,
    fence           integer NOT NULL DEFAULT 0,     -- grows with each claim; an older one is void
    parked_at       timestamptz,                    -- given up: kept and shown until a person decides
    last_error_code text,
    created_at      timestamptz NOT NULL
) WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
);

-- The claim reads from here, oldest first; millions of later rows cost it nothing.
CREATE INDEX job_due ON jobs.job (due_at, id) WHERE parked_at IS NULL;

-- What happens at set times: each due row queues a job of its name.
CREATE TABLE jobs.schedule (
    name    text PRIMARY KEY,
    cron    text NOT NULL,
    next_at timestamptz NOT NULL,
    job_id  uuid                                    -- the last one queued; two never overlap
);
