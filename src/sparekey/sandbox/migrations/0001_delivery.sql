-- What the phones and mailboxes of sandbox brands received. Decoys are kept and never shown.
CREATE TABLE sandbox.delivery (
    id         uuid PRIMARY KEY,
    brand_id   integer NOT NULL,
    to_key     bytea NOT NULL,
    is_dropped boolean NOT NULL,
    channel    text NOT NULL,
    sender     text NOT NULL,
    address    text NOT NULL,
    subject    text,
    text       text NOT NULL,
    html       text,
    sent_at    timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.1);

CREATE INDEX delivery_inbox ON sandbox.delivery (brand_id, to_key, id);

-- What was typed on those phones and in those mailboxes.
CREATE TABLE sandbox.reply (
    id         uuid PRIMARY KEY,
    brand_id   integer NOT NULL,
    sender     text NOT NULL,
    recipient  text NOT NULL,
    text       text NOT NULL,
    created_at timestamptz NOT NULL
);
