-- Tombstones go after a year.
CREATE INDEX tombstone_deleted ON accounts.tombstone (deleted_at);

-- Whom to tell that an account is gone: kept in the deletion's transaction, until it is told.
CREATE TABLE accounts.farewell (
    address_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    locale     text,
    kind       text NOT NULL CHECK (kind IN ('email', 'phone')),
    sealed     bytea NOT NULL,                  -- as it was in accounts.address, bound to its id
    deleted_at timestamptz NOT NULL
);
CREATE INDEX farewell_account ON accounts.farewell (account_id);
