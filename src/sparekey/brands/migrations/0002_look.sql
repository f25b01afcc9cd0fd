-- How a brand looks on the pages its customers see. The colour is the one a theme is made from.
ALTER TABLE brands.brand
    ADD COLUMN colour text CHECK (colour ~ '^#[0-9a-f]{6}$'),
    ADD COLUMN privacy_url text,
    -- For people without script; with it a page says times in the reader's own zone.
    ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';

-- Beside the brand, because brands are read all day and pictures once. Already made harmless.
CREATE TABLE brands.logo (
    brand_id integer PRIMARY KEY REFERENCES brands.brand,
    digest text NOT NULL,
    media_type text NOT NULL CHECK (media_type IN ('image/svg+xml', 'image/png')),
    content bytea NOT NULL
);

-- A page names a logo by its content.
CREATE INDEX logo_digest ON brands.logo (digest);
