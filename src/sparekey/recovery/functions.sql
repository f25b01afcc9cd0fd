-- Keeps what was asked and has it looked up later, in one statement that looks nobody up.
-- Refuses only what its caller can see anyway: its network's and its own typing's limits, a pause
-- (`p_pause_key` is NULL for what a pause leaves open: links, and browsers that may be known).
CREATE FUNCTION recovery.request(
    p_id uuid, p_at timestamptz, p_brand integer, p_asked bytea, p_typed_key bytea,
    p_pause_key bytea, p_channel text, p_locale text, p_return_url text, p_expires_at timestamptz,
    p_next_send_at timestamptz, p_job uuid, p_rate_keys bytea[], p_rate_every interval[],
    p_rate_burst interval[], p_idempotency_key bytea, p_idempotency_mac bytea, p_lane smallint,
    OUT verdict text, OUT id uuid, OUT expires_at timestamptz, OUT retry_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_admitted record;
BEGIN
    SELECT * INTO v_admitted FROM guard.admit(p_at, p_rate_keys, p_rate_every, p_rate_burst,
        p_pause_key, p_id, p_idempotency_key, p_idempotency_mac);
    IF v_admitted.verdict IS NOT NULL THEN
        verdict := v_admitted.verdict;
        id := v_admitted.id;
        retry_at := v_admitted.retry_at;
        IF verdict = 'replayed' THEN
            SELECT r.expires_at INTO expires_at
            FROM recovery.recovery AS r WHERE r.id = v_admitted.id;
        END IF;
        RETURN;
    END IF;
    id := p_id;
    expires_at := p_expires_at;
    INSERT INTO recovery.recovery (id, brand_id, state, asked, typed_key, channel, locale,
        return_url, next_send_at, grant_state, requested_at, expires_at)
    VALUES (p_id, p_brand, 'requested', p_asked, p_typed_key, p_channel, p_locale, p_return_url,
        p_next_send_at, 'none', p_at, p_expires_at);
    PERFORM jobs.queue(p_job, 'recovery.resolve', jsonb_build_object('recovery', p_id), p_at, p_at,
        p_lane);
    verdict := 'requested';
END $$;

-- Evaluates a proof and opens the grant, in one round trip; one winner, as the challenge has.
-- The flow's run is locked first, then the recovery's row, everywhere; then the challenge locks as it
-- does. The run hears what became of the proof in the same transaction.
CREATE FUNCTION recovery.prove(
    p_id uuid, p_brand integer, p_at timestamptz, p_macs bytea[], p_length smallint,
    p_grant_mac bytea, p_grant_expires_at timestamptz,
    OUT verdict text, OUT typed_key bytea, OUT account_key bytea, OUT is_decoy boolean
) LANGUAGE plpgsql AS $$
DECLARE
    v_row  recovery.recovery;
    v_left smallint;
BEGIN
    PERFORM flows.hold(p_id);
    SELECT * INTO v_row FROM recovery.recovery AS r
    WHERE r.id = p_id AND r.brand_id = p_brand FOR UPDATE;
    typed_key := v_row.typed_key;
    account_key := v_row.account_key;
    -- Of a recovery that was called off, a link that was not called off with it still proves.
    IF v_row.id IS NULL OR v_row.expires_at <= p_at
        OR NOT (v_row.state = 'requested' OR (v_row.state = 'denied' AND p_length = 0)) THEN
        verdict := 'closed';
        RETURN;
    END IF;
    SELECT c.verdict, c.is_decoy, c.attempts_left INTO verdict, is_decoy, v_left
    FROM verification.check(p_id, p_brand, true, p_at, p_macs, p_length) AS c;
    IF verdict = 'right' THEN
        UPDATE recovery.recovery AS r
        SET state = 'proven', grant_state = 'open', grant_mac = p_grant_mac,
            grant_expires_at = p_grant_expires_at,
            proven_at = greatest(p_at, recovery.closed_at(v_row.account_key))
        WHERE r.id = p_id;
    END IF;
    -- 4: its link was opened; 8: its code was checked. Wrong tokens of a link are not counted.
    IF verdict = 'right' OR (verdict = 'wrong' AND p_length > 0) THEN
        PERFORM flows.hear(p_id, CASE WHEN p_length = 0 THEN 4 ELSE 8 END::smallint,
            CASE WHEN verdict = 'right' THEN 'proven' WHEN v_left = 0 THEN 'exhausted'
                ELSE 'wrong' END, NULL, p_at);
    END IF;
END $$;

-- Whether a link's token would prove at `p_at`; for a page that tells before a password is typed.
CREATE FUNCTION recovery.link_stands(
    p_id uuid, p_brand integer, p_at timestamptz, p_macs bytea[]
) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM recovery.recovery AS r
        WHERE r.id = p_id AND r.brand_id = p_brand AND r.expires_at > p_at
            AND r.state IN ('requested', 'denied'))
        AND verification.link_stands(p_id, p_brand, p_at, p_macs);
$$;

-- When the account's recoveries were last closed: by a proof, or by a new password at any door.
CREATE FUNCTION recovery.closed_at(p_account_key bytea) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT l.closed_at[verification.kind('recovery')] FROM guard.ledger AS l
    WHERE l.key = p_account_key;
$$;

-- Ends a recovery whose grant is being used; false when it is not, or when the account was closed
-- after the proof. The ledger's lock lets one of several grants win.
CREATE FUNCTION recovery.complete(p_id uuid, p_fence integer, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_row recovery.recovery;
BEGIN
    UPDATE recovery.recovery AS r
    SET state = 'completed', grant_state = 'used', grant_mac = NULL, ended_at = p_at
    WHERE r.id = p_id AND r.state = 'proven' AND r.grant_state = 'completing'
        AND r.grant_fence = p_fence
    RETURNING * INTO v_row;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.lock_ledgers(ARRAY[v_row.account_key], verification.kind('recovery'));
    RETURN v_row.proven_at >= coalesce(recovery.closed_at(v_row.account_key), '-infinity');
END $$;

-- Calls one recovery off, and its challenge with it; the state it is in afterwards. By its id
-- alone (`p_by_token` false) the day's reserved link goes on working, and so does the grant that it
-- earned: it is the owner's, whoever caused it. The answer does not tell.
CREATE FUNCTION recovery.deny(
    p_id uuid, p_brand integer, p_by_token boolean, p_at timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_state text;
BEGIN
    IF NOT p_by_token AND verification.is_reserved(p_id, p_brand) AND EXISTS (
        SELECT FROM recovery.recovery AS r
        WHERE r.id = p_id AND r.brand_id = p_brand AND r.state = 'proven' AND r.expires_at > p_at)
    THEN
        RETURN 'denied';
    END IF;
    UPDATE recovery.recovery AS r
    SET state = 'denied', ended_at = p_at, asked = NULL,
        grant_state = CASE WHEN r.grant_state = 'none' THEN 'none' ELSE 'used' END
    WHERE r.id = p_id AND r.brand_id = p_brand AND r.state IN ('requested', 'proven')
        AND r.expires_at > p_at
    RETURNING r.state INTO v_state;
    IF FOUND THEN
        IF p_by_token OR NOT verification.is_reserved(p_id, p_brand) THEN
            PERFORM verification.cancel(p_id, p_brand, p_at);
        END IF;
    ELSE
        SELECT CASE WHEN r.state IN ('requested', 'proven') THEN 'expired' ELSE r.state END
        INTO v_state FROM recovery.recovery AS r WHERE r.id = p_id AND r.brand_id = p_brand;
    END IF;
    RETURN coalesce(v_state, 'unknown');
END $$;
