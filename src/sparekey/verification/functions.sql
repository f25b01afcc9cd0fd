-- Functions that touch an archive keep the plan that serves every argument. Left to itself PostgreSQL
-- plans them anew at each call, because the plan for one id names one partition and looks cheaper;
-- planning took more than half of a check.

-- The MAC in a row binds the caller's MAC of (id, brand, proof) to what the row says it is for:
-- purpose, account and address. One for each key that is still read.
CREATE FUNCTION verification.bound(
    p_macs bytea[], p_purpose text, p_account bytea, p_address bytea
) RETURNS bytea[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(sha256(mac || p_account || p_address || convert_to(p_purpose, 'UTF8')))
    FROM unnest(p_macs) AS mac;
$$;

-- Each purpose's place in a ledger's closing times.
CREATE FUNCTION verification.kind(p_purpose text) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT array_position(ARRAY['recovery', 'sign_in', 'second_factor', 'verify_address',
        'approve', 'caller_check'], p_purpose)::smallint;
$$;

-- Whether a guess is right: at the present code, or at the one before a fallback while that lives. That
-- one went to a phone, so NO by text ends it (`p_is_refused`), wherever the present one went.
CREATE FUNCTION verification.is_right(
    p_row verification.verification, p_length smallint, p_macs bytea[], p_is_refused boolean,
    p_at timestamptz
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (p_row.code_length = p_length AND p_row.mac = ANY (p_macs))
        OR (p_row.earlier_until > p_at AND NOT p_is_refused AND p_row.earlier_length = p_length
            AND p_row.earlier_mac = ANY (p_macs));
$$;

-- Has somebody look, in a while, whether the message with the present code has arrived. The job
-- bears the message's id, for a message is looked after once.
CREATE FUNCTION verification.look_after(
    p_id uuid, p_message uuid, p_due_at timestamptz, p_at timestamptz
) RETURNS void LANGUAGE sql AS $$
    SELECT jobs.queue(p_message, 'verification.unconfirmed',
        jsonb_build_object('verification', p_id, 'message', p_message), p_due_at, p_at);
$$;

-- What a challenge is at `p_at`, whatever its row says so far. NO or STOP by text ends what went to a
-- phone; anybody can text in somebody's name, so it ends no email.
CREATE FUNCTION verification.state_at(
    p_state text, p_channel text, p_closings timestamptz[], p_expires_at timestamptz,
    p_now timestamptz[], p_at timestamptz
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_state <> 'pending' THEN p_state
        WHEN p_channel <> 'email' AND guard.was_refused(p_now, p_closings) THEN 'cancelled'
        WHEN guard.has_closed(p_now, p_closings) THEN 'superseded'
        WHEN p_expires_at <= p_at THEN 'expired' ELSE 'pending' END;
$$;

-- Issues a challenge in one round trip: limits, ledgers, the challenge, its message.
-- The caller draws one code of the greatest length and passes the MAC of its beginning at every
-- rung; the ledgers choose. `p_prefix_key` without rules is only counted by. `p_junk` is a MAC of nothing, for decoys. Whatever silently refuses
-- (a full cap, a block, no room in a ledger) makes a decoy that writes the same rows.
CREATE FUNCTION verification.start(
    p_id uuid, p_at timestamptz, p_brand integer, p_purpose text, p_kind smallint, p_channel text,
    p_is_owned boolean, p_is_decoy boolean, p_macs bytea[], p_lengths smallint[],
    p_alphabet text, p_junk bytea, p_max_attempts smallint, p_expires_at timestamptz, p_next_send_at timestamptz,
    p_account_key bytea, p_is_named boolean, p_address_key bytea, p_identifier_key bytea,
    p_shard smallint, p_costs bigint[],
    p_room bigint[], p_budget_room bigint[], p_block_kinds text[],
    p_rate_keys bytea[], p_rate_every interval[], p_rate_burst interval[],
    p_cap_keys bytea[], p_cap_classes smallint[], p_cap_rules integer[], p_allowance smallint,
    p_prefix_key bytea, p_prefix_rules integer[], p_sealed bytea,
    p_message uuid, p_template text, p_locale text, p_words_version integer,
    p_message_sealed bytea, p_fall_back_at timestamptz,
    p_idempotency_key bytea, p_idempotency_mac bytea,
    OUT verdict text, OUT id uuid, OUT retry_at timestamptz, OUT is_decoy boolean,
    OUT refused_by integer, OUT code_length smallint, OUT expires_at timestamptz,
    OUT next_send_at timestamptz
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_ledgers  bytea[] := ARRAY[p_address_key, p_account_key];
    v_accounts bytea[];
    v_keys     bytea[] := p_cap_keys;
    v_classes  smallint[] := p_cap_classes;
    v_rules    integer[] := p_cap_rules;
    v_prefix   bytea := p_prefix_key;
    v_admitted record;
    v_hold     record;
    v_is_free  boolean := p_is_decoy;
    v_stopped  boolean;
BEGIN
    SELECT * INTO v_admitted FROM guard.admit(p_at, p_rate_keys, p_rate_every, p_rate_burst, NULL,
        p_id, p_idempotency_key, p_idempotency_mac);
    IF v_admitted.verdict IS NOT NULL THEN
        verdict := v_admitted.verdict;
        id := v_admitted.id;
        retry_at := v_admitted.retry_at;
        IF verdict = 'replayed' THEN
            SELECT v.expires_at, v.next_send_at INTO expires_at, next_send_at
            FROM verification.verification AS v WHERE v.id = v_admitted.id;
        END IF;
        RETURN;
    END IF;
    id := p_id;
    expires_at := p_expires_at;
    next_send_at := p_next_send_at;
    -- Without a named account, whoever the address opens pays; for a stranger's a stand-in does.
    IF p_identifier_key IS NOT NULL THEN
        v_accounts := accounts.opened_by(p_brand, p_identifier_key);
        IF v_accounts IS NOT NULL THEN
            v_prefix := NULL;
            v_ledgers := p_address_key || CASE WHEN p_is_named
                THEN ARRAY[p_account_key] ELSE v_accounts[1:7] END;
            -- More accounts than a challenge can charge: nobody, as any ambiguous address.
            v_is_free := v_is_free OR (NOT p_is_named AND array_length(v_accounts, 1) > 7);
        END IF;
    END IF;
    -- Only a number that nobody has proven yet counts against its prefix.
    IF cardinality(p_prefix_rules) = 0 THEN
        v_prefix := NULL;
    END IF;
    IF v_prefix IS NOT NULL THEN
        IF EXISTS (SELECT FROM guard.ledger AS l
            WHERE l.key = p_address_key AND l.proven_at IS NOT NULL) THEN
            v_prefix := NULL;
        ELSE
            v_keys := v_keys || v_prefix;
            v_classes := v_classes || 9::smallint;
            v_rules := v_rules || p_prefix_rules;
        END IF;
    END IF;
    SELECT c.refused INTO refused_by
    FROM guard.take_caps(p_at, v_keys, v_classes, v_rules) AS c;
    -- Looked up for decoys, too: an OR would leave it out.
    v_stopped := guard.is_blocked(p_at, v_ledgers, p_block_kinds);
    is_decoy := v_is_free OR refused_by > 0 OR v_stopped;
    SELECT * INTO v_hold FROM guard.hold(p_at, p_expires_at, v_ledgers, p_shard, p_kind, is_decoy,
        p_max_attempts, p_costs, p_room, p_budget_room);
    IF v_hold.rung = 0 THEN
        is_decoy := true;
        v_hold.rung := array_length(p_costs, 1);
    END IF;
    code_length := p_lengths[v_hold.rung];
    INSERT INTO verification.verification (id, brand_id, purpose, channel, state, is_owned, is_decoy,
        mac, code_length, alphabet, attempts, max_attempts, cost, charged, account_key, ledger_keys,
        shard, hold_slot, allowance, prefix_key, sealed, sends, closings, expires_at,
        next_send_at, message_id, tally_key)
    VALUES (p_id, p_brand, p_purpose, p_channel, 'pending', p_is_owned,
        is_decoy, CASE WHEN is_decoy THEN p_junk ELSE p_macs[v_hold.rung] END,
        code_length, p_alphabet, 0, p_max_attempts, v_hold.cost, 0, p_account_key, v_ledgers,
        p_shard, guard.hold_slot(p_expires_at), p_allowance, v_prefix, p_sealed, 1,
        v_hold.closings, p_expires_at, p_next_send_at, p_message, p_prefix_key);
    PERFORM outbox.enqueue(p_message, p_at, p_brand, p_id, p_channel, p_template, p_locale,
        p_words_version, is_decoy, code_length, p_message_sealed, p_expires_at, 0::smallint,
        p_allowance <> 1);
    IF p_fall_back_at IS NOT NULL THEN
        PERFORM verification.look_after(p_id, p_message, p_fall_back_at, p_at);
    END IF;
    verdict := 'issued';
END $$;

-- Evaluates one guess, in one round trip. Ledgers are locked before the challenge's own row, whose
-- guarded UPDATE decides: however many guesses come at once, at most `max_attempts` are looked at
-- and one right one wins. A decoy runs the same statements; its cost is 0 and its MAC is of nothing.
-- Wrong tokens of a link are not counted: they cannot be guessed, only sent to use it up. A
-- challenge that a recovery owns is looked at through its own door only (`p_is_owned`).
CREATE FUNCTION verification.check(
    p_id uuid, p_brand integer, p_is_owned boolean, p_at timestamptz, p_macs bytea[],
    p_length smallint, OUT verdict text, OUT attempts_left smallint, OUT purpose text, OUT is_decoy boolean
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_row     verification.verification;
    v_bound   bytea[];
    v_closed  timestamptz[];
    v_kind    smallint;
    v_refused boolean;
BEGIN
    SELECT * INTO v_row FROM verification.verification AS v
    WHERE v.id = p_id AND v.brand_id = p_brand AND v.is_owned = p_is_owned;
    IF NOT FOUND THEN
        verdict := 'unknown';
        attempts_left := 0;
        RETURN;
    END IF;
    v_kind := verification.kind(v_row.purpose);
    v_bound := verification.bound(
        p_macs, v_row.purpose, v_row.account_key, v_row.ledger_keys[1]);
    purpose := v_row.purpose;
    is_decoy := v_row.is_decoy;
    IF v_row.prefix_key IS NOT NULL THEN
        PERFORM FROM guard.cap AS c WHERE c.key = v_row.prefix_key AND c.class = 9 FOR UPDATE;
    END IF;
    v_closed := guard.lock_ledgers(v_row.ledger_keys, v_kind);
    v_refused := guard.was_refused(v_closed, v_row.closings);
    UPDATE verification.verification AS v
    SET attempts = v.attempts + CASE WHEN v.code_length = 0 AND p_length = 0 THEN 0 ELSE 1 END,
        state = CASE WHEN verification.is_right(v, p_length, v_bound, v_refused, p_at) THEN 'approved'
            WHEN v.attempts + 1 >= v.max_attempts THEN 'exhausted' ELSE 'pending' END,
        charged = v.charged + CASE WHEN verification.is_right(v, p_length, v_bound, v_refused, p_at)
            THEN 0 ELSE v.cost END,
        ended_at = CASE WHEN v.attempts + 1 >= v.max_attempts
            OR verification.is_right(v, p_length, v_bound, v_refused, p_at) THEN p_at END
    WHERE v.id = p_id AND v.state = 'pending' AND v.expires_at > p_at
        AND NOT guard.has_closed(v_closed, v.closings)
        AND (v.channel = 'email' OR NOT v_refused)
    RETURNING * INTO v_row;
    IF NOT FOUND THEN
        attempts_left := 0;
        SELECT verification.state_at(v.state, v.channel, v.closings, v.expires_at, v_closed, p_at)
        INTO verdict FROM verification.verification AS v WHERE v.id = p_id;
    ELSIF v_row.state = 'approved' THEN
        verdict := 'right';
        attempts_left := 0;
        PERFORM guard.settle(p_at, v_row.ledger_keys,
            v_row.ledger_keys[2 : array_length(v_row.closings, 1)], v_row.shard, v_row.hold_slot,
            (v_row.max_attempts - v_row.attempts + 1) * v_row.cost,
            v_row.charged, v_row.allowance <> 3, v_kind);
        IF v_row.prefix_key IS NOT NULL THEN
            DELETE FROM guard.cap AS c WHERE c.key = v_row.prefix_key AND c.class = 9;
        END IF;
        -- A code that came by email says nothing of the texts to a prefix.
        IF v_row.tally_key IS NOT NULL AND (v_row.channel <> 'email'
            OR v_row.code_length <> p_length OR v_row.mac <> ALL (v_bound)) THEN
            PERFORM outbox.count_proven(p_brand, p_at, v_row.tally_key);
        END IF;
    ELSE
        verdict := 'wrong';
        attempts_left := v_row.max_attempts - v_row.attempts;
        PERFORM guard.charge(p_at, v_row.ledger_keys, v_row.shard, v_row.hold_slot, v_row.cost);
    END IF;
END $$;

-- Replaces the code of a pending challenge; its counters stay, also when the new one goes to another
-- address of its account. A silent refusal writes the same rows with a message that goes nowhere,
-- and leaves the code as it was.
-- A fallback (`p_after`: from this message, if it is still the present one) waits for no
-- `next_send_at`. The code before it lives until `p_keep_until`; a guess, which may be right at
-- either, is held and charged for both.
CREATE FUNCTION verification.resend(
    p_id uuid, p_brand integer, p_at timestamptz, p_channel text, p_silenced boolean,
    p_address_key bytea, p_sealed bytea, p_max_attempts smallint, p_macs bytea[],
    p_lengths smallint[], p_junk bytea, p_expires_at timestamptz, p_next_send_at timestamptz,
    p_costs bigint[], p_room bigint[], p_budget_room bigint[], p_block_kinds text[],
    p_cap_keys bytea[], p_cap_classes smallint[], p_cap_rules integer[], p_message uuid,
    p_template text, p_locale text, p_words_version integer, p_message_sealed bytea,
    p_fall_back_at timestamptz, p_after uuid, p_keep_until timestamptz,
    OUT verdict text, OUT retry_at timestamptz, OUT expires_at timestamptz
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_row      verification.verification;
    v_closed   timestamptz[];
    v_keys     bytea[];
    v_silenced boolean;
    v_stopped  boolean;
    v_rung     integer := 0;
    v_cost     bigint;
    v_left     integer;
    v_beside   bigint;
BEGIN
    SELECT * INTO v_row FROM verification.verification AS v
    WHERE v.id = p_id AND v.brand_id = p_brand;
    IF v_row.state = 'pending' AND (v_row.message_id = p_after
        OR (p_after IS NULL AND v_row.next_send_at <= p_at)) THEN
        SELECT c.refused > 0 OR p_silenced INTO v_silenced
        FROM guard.take_caps(p_at, p_cap_keys, p_cap_classes, p_cap_rules) AS c;
    END IF;
    v_closed := guard.lock_ledgers(
        v_row.ledger_keys || p_address_key, verification.kind(v_row.purpose));
    SELECT * INTO v_row FROM verification.verification AS v WHERE v.id = p_id FOR UPDATE;
    verdict := verification.state_at(v_row.state, v_row.channel, v_row.closings, v_row.expires_at,
        v_closed, p_at);
    expires_at := v_row.expires_at;
    IF verdict <> 'pending' THEN
        RETURN;
    ELSIF p_after IS NULL AND v_row.next_send_at > p_at THEN
        verdict := 'too_soon';
        retry_at := v_row.next_send_at;
        RETURN;
    ELSIF v_row.message_id <> p_after THEN
        verdict := 'moved_on';
        RETURN;
    END IF;
    IF p_after IS NOT NULL THEN
        v_beside := coalesce(p_costs[array_position(p_lengths, v_row.code_length)], p_costs[1]);
        p_costs := ARRAY(SELECT c.cost + v_beside
            FROM unnest(p_costs) WITH ORDINALITY AS c (cost, rung) ORDER BY c.rung);
    END IF;
    v_stopped := guard.is_blocked(p_at, v_row.ledger_keys || p_address_key, p_block_kinds);
    v_silenced := coalesce(v_silenced, true) OR v_stopped;
    -- What is left to hold: links have more attempts than codes, and neither gets back what is used.
    v_left := greatest(p_max_attempts - v_row.attempts, 1);
    PERFORM guard.move_holds(p_at, v_row.ledger_keys, v_row.shard, v_row.hold_slot,
        -(v_row.max_attempts - v_row.attempts) * v_row.cost);
    v_keys := v_row.ledger_keys;
    IF NOT p_address_key = ANY (v_keys) THEN
        v_keys := v_keys || p_address_key;
    END IF;
    SELECT h.rung, h.cost INTO v_rung, v_cost FROM guard.hold(p_at, p_expires_at,
        v_keys, v_row.shard, verification.kind(v_row.purpose), v_row.is_decoy, v_left,
        p_costs, p_room, p_budget_room) AS h;
    IF v_rung = 0 AND v_row.is_decoy THEN
        v_rung := array_length(p_costs, 1);
    END IF;
    IF v_rung = 0 OR v_silenced THEN
        -- The old code stays as it was, with its own hold, until its own end; a decoy's end too, or
        -- it would tell the decoy from what it imitates.
        PERFORM guard.move_holds(p_at, v_keys, v_row.shard, guard.hold_slot(p_expires_at),
            -v_left * v_cost);
        PERFORM guard.move_holds(p_at, v_row.ledger_keys, v_row.shard, v_row.hold_slot,
            (v_row.max_attempts - v_row.attempts) * v_row.cost);
        v_silenced := true;
        UPDATE verification.verification AS v
        SET sends = v.sends + 1, next_send_at = p_next_send_at, message_id = p_message
        WHERE v.id = p_id;
    ELSE
        expires_at := p_expires_at;
        UPDATE verification.verification AS v
        SET mac = CASE WHEN v.is_decoy THEN p_junk ELSE p_macs[v_rung] END,
            code_length = p_lengths[v_rung], cost = v_cost, channel = p_channel,
            sealed = p_sealed, ledger_keys = v_keys,
            max_attempts = greatest(p_max_attempts, v.attempts + 1),
            hold_slot = guard.hold_slot(p_expires_at), expires_at = p_expires_at,
            sends = v.sends + 1, next_send_at = p_next_send_at, message_id = p_message,
            earlier_mac = CASE WHEN p_after IS NOT NULL THEN v.mac END,
            earlier_length = CASE WHEN p_after IS NOT NULL THEN v.code_length END,
            earlier_until = CASE WHEN p_after IS NOT NULL
                THEN least(p_keep_until, v.expires_at) END,
            tally_key = CASE WHEN p_after IS NOT NULL OR p_address_key = v.ledger_keys[1]
                THEN v.tally_key END
        WHERE v.id = p_id;
        IF p_after IS NOT NULL THEN
            PERFORM outbox.shorten(p_after, p_keep_until);
        END IF;
    END IF;
    PERFORM outbox.enqueue(p_message, p_at, p_brand, p_id, p_channel, p_template, p_locale,
        p_words_version, v_silenced OR v_row.is_decoy, p_lengths[greatest(v_rung, 1)],
        p_message_sealed, p_expires_at, 0::smallint, v_row.allowance <> 1);
    IF p_fall_back_at IS NOT NULL THEN
        PERFORM verification.look_after(p_id, p_message, p_fall_back_at, p_at);
    END IF;
    verdict := 'resent';
END $$;

-- Calls a pending challenge off; what it still held returns.
CREATE FUNCTION verification.cancel(p_id uuid, p_brand integer, p_at timestamptz) RETURNS text
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_row    verification.verification;
    v_closed timestamptz[];
BEGIN
    SELECT * INTO v_row FROM verification.verification AS v
    WHERE v.id = p_id AND v.brand_id = p_brand;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    v_closed := guard.lock_ledgers(v_row.ledger_keys, verification.kind(v_row.purpose));
    UPDATE verification.verification AS v SET state = 'cancelled', ended_at = p_at
    WHERE v.id = p_id AND v.state = 'pending' AND v.expires_at > p_at
        AND NOT guard.has_closed(v_closed, v.closings)
    RETURNING * INTO v_row;
    IF FOUND THEN
        PERFORM guard.move_holds(p_at, v_row.ledger_keys, v_row.shard, v_row.hold_slot,
            -(v_row.max_attempts - v_row.attempts) * v_row.cost);
        RETURN 'cancelled';
    END IF;
    RETURN (SELECT verification.state_at(v.state, v.channel, v.closings, v.expires_at, v_closed, p_at)
        FROM verification.verification AS v WHERE v.id = p_id);
END $$;

-- Whether a challenge is the stranger's last send of a day, kept for the owner (allowance 7).
CREATE FUNCTION verification.is_reserved(p_id uuid, p_brand integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM verification.verification AS v
        WHERE v.id = p_id AND v.brand_id = p_brand AND v.allowance = 7);
$$;

-- Whether a link's token would be right, had it been brought at `p_at`; nothing is counted. A wrong
-- token learns as little as one of a challenge that has ended.
CREATE FUNCTION verification.link_stands(
    p_id uuid, p_brand integer, p_at timestamptz, p_macs bytea[]
) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM verification.verification AS v
        WHERE v.id = p_id AND v.brand_id = p_brand AND v.is_owned AND v.code_length = 0
            AND v.mac = ANY (
                verification.bound(p_macs, v.purpose, v.account_key, v.ledger_keys[1]))
            AND verification.state_at(v.state, v.channel, v.closings, v.expires_at,
                guard.closings(v.ledger_keys, verification.kind(v.purpose)), p_at) = 'pending');
$$;
