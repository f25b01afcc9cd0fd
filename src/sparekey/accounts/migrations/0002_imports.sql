-- How far the import of one file has come, so that one that was killed can go on; a row goes when
-- its import is through, or a month after its last batch.
CREATE TABLE accounts.import_position (
    key  bytea PRIMARY KEY CHECK (length(key) = 16),  -- of the brand and the file's digest
    line bigint NOT NULL,
    at   timestamptz NOT NULL
);
