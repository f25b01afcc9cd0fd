-- The configured connections of live brands. `sealed` holds a gateway's settings: passwords and
-- private keys are among them. The second key column keeps every gateway away from sandboxes, for
-- ever: a sandbox brand never turns into a live one.
CREATE TABLE gateways.gateway (
    id uuid PRIMARY KEY,
    brand_id integer NOT NULL,
    is_sandbox boolean NOT NULL DEFAULT false CHECK (NOT is_sandbox),
    name text NOT NULL CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    kind text NOT NULL,
    channels text[] NOT NULL CHECK (cardinality(channels) > 0),
    sealed bytea NOT NULL,
    is_on boolean NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (brand_id, name),
    FOREIGN KEY (brand_id, is_sandbox) REFERENCES brands.brand (id, is_sandbox)
);
