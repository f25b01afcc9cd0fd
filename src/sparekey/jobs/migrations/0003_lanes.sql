-- What a crowd can pile up, or somebody else's system holds up, waits in a lane of its own.

ALTER TABLE jobs.job ADD COLUMN lane smallint NOT NULL DEFAULT 0;

DROP INDEX jobs.job_due;

-- The claim reads from here, oldest first; millions of later rows, and other lanes', cost it nothing.
CREATE INDEX job_due ON jobs.job (lane, due_at, id) WHERE parked_at IS NULL;
