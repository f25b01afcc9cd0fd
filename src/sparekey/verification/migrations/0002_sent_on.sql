-- Challenges whose code was sent on to another address of the account, by any of their addresses: when
-- the owner of one says NO by text, these end as well. Few are, so the index stays small and a start
-- never touches it.
CREATE INDEX verification_sent_on ON verification.verification USING gin (ledger_keys)
    WHERE cardinality(ledger_keys) > cardinality(closings);
