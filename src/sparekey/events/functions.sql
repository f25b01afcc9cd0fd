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

-- The same for many subjects at once: one event without data for each.
CREATE FUNCTION events.append_each(
    ids uuid[], at timestamptz, brand_id bigint, kind text, subjects uuid[]
) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO events.event (id, at, brand_id, kind, subject, data)
    SELECT n.id, append_each.at, append_each.brand_id, append_each.kind, n.subject, '{}'::jsonb
    FROM unnest(append_each.ids, append_each.subjects) AS n (id, subject);

    INSERT INTO events.unsealed (event_id) SELECT unnest(append_each.ids);
$$;
