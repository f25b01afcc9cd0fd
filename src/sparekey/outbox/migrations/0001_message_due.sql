-- The archive of messages. `sealed` holds the variables until the first final outcome.
CREATE TABLE outbox.message (
    id          uuid PRIMARY KEY,
    brand_id    integer NOT NULL,
    about       uuid,
    channel     text NOT NULL,
    template    text NOT NULL,
    locale      text NOT NULL,
    state       text NOT NULL,
    is_decoy    boolean NOT NULL,
    code_length smallint NOT NULL,
    sealed      bytea,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    sent_at     timestamptz,
    ended_at    timestamptz,
    gateway     text,
    failure     text
) PARTITION BY RANGE (id);

-- The queue: one row while a message waits, gone at hand-over. `attempts` is the fencing token.
CREATE TABLE outbox.due (
    message_id uuid PRIMARY KEY,
    due_at     timestamptz NOT NULL,
    attempts   integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

CREATE INDEX due_at ON outbox.due (due_at);
