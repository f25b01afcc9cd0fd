-- Answers of creating requests, kept so that a repeated request is answered and not repeated.
--
-- Key and fingerprint are MACs: a dump tells neither what a caller sends nor lets anybody try
-- bodies against it. An answer that holds a secret is never stored: the row then only says that
-- the request was carried out.
CREATE TABLE http.idempotency (
    key bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    answer jsonb,
    is_done boolean NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 90);

-- Rows arrive in the order of their expiry, so the sweep finds them by block ranges; a b-tree
-- would cost every creating request an insert.
CREATE INDEX idempotency_expires ON http.idempotency USING brin (expires_at);
