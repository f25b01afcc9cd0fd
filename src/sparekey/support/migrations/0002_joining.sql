-- While somebody's ticket is not solved, whatever else flows hand over about them joins it.
ALTER TABLE support.ticket
    -- Whom it is about, while it may be joined: an account, or what a stranger typed, under its key.
    ADD COLUMN party uuid,
    -- What it was handed over about, the first first; and how many runs did that.
    ADD COLUMN topics text[] NOT NULL DEFAULT '{}',
    ADD COLUMN runs integer NOT NULL DEFAULT 0;

-- Only flows have opened tickets until now. Of an account that has several, the oldest is joined.
UPDATE support.ticket SET topics = ARRAY[topic], runs = 1;
UPDATE support.ticket SET party = account_id
WHERE id IN (
    SELECT DISTINCT ON (brand_id, account_id) id FROM support.ticket
    WHERE account_id IS NOT NULL AND state IN ('open', 'waiting')
    ORDER BY brand_id, account_id, id
);

-- The one that is joined. What is solved has left this index: the next run opens another.
CREATE UNIQUE INDEX ticket_joined ON support.ticket (brand_id, party)
    WHERE state IN ('open', 'waiting');

-- The same run may hand over again, about the same, after its ticket was solved.
ALTER TABLE support.ticket DROP CONSTRAINT ticket_about_topic_key;

-- The runs that have not heard yet that their ticket is solved.
CREATE TABLE support.handed (
    ticket_id uuid NOT NULL REFERENCES support.ticket (id) ON DELETE CASCADE,
    run_id    uuid NOT NULL,
    PRIMARY KEY (ticket_id, run_id)
);
INSERT INTO support.handed (ticket_id, run_id)
SELECT id, about FROM support.ticket WHERE state IN ('open', 'waiting');
