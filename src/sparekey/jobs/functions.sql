-- Queues a job in the caller's transaction; queueing the same id again changes nothing.
CREATE FUNCTION jobs.queue(
    id uuid, kind text, payload jsonb, due_at timestamptz, at timestamptz, lane smallint DEFAULT 0,
    tenant integer DEFAULT 0
) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO jobs.job (id, kind, payload, due_at, created_at, lane, tenant)
    VALUES (queue.id, queue.kind, queue.payload, queue.due_at, queue.at, queue.lane, queue.tenant)
    ON CONFLICT DO NOTHING;
$$;
