-- Those that were given up are counted again and again, however many others wait.
CREATE INDEX job_parked ON jobs.job (parked_at) WHERE parked_at IS NOT NULL;
