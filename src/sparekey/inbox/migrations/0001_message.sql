-- What customers sent us, sealed: from whom, to what, and the words. `kind` is what it was taken for;
-- `about` is the message of ours that it answers, when its address proves which. Kept for support.
CREATE TABLE inbox.message (
    id          uuid PRIMARY KEY,
    brand_id    integer NOT NULL,
    gateway_id  uuid,
    channel     text NOT NULL,
    kind        text NOT NULL,
    about       uuid,
    ref_key     bytea,
    sealed      bytea NOT NULL,
    received_at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.1);

-- What a provider delivers twice is one message: whoever inserts first acts on it.
CREATE UNIQUE INDEX message_ref ON inbox.message (ref_key) WHERE ref_key IS NOT NULL;
