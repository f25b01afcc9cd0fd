-- A flow that is started for many accounts, so many an hour: how far it has come.
CREATE TABLE nodes.audience (
    id         uuid PRIMARY KEY,
    brand_id   integer NOT NULL,
    flow       text NOT NULL,
    per_hour   integer NOT NULL CHECK (per_hour > 0),
    filter     jsonb,                       -- NULL: those of a list, in `nodes.invited`
    state      text NOT NULL,
    expected   bigint NOT NULL,             -- counted when it was made
    begun      bigint NOT NULL DEFAULT 0,
    spared     bigint NOT NULL DEFAULT 0,   -- unknown, held, or in as many flows as one may be
    turn       integer NOT NULL DEFAULT 0,  -- a batch is done by whoever moves this on
    last       uuid,                        -- the account up to which a filter was followed
    made_at    timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX audience_of_brand ON nodes.audience (brand_id, id);

-- The company's own ids of a list that are still to come.
CREATE TABLE nodes.invited (
    audience_id uuid NOT NULL REFERENCES nodes.audience (id) ON DELETE CASCADE,
    number      bigint NOT NULL,
    ref         text NOT NULL,
    PRIMARY KEY (audience_id, number)
);
