-- What the migrator applied, and which keys this database belongs to.

CREATE TABLE db.migration (
    package    text NOT NULL,
    number     integer NOT NULL,
    name       text NOT NULL,
    sha256     bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (package, number)
);

-- The functions.sql of each package as last applied.
CREATE TABLE db.functions (
    package    text PRIMARY KEY,
    sha256     bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- At most one row: the fingerprint of the index key that the rows here were made with.
CREATE TABLE db.installation (
    is_only_row           boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    index_key_fingerprint bytea NOT NULL,
    created_at            timestamptz NOT NULL DEFAULT now()
);
