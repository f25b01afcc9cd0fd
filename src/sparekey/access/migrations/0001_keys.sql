-- API keys of brands. The key itself is shown once and never stored: `hash` is its SHA-256, which
-- is enough for a random key of 190 bits and can be looked up by its index.
CREATE TABLE access.api_key (
    id uuid PRIMARY KEY,
    brand_id integer NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes text[] NOT NULL,
    is_test boolean NOT NULL,
    per_minute integer NOT NULL CHECK (per_minute BETWEEN 1 AND 6000000),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    -- A sandbox has test keys only and a live brand live keys only, for ever on both sides.
    FOREIGN KEY (brand_id, is_test) REFERENCES brands.brand (id, is_sandbox)
);

CREATE INDEX api_key_brand ON access.api_key (brand_id);

-- The request rate of a key: one row, touched once for a whole block of requests that a process
-- leases, never once per request. `full_at` is the moment at which the quota is whole again.
CREATE TABLE access.key_rate (
    key_id uuid PRIMARY KEY REFERENCES access.api_key (id) ON DELETE CASCADE,
    full_at timestamptz NOT NULL
) WITH (fillfactor = 60);
