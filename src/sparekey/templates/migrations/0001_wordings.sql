-- How often a brand has changed its words. Whoever changes them counts first, so the lock of this
-- row puts simultaneous changes in order: what is below a version never changes any more.
CREATE TABLE templates.book (
    brand_id integer PRIMARY KEY,
    version  integer NOT NULL
);

-- One template's words in one language as a brand saved them, from this version on. Rows are only
-- added. Words that are all NULL take back the brand's: from then on ours are used again.
CREATE TABLE templates.wording (
    brand_id integer NOT NULL,
    version  integer NOT NULL,
    template text NOT NULL,
    locale   text NOT NULL,
    sms      text,
    subject  text,
    body     text,
    mjml     text,
    saved_by uuid,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, version),
    CHECK ((subject IS NULL) = (body IS NULL) AND (body IS NULL) = (mjml IS NULL))
);
