-- Cases for a person. One thing opens one ticket of a topic: coming back to it opens it again.
CREATE TABLE support.ticket (
    id         uuid PRIMARY KEY,
    brand_id   integer NOT NULL,
    account_id uuid,
    about      uuid NOT NULL,
    topic      text NOT NULL,
    state      text NOT NULL,
    opened_at  timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (about, topic)
);

-- A list of a brand's tickets is read from here, the youngest first, of one state or of all.
CREATE INDEX ticket_of_brand ON support.ticket (brand_id, id);
CREATE INDEX ticket_solved ON support.ticket (changed_at) WHERE state = 'solved';

-- What was said, sealed for its own row.
CREATE TABLE support.message (
    id        uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES support.ticket (id) ON DELETE CASCADE,
    author    text NOT NULL,
    source    uuid,
    sealed    bytea NOT NULL,
    at        timestamptz NOT NULL
);

CREATE INDEX message_of_ticket ON support.message (ticket_id, id);
