-- Which mails of a mailbox were kept, by a MAC of the mailbox, the mail's number in it and whom it is
-- for. Several workers look into one mailbox, and one may die between keeping a mail and marking it:
-- whoever inserts first keeps it.
CREATE TABLE inbox.fetched (
    key bytea PRIMARY KEY,
    at  timestamptz NOT NULL
);

CREATE INDEX fetched_at ON inbox.fetched (at);

-- What could not be read waits for a person, and is counted again and again.
CREATE INDEX letter_aside ON inbox.letter (id) WHERE due_at IS NULL;
