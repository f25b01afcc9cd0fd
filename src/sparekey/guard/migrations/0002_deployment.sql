-- How many accounts there are to spray at, as last counted: what a code's shortest length goes by.
CREATE TABLE guard.deployment (
    is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    accounts    bigint NOT NULL
);

INSERT INTO guard.deployment (accounts) VALUES (0);
