-- Two lanes: what only takes our own time (0), and what waits for somebody outside (1). A claim reads one
-- of them from its oldest row on, however long the other is and however slow they are there.
ALTER TABLE jobs.job ADD COLUMN lane smallint NOT NULL DEFAULT 0;

DROP INDEX jobs.job_due;
CREATE INDEX job_due ON jobs.job (lane, due_at, id) WHERE parked_at IS NULL;
