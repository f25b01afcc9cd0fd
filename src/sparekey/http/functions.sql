-- Claims an idempotency key; inside another function's transaction, or on its own.
--
-- Returns NULL when the request is new: carry it out, then call http.keep_answer in the same
-- transaction (or, for a secret answer, http.withhold_answer). Otherwise returns
-- {"outcome": "replayed" | "mismatch" | "in_progress" | "withheld", "answer": …}: do nothing else.
-- With p_answer the answer is stored at once, when it is known beforehand.
--
-- Of simultaneous equal requests one inserts; the others wait for its transaction at the primary
-- key and then read what it kept. A claim that was never finished (its process died) is free
-- again after one minute, for the same body only.
CREATE FUNCTION http.claim_idempotency(
    p_key bytea, p_fingerprint bytea, p_at timestamptz, p_answer jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    kept http.idempotency;
BEGIN
    INSERT INTO http.idempotency AS prior
        (key, fingerprint, answer, is_done, created_at, expires_at)
    VALUES
        (p_key, p_fingerprint, p_answer, p_answer IS NOT NULL, p_at, p_at + interval '24 hours')
    ON CONFLICT (key) DO UPDATE
    SET fingerprint = excluded.fingerprint,
        answer = excluded.answer,
        is_done = excluded.is_done,
        created_at = excluded.created_at,
        expires_at = excluded.expires_at
    WHERE prior.expires_at <= p_at
        OR (NOT prior.is_done
            AND prior.fingerprint = excluded.fingerprint
            AND prior.created_at <= p_at - interval '1 minute');
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO STRICT kept FROM http.idempotency WHERE key = p_key;
    RETURN CASE
        WHEN kept.fingerprint <> p_fingerprint THEN jsonb_build_object('outcome', 'mismatch')
        WHEN NOT kept.is_done THEN jsonb_build_object('outcome', 'in_progress')
        WHEN kept.answer IS NULL THEN jsonb_build_object('outcome', 'withheld')
        ELSE jsonb_build_object('outcome', 'replayed', 'answer', kept.answer)
    END;
END $$;

-- Stores the answer of a claimed request.
CREATE FUNCTION http.keep_answer(p_key bytea, p_answer jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE http.idempotency SET answer = p_answer, is_done = true WHERE key = p_key;
$$;

-- Marks a claimed request as carried out without storing its answer.
CREATE FUNCTION http.withhold_answer(p_key bytea) RETURNS void LANGUAGE sql AS $$
    UPDATE http.idempotency SET answer = NULL, is_done = true WHERE key = p_key;
$$;

-- Whether a request of this key was claimed before: repeating it costs no allowance.
CREATE FUNCTION http.is_claimed(p_key bytea, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM http.idempotency AS prior
        WHERE prior.key = p_key AND prior.expires_at > p_at);
$$;
