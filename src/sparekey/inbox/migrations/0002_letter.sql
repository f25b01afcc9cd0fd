-- Mail that arrived at the address of one of our messages, whole and sealed, until it has been read: a
-- queue. A row without `due_at` could not be read and waits a week for somebody to look at it.
CREATE TABLE inbox.letter (
    id          uuid PRIMARY KEY,
    message_id  uuid NOT NULL,
    purpose     text NOT NULL CHECK (purpose IN ('bounce', 'reply')),
    sealed      bytea NOT NULL,
    received_at timestamptz NOT NULL,
    due_at      timestamptz,
    attempts    integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX letter_due ON inbox.letter (due_at) WHERE due_at IS NOT NULL;
