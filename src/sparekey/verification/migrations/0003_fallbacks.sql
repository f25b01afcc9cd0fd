-- The message that carries the present code: what falls back does so from this one, once. After a
-- fallback the code before it lives on for a while. `tally_key` is the number's prefix, for counting
-- which texts end in a proof.
ALTER TABLE verification.verification
    ADD COLUMN message_id uuid,
    ADD COLUMN earlier_mac bytea,
    ADD COLUMN earlier_length smallint,
    ADD COLUMN earlier_until timestamptz,
    ADD COLUMN tally_key bytea;
