-- For whom a job is done: of the lane where others' systems say how long it takes, nobody has all the seats.

ALTER TABLE jobs.job ADD COLUMN tenant integer NOT NULL DEFAULT 0;

-- That lane (2) is claimed in turn: one step of this index is one tenant, however much it has waiting.
CREATE INDEX job_in_turn ON jobs.job (tenant, due_at, id) WHERE lane = 2 AND parked_at IS NULL;
