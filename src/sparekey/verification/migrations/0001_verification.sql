-- A challenge is its handle: one row whose counters outlive every resent code.
CREATE TABLE verification.verification (
    id            uuid PRIMARY KEY,
    brand_id      integer NOT NULL,
    purpose       text NOT NULL,
    channel       text NOT NULL,
    state         text NOT NULL,
    -- Whether a recovery of the same id owns it: then only that recovery's doors may touch it.
    is_owned      boolean NOT NULL,
    is_decoy      boolean NOT NULL,
    -- The proof: a code of so many characters, or a link (length 0).
    mac           bytea,
    code_length   smallint NOT NULL,
    alphabet      text NOT NULL,
    attempts      smallint NOT NULL,
    max_attempts  smallint NOT NULL,
    -- What a wrong guess costs, what they have cost so far, and who pays: the address first, then
    -- the accounts it could open (see guard).
    cost          bigint NOT NULL,
    charged       bigint NOT NULL,
    account_key   bytea NOT NULL,
    ledger_keys   bytea[] NOT NULL,
    shard         smallint NOT NULL,
    hold_slot     bigint NOT NULL,
    allowance     smallint NOT NULL,
    prefix_key    bytea,
    -- Destination and account as the caller named them, for resends and answers; wiped with the MAC.
    sealed        bytea,
    sends         smallint NOT NULL,
    -- When each of the ledgers had last closed challenges of this purpose as this one was issued.
    closings      timestamptz[] NOT NULL,
    expires_at    timestamptz NOT NULL,
    next_send_at  timestamptz NOT NULL,
    ended_at      timestamptz
) PARTITION BY RANGE (id);
