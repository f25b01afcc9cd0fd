-- Keeps a message and makes it due, in the transaction of whatever asked for it.
CREATE FUNCTION outbox.enqueue(
    p_id uuid, p_at timestamptz, p_brand integer, p_about uuid, p_channel text, p_template text,
    p_locale text, p_words_version integer, p_is_decoy boolean, p_code_length smallint,
    p_sealed bytea, p_expires_at timestamptz
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO outbox.message (id, brand_id, about, channel, template, locale, words_version,
        state, is_decoy, code_length, sealed, created_at, expires_at)
    VALUES (p_id, p_brand, p_about, p_channel, p_template, p_locale, p_words_version,
        'queued', p_is_decoy, p_code_length, p_sealed, p_at, p_expires_at);
    INSERT INTO outbox.due (message_id, due_at) VALUES (p_id, p_at);
$$;

-- Claims due messages under a lease. A message whose worker had begun to hand it over when it died
-- comes back with `was_begun`: it may have gone. Messages past their time come back, to be closed.
CREATE FUNCTION outbox.claim(p_at timestamptz, p_until timestamptz, p_limit integer)
RETURNS TABLE (id uuid, fence integer, brand_id integer, about uuid, channel text, template text,
    locale text, words_version integer, is_decoy boolean, code_length smallint, sealed bytea,
    expires_at timestamptz, was_begun boolean)
LANGUAGE sql AS $$
    WITH claimed AS (
        UPDATE outbox.due AS d SET due_at = p_until, attempts = d.attempts + 1
        WHERE d.message_id = ANY (ARRAY(
            SELECT w.message_id FROM outbox.due AS w WHERE w.due_at <= p_at
            ORDER BY w.due_at LIMIT p_limit FOR UPDATE SKIP LOCKED))
        RETURNING d.message_id, d.attempts
    )
    SELECT m.id, claimed.attempts, m.brand_id, m.about, m.channel, m.template, m.locale,
        m.words_version, m.is_decoy, m.code_length, m.sealed, m.expires_at, m.state = 'sending'
    FROM claimed JOIN outbox.message AS m ON m.id = claimed.message_id;
$$;

-- Writes down that these are being handed over from now on, and tells which of them: whoever has
-- lost a lease must not send. The lease begins anew, so a claim at the same moment either comes
-- first, and the fence differs, or finds the message not due; it never reads a state of before.
CREATE FUNCTION outbox.begin(p_ids uuid[], p_fences integer[], p_until timestamptz)
RETURNS SETOF uuid LANGUAGE sql AS $$
    WITH held AS (
        UPDATE outbox.due AS d SET due_at = p_until
        FROM unnest(p_ids, p_fences) AS h (id, fence)
        WHERE d.message_id = h.id AND d.attempts = h.fence
        RETURNING d.message_id
    )
    UPDATE outbox.message AS m SET state = 'sending'
    FROM held WHERE m.id = held.message_id
    RETURNING m.id;
$$;

-- Writes down what came of claimed messages, many at a time. An outcome whose fencing token is no
-- longer the row's changes nothing. A message that waits again is queued and keeps what it seals.
-- That the ids lie between the first and the last of them says nothing new, but it tells the
-- planner which partitions to open; without it every settlement opens them all.
CREATE FUNCTION outbox.settle(
    p_at timestamptz, p_ids uuid[], p_fences integer[], p_states text[], p_due_at timestamptz[],
    p_gateways text[], p_failures text[]
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_ids uuid[];
BEGIN
    WITH outcome AS (
        SELECT * FROM unnest(p_ids, p_fences, p_states, p_due_at) AS o (id, fence, state, due_at)
    ), again AS (
        UPDATE outbox.due AS d SET due_at = o.due_at FROM outcome AS o
        WHERE d.message_id = o.id AND d.attempts = o.fence AND o.state = 'queued'
        RETURNING d.message_id
    ), gone AS (
        DELETE FROM outbox.due AS d USING outcome AS o
        WHERE d.message_id = o.id AND d.attempts = o.fence AND o.state <> 'queued'
        RETURNING d.message_id
    )
    SELECT array_agg(held.message_id ORDER BY held.message_id) INTO v_ids
    FROM (SELECT message_id FROM again UNION ALL SELECT message_id FROM gone) AS held;
    UPDATE outbox.message AS m
    SET state = o.state, gateway = coalesce(o.gateway, m.gateway), failure = o.failure,
        sealed = CASE WHEN o.state = 'queued' THEN m.sealed END,
        sent_at = CASE WHEN o.state = 'sent' THEN p_at ELSE m.sent_at END,
        ended_at = CASE WHEN o.state NOT IN ('queued', 'sent') THEN p_at END
    FROM unnest(p_ids, p_states, p_gateways, p_failures) AS o (id, state, gateway, failure)
    WHERE m.id = o.id AND m.id = ANY (v_ids)
        AND m.id BETWEEN v_ids[1] AND v_ids[cardinality(v_ids)];
END $$;
