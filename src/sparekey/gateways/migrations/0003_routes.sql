-- How messages find their way: in which order gateways are tried, under which conditions, from
-- whom, at which price, and what is stopped. `is_silent` says that receipts stay away that used to
-- come.
ALTER TABLE gateways.gateway
    ADD COLUMN per_second integer CHECK (per_second > 0),
    ADD COLUMN has_reported boolean NOT NULL DEFAULT false,
    ADD COLUMN is_silent boolean NOT NULL DEFAULT false;

-- Gateways of one place share the messages by weight; those without a place come after all others,
-- the oldest first. An empty condition fits everything.
CREATE TABLE gateways.route (
    gateway_id uuid NOT NULL REFERENCES gateways.gateway ON DELETE CASCADE,
    channel text NOT NULL,
    place integer CHECK (place BETWEEN 1 AND 1000),
    weight integer NOT NULL CHECK (weight BETWEEN 1 AND 1000),
    countries text[] NOT NULL,
    prefixes text[] NOT NULL,
    purposes text[] NOT NULL,
    PRIMARY KEY (gateway_id, channel)
);

-- What one part of a message costs, in millionths of the brand's currency; the longest prefix wins.
CREATE TABLE gateways.price (
    gateway_id uuid NOT NULL REFERENCES gateways.gateway ON DELETE CASCADE,
    prefix text NOT NULL CHECK (prefix ~ '^[0-9]{0,15}$'),
    micros bigint NOT NULL CHECK (micros >= 0),
    PRIMARY KEY (gateway_id, prefix)
);

-- From whom a brand's messages come, by country ('*': any other) and, where it differs, by gateway.
CREATE TABLE gateways.sender (
    brand_id integer NOT NULL REFERENCES brands.brand,
    gateway_id uuid REFERENCES gateways.gateway ON DELETE CASCADE,
    channel text NOT NULL,
    country text NOT NULL CHECK (country = '*' OR country ~ '^[A-Z]{2}$'),
    sender text NOT NULL,
    can_reply boolean NOT NULL CHECK (NOT can_reply OR sender ~ '^[+]?[0-9]+$'),
    UNIQUE NULLS NOT DISTINCT (brand_id, gateway_id, channel, country)
);

-- What a brand spends at most in a day, per country and ('*') altogether; `reserve` is the part of
-- it that only an owner's own doors may use.
CREATE TABLE gateways.budget (
    brand_id integer NOT NULL REFERENCES brands.brand,
    country text NOT NULL CHECK (country = '*' OR country ~ '^[A-Z]{2}$'),
    per_day bigint NOT NULL CHECK (per_day >= 0),
    reserve bigint NOT NULL CHECK (reserve BETWEEN 0 AND per_day),
    PRIMARY KEY (brand_id, country)
);

-- In which money a brand counts, and after how many seconds without a confirmed delivery its next
-- channel is tried (0: never).
CREATE TABLE gateways.terms (
    brand_id integer PRIMARY KEY REFERENCES brands.brand,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    fall_back_seconds integer NOT NULL CHECK (fall_back_seconds BETWEEN 0 AND 600)
);

-- Templates that a brand sends nothing of until somebody lifts the stop.
CREATE TABLE gateways.stop (
    brand_id integer NOT NULL REFERENCES brands.brand,
    template text NOT NULL,
    stopped_at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, template)
);
