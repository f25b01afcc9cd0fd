-- Whose accounts they are, what their owners type, where they can be reached, and what changed.

CREATE TABLE accounts.account (
    id                  uuid PRIMARY KEY,
    brand_id            integer NOT NULL,
    ref                 text NOT NULL,          -- the company's own id
    key                 bytea NOT NULL CHECK (length(key) = 16),  -- of brand and ref: survives deletion
    status              text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    status_reason       text,
    locked_at           timestamptz,            -- a person's lock, never a counter's
    lock_reason         text,
    username            text,
    name                text,
    locale              text,
    customer_number     text,
    second_factor       boolean NOT NULL DEFAULT false,
    password_hash       text,
    must_change         boolean NOT NULL DEFAULT false,
    password_changed_at timestamptz,
    recoverable_from    timestamptz NOT NULL,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    UNIQUE (brand_id, ref)
);

-- What a person may type. One key may belong to several accounts: then it names nobody.
-- kind orders trust: 1 email, 2 phone, 3 customer number, 4 username (the only self-chosen one).
CREATE TABLE accounts.identifier (
    account_id uuid NOT NULL REFERENCES accounts.account ON DELETE CASCADE,
    brand_id   integer NOT NULL,
    kind       smallint NOT NULL CHECK (kind BETWEEN 1 AND 4),
    key        bytea NOT NULL CHECK (length(key) = 16),
    PRIMARY KEY (account_id, kind, key)
);
CREATE INDEX identifier_typed ON accounts.identifier (brand_id, key);

-- One change of an existing account's addresses: for 72 hours it can be confirmed or undone.
CREATE TABLE accounts.change (
    id         uuid PRIMARY KEY,
    number     bigint NOT NULL GENERATED ALWAYS AS IDENTITY,  -- the order, also within a millisecond
    account_id uuid NOT NULL REFERENCES accounts.account ON DELETE CASCADE,
    made_at    timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    outcome    text CHECK (outcome IN ('confirmed', 'undone')),
    settled_at timestamptz
);
CREATE INDEX change_account ON accounts.change (account_id, number);
CREATE INDEX change_ends ON accounts.change (ends_at);

-- A retired address stays for 72 hours, to be told and to be restored.
CREATE TABLE accounts.address (
    id          uuid PRIMARY KEY,
    number      bigint NOT NULL GENERATED ALWAYS AS IDENTITY,  -- the order in which they were told
    account_id  uuid NOT NULL REFERENCES accounts.account ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('email', 'phone')),
    sealed      bytea NOT NULL,                 -- the value, bound to this id
    key         bytea NOT NULL CHECK (length(key) = 16),
    verified_at timestamptz,
    usable_from timestamptz NOT NULL,           -- for recovery
    added_by    uuid REFERENCES accounts.change ON DELETE SET NULL,
    added_at    timestamptz NOT NULL,
    retired_by  uuid REFERENCES accounts.change ON DELETE SET NULL,
    retired_at  timestamptz
);
-- Two writers cannot give an account the same address twice.
CREATE UNIQUE INDEX address_current ON accounts.address (account_id, key) WHERE retired_at IS NULL;
CREATE INDEX address_account ON accounts.address (account_id);
CREATE INDEX address_added_by ON accounts.address (added_by) WHERE added_by IS NOT NULL;
CREATE INDEX address_retired_by ON accounts.address (retired_by) WHERE retired_by IS NOT NULL;
CREATE INDEX address_retired ON accounts.address (retired_at) WHERE retired_at IS NOT NULL;

-- What an old address is told about a change. The sealed token goes once the notice is queued.
CREATE TABLE accounts.notice (
    id           uuid PRIMARY KEY,
    change_id    uuid NOT NULL REFERENCES accounts.change ON DELETE CASCADE,
    address_id   uuid NOT NULL REFERENCES accounts.address ON DELETE CASCADE,
    token_mac    bytea NOT NULL UNIQUE CHECK (length(token_mac) = 32),
    sealed_token bytea
);
CREATE INDEX notice_change ON accounts.notice (change_id);
CREATE INDEX notice_address ON accounts.notice (address_id);

-- A browser in which this account's owner was recognised before; the token is in its cookie.
CREATE TABLE accounts.device (
    token_mac  bytea PRIMARY KEY CHECK (length(token_mac) = 32),
    account_id uuid NOT NULL REFERENCES accounts.account ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX device_account ON accounts.device (account_id);
CREATE INDEX device_expires ON accounts.device (expires_at);

-- That an account existed, without saying which: made again, it waits 72 hours.
CREATE TABLE accounts.tombstone (
    key        bytea PRIMARY KEY CHECK (length(key) = 16),
    deleted_at timestamptz NOT NULL
);
