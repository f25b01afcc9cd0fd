-- One person's way back in. Its challenge, once issued, is the verification of the same id.
CREATE TABLE recovery.recovery (
    id               uuid PRIMARY KEY,
    brand_id         integer NOT NULL,
    state            text NOT NULL,
    -- What was typed and from which browser; wiped when it has been looked up, found or not.
    asked            bytea,
    typed_key        bytea NOT NULL,
    channel          text,
    locale           text,
    return_url       text,
    -- Whom the worker found: nobody, for a stranger, under a key of its own all the same.
    account_id       uuid,
    account_key      bytea,
    next_send_at     timestamptz NOT NULL,
    -- The grant: a MAC, and how far it has been used.
    grant_state      text NOT NULL,
    grant_mac        bytea,
    grant_expires_at timestamptz,
    grant_lease      timestamptz,
    grant_fence      integer NOT NULL DEFAULT 0,
    requested_at     timestamptz NOT NULL,
    proven_at        timestamptz,
    ended_at         timestamptz,
    expires_at       timestamptz NOT NULL
) PARTITION BY RANGE (id);
