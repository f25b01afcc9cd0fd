-- Adds an event to the journal in the caller's transaction. Reactions are declared in Python and
-- run only for events appended there: a kind that something reacts to is not appended from SQL.
CREATE FUNCTION events.append(
    id uuid, at timestamptz, brand_id bigint, kind text, subject uuid, data jsonb
) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO events.event (id, at, brand_id, kind, subject, data)
    VALUES (append.id, append.at, append.brand_id, append.kind, append.subject, append.data);

    INSERT INTO events.unsealed (event_id) VALUES (append.id);
$$;
