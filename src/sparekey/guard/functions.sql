-- Counting is SQL: each function takes its limits as data and decides under row locks.
-- Lock order everywhere: rates, then caps by (key, class), ledgers by key, the budget shard, the row.

-- Takes one token from each rate; the index of the first that is empty, or 0. A key that a person
-- has blocked is refused like an empty one, until its block ends.
-- A refused request keeps what it took from the rates before: it was made, so it counts there.
CREATE FUNCTION guard.take_rates(
    p_at timestamptz, p_keys bytea[], p_every interval[], p_burst interval[],
    OUT refused integer, OUT retry_at timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    IF array_length(p_keys, 1) > 0 THEN
        SELECT array_position(p_keys, b.key), b.until INTO refused, retry_at
        FROM guard.block AS b
        WHERE b.key = ANY (p_keys) AND b.kind = 'block' AND b.until > p_at
        ORDER BY b.until DESC LIMIT 1;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    FOR i IN 1 .. coalesce(array_length(p_keys, 1), 0) LOOP
        INSERT INTO guard.rate AS r (key, empty_at) VALUES (p_keys[i], p_at + p_every[i])
        ON CONFLICT (key) DO UPDATE SET empty_at = greatest(r.empty_at, p_at) + p_every[i]
        WHERE greatest(r.empty_at, p_at) + p_every[i] <= p_at + p_burst[i];
        IF NOT FOUND THEN
            refused := i;
            SELECT r.empty_at + p_every[i] - p_burst[i] INTO retry_at
            FROM guard.rate AS r WHERE r.key = p_keys[i];
            RETURN;
        END IF;
    END LOOP;
    refused := 0;
END $$;

-- Whether a request that creates something under `p_id` may go on: then the verdict is NULL. Refuses
-- only what its caller can see anyway: rates, and a pause (`p_pause_key` is NULL where none counts).
-- A repetition costs no allowance; its verdict is the outcome of its idempotency key, with the `id`
-- that the first one made when it is `replayed`.
CREATE FUNCTION guard.admit(
    p_at timestamptz, p_rate_keys bytea[], p_rate_every interval[], p_rate_burst interval[],
    p_pause_key bytea, p_id uuid, p_idempotency_key bytea, p_idempotency_mac bytea,
    OUT verdict text, OUT id uuid, OUT retry_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_refused integer;
    v_earlier jsonb;
BEGIN
    IF p_idempotency_key IS NULL OR NOT http.is_claimed(p_idempotency_key, p_at) THEN
        SELECT r.refused, r.retry_at INTO v_refused, retry_at
        FROM guard.take_rates(p_at, p_rate_keys, p_rate_every, p_rate_burst) AS r;
        IF v_refused > 0 THEN
            verdict := 'limited';
            RETURN;
        END IF;
        IF p_pause_key IS NOT NULL THEN
            SELECT max(b.until) INTO retry_at FROM guard.block AS b
            WHERE b.key = p_pause_key AND b.kind = 'pause' AND b.until > p_at;
            IF retry_at IS NOT NULL THEN
                verdict := 'paused';
                RETURN;
            END IF;
        END IF;
    END IF;
    IF p_idempotency_key IS NOT NULL THEN
        v_earlier := http.claim_idempotency(
            p_idempotency_key, p_idempotency_mac, p_at, to_jsonb(p_id));
        verdict := v_earlier ->> 'outcome';
        id := (v_earlier ->> 'answer')::uuid;
    END IF;
END $$;

-- Counts one use against each cap, all or none; the index of the first cap that is full, or 0.
-- Refused or not, every cap's row is written: who watches the database's work learns nothing.
-- Keys come sorted by (key, class). Each cap has three rules (count, seconds), 0 for none: it is
-- full when the count-th newest use is younger than the seconds. `retry_at` is when it is not.
CREATE FUNCTION guard.take_caps(
    p_at timestamptz, p_keys bytea[], p_classes smallint[], p_rules integer[],
    OUT refused integer, OUT retry_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_size   integer := coalesce(array_length(p_keys, 1), 0);
    v_fresh  boolean[] := '{}';
    v_times  timestamptz[];
    v_rule   integer;
    v_count  integer;
    v_free   timestamptz;
BEGIN
    FOR i IN 1 .. v_size LOOP
        INSERT INTO guard.cap (key, class, times) VALUES (p_keys[i], p_classes[i], ARRAY[p_at])
        ON CONFLICT DO NOTHING;
        v_fresh[i] := FOUND;
        CONTINUE WHEN FOUND;
        SELECT c.times INTO v_times FROM guard.cap AS c
        WHERE c.key = p_keys[i] AND c.class = p_classes[i] FOR UPDATE;
        v_rule := (i - 1) * 6;
        FOR j IN 1 .. 3 LOOP
            v_count := p_rules[v_rule + 2 * j - 1];
            CONTINUE WHEN v_count = 0;
            v_free := v_times[v_count] + p_rules[v_rule + 2 * j] * interval '1 second';
            IF v_free > p_at THEN
                refused := coalesce(refused, i);
                retry_at := greatest(retry_at, v_free);
            END IF;
        END LOOP;
    END LOOP;
    IF refused IS NOT NULL THEN
        FOR i IN 1 .. v_size LOOP
            UPDATE guard.cap AS c SET times = CASE WHEN v_fresh[i] THEN '{}' ELSE c.times END
            WHERE c.key = p_keys[i] AND c.class = p_classes[i];
        END LOOP;
        RETURN;
    END IF;
    refused := 0;
    FOR i IN 1 .. v_size LOOP
        CONTINUE WHEN v_fresh[i];
        v_rule := (i - 1) * 6;
        UPDATE guard.cap AS c
        SET times = (p_at || c.times)[1 : greatest(
            p_rules[v_rule + 1], p_rules[v_rule + 3], p_rules[v_rule + 5])]
        WHERE c.key = p_keys[i] AND c.class = p_classes[i];
    END LOOP;
END $$;

-- Gives back the newest use of one cap: a try that turned out to be its owner's.
CREATE FUNCTION guard.return_cap(p_key bytea, p_class smallint) RETURNS void
LANGUAGE sql AS $$
    UPDATE guard.cap SET times = times[2:] WHERE key = p_key AND class = p_class;
$$;

-- The units a drain timestamp stands for at `p_at`, rounded up; never negative.
CREATE FUNCTION guard.units(p_until timestamptz, p_at timestamptz, p_microseconds numeric)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_until <= p_at THEN 0
        ELSE ceil(extract(epoch FROM p_until - p_at) * 1000000 / p_microseconds)::bigint END;
$$;

-- The five-minute slot of a moment: a hold is live up to the end of the slot its challenge ends in.
CREATE FUNCTION guard.slot(p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT floor(extract(epoch FROM p_at) / 300)::bigint;
$$;

-- The slot a hold is kept in: a minute longer than its challenge, for clocks that differ.
CREATE FUNCTION guard.hold_slot(p_until timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT floor(extract(epoch FROM p_until) / 300 + 0.2)::bigint;
$$;

-- Holds are (slot, units) pairs in one array. What the live ones hold together at slot `p_now`.
CREATE FUNCTION guard.held(p_holds bigint[], p_now bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_held bigint := 0;
BEGIN
    FOR i IN 1 .. coalesce(array_length(p_holds, 1), 0) BY 2 LOOP
        IF p_holds[i] >= p_now THEN
            v_held := v_held + p_holds[i + 1];
        END IF;
    END LOOP;
    RETURN v_held;
END $$;

-- The holds with `p_units` more (or fewer) in `p_slot`; spent and passed slots fall out.
CREATE FUNCTION guard.with_hold(p_holds bigint[], p_now bigint, p_slot bigint, p_units bigint)
RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_holds bigint[] := '{}';
    v_units bigint;
    v_left  bigint := p_units;
BEGIN
    FOR i IN 1 .. coalesce(array_length(p_holds, 1), 0) BY 2 LOOP
        CONTINUE WHEN p_holds[i] < p_now;
        v_units := p_holds[i + 1];
        IF p_holds[i] = p_slot THEN
            v_units := v_units + v_left;
            v_left := 0;
        END IF;
        CONTINUE WHEN v_units <= 0;
        v_holds := v_holds || p_holds[i] || v_units;
    END LOOP;
    IF v_left > 0 THEN
        v_holds := v_holds || p_slot || v_left;
    END IF;
    RETURN v_holds;
END $$;

-- Holds `p_attempts` guesses in every ledger and in the budget, at the first rung (the shortest
-- code) that all of them can carry; rung 0 when none can. A decoy (`p_free`) finds its rung the
-- same way and writes the same rows, but holds nothing.
-- `p_costs[r]` is the cost of a guess at rung r; `p_room[r]` and `p_budget_room[r]` are the units
-- that used and held together may reach at that rung. `closings` is when each ledger last closed
-- challenges of this kind: what closes this one must come after.
CREATE FUNCTION guard.hold(
    p_at timestamptz, p_until timestamptz, p_keys bytea[], p_shard smallint, p_kind smallint,
    p_free boolean, p_attempts integer, p_costs bigint[], p_room bigint[], p_budget_room bigint[],
    OUT rung integer, OUT cost bigint, OUT closings timestamptz[]
) LANGUAGE plpgsql AS $$
DECLARE
    v_now    bigint := guard.slot(p_at);
    v_used   bigint := 0;
    v_budget bigint;
    v_ledger record;
BEGIN
    -- Missing ledgers are made first, so that the lock below is taken on every one of them.
    INSERT INTO guard.ledger (key, charged_until, returned_until)
    SELECT key, '-infinity', '-infinity' FROM unnest(p_keys) AS key ORDER BY key
    ON CONFLICT DO NOTHING;
    closings := array_fill(NULL::timestamptz, ARRAY[array_length(p_keys, 1)]);
    FOR v_ledger IN
        SELECT array_position(p_keys, l.key) AS place, l.closed_at[p_kind] AS closed_at,
            guard.units(l.charged_until, p_at, 70080) + guard.held(l.holds, v_now) AS used
        FROM guard.ledger AS l WHERE l.key = ANY (p_keys) ORDER BY l.key FOR UPDATE
    LOOP
        v_used := greatest(v_used, v_ledger.used);
        closings[v_ledger.place] := v_ledger.closed_at;
    END LOOP;
    SELECT guard.units(b.charged_until, p_at, 224.256) + guard.held(b.holds, v_now) INTO v_budget
    FROM guard.budget AS b WHERE b.shard = p_shard FOR UPDATE;
    rung := 1;
    WHILE v_used + p_attempts * p_costs[rung] > p_room[rung]
        OR v_budget + p_attempts * p_costs[rung] > p_budget_room[rung]
    LOOP
        rung := rung + 1;
    END LOOP;
    IF p_costs[rung] IS NULL THEN
        rung := 0;
    END IF;
    cost := CASE WHEN p_free OR rung = 0 THEN 0 ELSE p_costs[rung] END;
    PERFORM guard.move_holds(
        p_at, p_keys, p_shard, guard.hold_slot(p_until), p_attempts * cost);
END $$;

-- Adds units to (or takes them from) the holds of one challenge, in its ledgers and its shard.
CREATE FUNCTION guard.move_holds(
    p_at timestamptz, p_keys bytea[], p_shard smallint, p_slot bigint, p_units bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE guard.ledger SET holds = guard.with_hold(holds, guard.slot(p_at), p_slot, p_units)
    WHERE key = ANY (p_keys);
    UPDATE guard.budget SET holds = guard.with_hold(holds, guard.slot(p_at), p_slot, p_units)
    WHERE shard = p_shard;
END $$;

-- The ledger keys of a challenge: its address first, then the accounts that it could open (8 at
-- most in all). Locks them; tells when each last closed challenges of this kind.
CREATE FUNCTION guard.lock_ledgers(p_keys bytea[], p_kind smallint) RETURNS timestamptz[]
LANGUAGE plpgsql AS $$
DECLARE
    v_ledger   record;
    v_closings timestamptz[] := '{}';
BEGIN
    FOR v_ledger IN
        SELECT array_position(p_keys, l.key) AS place, l.closed_at[p_kind] AS closed_at
        FROM guard.ledger AS l WHERE l.key = ANY (p_keys) ORDER BY l.key FOR UPDATE
    LOOP
        v_closings[v_ledger.place] := v_ledger.closed_at;
    END LOOP;
    RETURN v_closings;
END $$;

-- A wrong guess was evaluated: its hold becomes a charge, in the ledgers and in the budget.
CREATE FUNCTION guard.charge(
    p_at timestamptz, p_keys bytea[], p_shard smallint, p_slot bigint, p_cost bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE guard.ledger
    SET charged_until = greatest(charged_until, p_at) + p_cost * interval '70080 microseconds',
        holds = guard.with_hold(holds, guard.slot(p_at), p_slot, -p_cost)
    WHERE key = ANY (p_keys);
    UPDATE guard.budget
    SET charged_until = greatest(charged_until, p_at) + ceil(p_cost * 224.256) * interval '1 microsecond',
        holds = guard.with_hold(holds, guard.slot(p_at), p_slot, -p_cost)
    WHERE shard = p_shard;
END $$;

-- The next closing time of an account: later than the one before, whatever the clocks say, for a
-- challenge is older than a closing when the ledger has moved on since, and not by comparing clocks.
CREATE FUNCTION guard.next_closing(p_closed_at timestamptz, p_at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(p_closed_at + interval '1 microsecond', p_at);
$$;

-- Whether one of a challenge's accounts has closed challenges since `p_then`, as `hold` told it.
-- A ledger swept meanwhile has closed nothing.
CREATE FUNCTION guard.has_closed(p_now timestamptz[], p_then timestamptz[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    FOR i IN 2 .. array_length(p_then, 1) LOOP
        IF p_now[i] > coalesce(p_then[i], '-infinity') THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- Whether the owner of a challenge's address has closed what was sent to it since `p_then`: the
-- address's ledger is the first.
CREATE FUNCTION guard.was_refused(p_now timestamptz[], p_then timestamptz[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(p_now[1] > coalesce(p_then[1], '-infinity'), false);
$$;

-- When each of these ledgers last closed challenges of a kind, in the order of the keys.
CREATE FUNCTION guard.closings(p_keys bytea[], p_kind smallint) RETURNS timestamptz[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(l.closed_at[p_kind] ORDER BY k.place)
    FROM unnest(p_keys) WITH ORDINALITY AS k (key, place)
    LEFT JOIN guard.ledger AS l ON l.key = k.key;
$$;

-- The closing times with one kind's (1 to 8) moved on.
CREATE FUNCTION guard.with_closed(p_closed timestamptz[], p_kind smallint, p_at timestamptz)
RETURNS timestamptz[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    p_closed[p_kind] := guard.next_closing(p_closed[p_kind], p_at);
    RETURN p_closed;
END $$;

-- A right guess: what was still held returns, and so does what this challenge's own wrong guesses
-- were charged, as far as the give-back bucket of each ledger allows (5e7 units, refilled in 365
-- days); never for guesses by text, whose sender anybody can forge (`p_gives_back` false). The
-- accounts' challenges of this kind issued before are closed, and the address has been proven.
-- `p_accounts` are the keys that belong to accounts: an address that was added later closes nothing,
-- for others may share it.
CREATE FUNCTION guard.settle(
    p_at timestamptz, p_keys bytea[], p_accounts bytea[], p_shard smallint, p_slot bigint,
    p_held bigint, p_charged bigint, p_gives_back boolean, p_kind smallint
) RETURNS void LANGUAGE sql AS $$
    UPDATE guard.ledger AS l
    SET charged_until = l.charged_until - back.units * interval '70080 microseconds',
        returned_until = greatest(l.returned_until, p_at)
            + back.units * interval '630720 microseconds',
        holds = guard.with_hold(l.holds, guard.slot(p_at), p_slot, -p_held),
        closed_at = CASE WHEN l.key = ANY (p_accounts)
            THEN guard.with_closed(l.closed_at, p_kind, p_at) ELSE l.closed_at END,
        proven_at = CASE WHEN l.key = p_keys[1] THEN p_at ELSE l.proven_at END
    FROM guard.ledger AS m, LATERAL (
        SELECT CASE WHEN p_gives_back THEN greatest(0, least(
            p_charged, 50000000 - guard.units(m.returned_until, p_at, 630720))) ELSE 0 END AS units
    ) AS back
    WHERE l.key = m.key AND m.key = ANY (p_keys);
    UPDATE guard.budget
    SET charged_until = charged_until - CASE WHEN p_gives_back
            THEN floor(p_charged * 224.256) ELSE 0 END * interval '1 microsecond',
        holds = guard.with_hold(holds, guard.slot(p_at), p_slot, -p_held)
    WHERE shard = p_shard;
$$;

-- Closes every challenge of an account issued so far, of every kind: its password changed.
CREATE FUNCTION guard.close_all(p_at timestamptz, p_keys bytea[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO guard.ledger AS l (key, charged_until, returned_until, closed_at)
    SELECT key, '-infinity', '-infinity',
        array_fill(guard.next_closing(NULL, p_at), ARRAY[8])
    FROM unnest(p_keys) AS key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET closed_at = (
        SELECT array_agg(guard.next_closing(l.closed_at[kind], p_at) ORDER BY kind)
        FROM generate_series(1, 8) AS kind);
$$;

-- Whether any of these subjects is under one of these kinds of block.
CREATE FUNCTION guard.is_blocked(p_at timestamptz, p_keys bytea[], p_kinds text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM guard.block AS b
        WHERE b.key = ANY (p_keys) AND b.kind = ANY (p_kinds) AND b.until > p_at);
$$;

-- The classic policy: one more failure of a subject; pauses it when there were `p_attempts` of them
-- within the last `p_pause`. True when it is paused by this one.
CREATE FUNCTION guard.count_failure(
    p_at timestamptz, p_key bytea, p_class smallint, p_attempts integer, p_pause interval
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_times timestamptz[];
BEGIN
    INSERT INTO guard.cap AS c (key, class, times) VALUES (p_key, p_class, ARRAY[p_at])
    ON CONFLICT (key, class) DO UPDATE SET times = (p_at || c.times)[1 : p_attempts]
    RETURNING times INTO v_times;
    IF v_times[p_attempts] IS NULL OR v_times[p_attempts] <= p_at - p_pause THEN
        RETURN false;
    END IF;
    INSERT INTO guard.block AS b (key, kind, until, reason, created_at)
    VALUES (p_key, 'pause', p_at + p_pause, 'too many failed attempts', p_at)
    ON CONFLICT (key, kind) DO UPDATE SET until = greatest(b.until, excluded.until);
    UPDATE guard.cap SET times = '{}' WHERE key = p_key AND class = p_class;
    RETURN true;
END $$;
