-- Keeps a message and makes it due, in the transaction of whatever asked for it.
CREATE FUNCTION outbox.enqueue(
    p_id uuid, p_at timestamptz, p_brand integer, p_about uuid, p_channel text, p_template text,
    p_locale text, p_words_version integer, p_is_decoy boolean, p_code_length smallint,
    p_sealed bytea, p_expires_at timestamptz, p_lane smallint, p_is_own_door boolean
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO outbox.message (id, brand_id, about, channel, template, locale, words_version,
        state, is_decoy, code_length, sealed, created_at, expires_at, is_own_door)
    VALUES (p_id, p_brand, p_about, p_channel, p_template, p_locale, p_words_version,
        'queued', p_is_decoy, p_code_length, p_sealed, p_at, p_expires_at, p_is_own_door);
    INSERT INTO outbox.due (message_id, due_at, lane) VALUES (p_id, p_at, p_lane);
$$;

-- Claims due messages of one lane under a lease. A message whose worker had begun to hand it over
-- when it died comes back with `was_begun`: it may have gone. So may one that a receipt has come for.
-- Messages past their time come back, to be closed. The index gives them in their order; planned
-- before there are statistics, a bitmap of it would be sorted whole for each claim.
CREATE FUNCTION outbox.claim(
    p_lane smallint, p_at timestamptz, p_until timestamptz, p_limit integer
)
RETURNS TABLE (id uuid, fence integer, brand_id integer, about uuid, channel text, template text,
    locale text, words_version integer, is_decoy boolean, code_length smallint, sealed bytea,
    expires_at timestamptz, was_begun boolean, is_own_door boolean)
LANGUAGE sql SET enable_bitmapscan = off AS $$
    WITH claimed AS (
        UPDATE outbox.due AS d SET due_at = p_until, attempts = d.attempts + 1
        WHERE d.message_id = ANY (ARRAY(
            SELECT w.message_id FROM outbox.due AS w WHERE w.lane = p_lane AND w.due_at <= p_at
            ORDER BY w.lane, w.due_at LIMIT p_limit FOR UPDATE SKIP LOCKED))
        RETURNING d.message_id, d.attempts
    )
    SELECT m.id, claimed.attempts, m.brand_id, m.about, m.channel, m.template, m.locale,
        m.words_version, m.is_decoy, m.code_length, m.sealed, m.expires_at, m.state <> 'queued',
        m.is_own_door
    FROM claimed JOIN outbox.message AS m ON m.id = claimed.message_id;
$$;

-- Writes down that these are being handed over from now on, and through which gateway, and tells
-- which of them: whoever has lost a lease must not send. The lease begins anew, so a claim at the
-- same moment either comes first, and the fence differs, or finds the message not due; it never
-- reads a state of before.
CREATE FUNCTION outbox.begin(
    p_ids uuid[], p_fences integer[], p_gateways uuid[], p_names text[], p_until timestamptz
) RETURNS SETOF uuid LANGUAGE sql AS $$
    WITH held AS (
        UPDATE outbox.due AS d SET due_at = p_until
        FROM unnest(p_ids, p_fences, p_gateways, p_names) AS h (id, fence, gateway, name)
        WHERE d.message_id = h.id AND d.attempts = h.fence
        RETURNING d.message_id, h.gateway, h.name
    )
    UPDATE outbox.message AS m
    SET state = 'sending', gateway_id = held.gateway, gateway = held.name
    FROM held WHERE m.id = held.message_id
    RETURNING m.id;
$$;

-- Charges one claimed message to its sums, all or none, and tells whether it fits; once, however
-- often it is asked. The sums come sorted by country, so that no two wait for each other. A decoy
-- is told what a message would be and charged nothing.
CREATE FUNCTION outbox.charge(
    p_id uuid, p_fence integer, p_brand integer, p_day date, p_countries text[], p_limits bigint[],
    p_amount bigint, p_is_decoy boolean
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_due    outbox.due;
    v_amount bigint;
    v_sum    record;
BEGIN
    SELECT * INTO v_due FROM outbox.due AS d
    WHERE d.message_id = p_id AND d.attempts = p_fence FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF v_due.charged IS NOT NULL AND (v_due.charged_on, v_due.charged_to)
        IS DISTINCT FROM (p_day, p_countries) THEN
        PERFORM outbox.refund(p_brand, v_due.charged_on, v_due.charged_to, v_due.charged);
        v_due.charged := NULL;
    END IF;
    v_amount := p_amount - coalesce(v_due.charged, 0);
    INSERT INTO outbox.spent (brand_id, day, country, amount)
    SELECT p_brand, p_day, country, 0 FROM unnest(p_countries) AS country ORDER BY country
    ON CONFLICT DO NOTHING;
    FOR v_sum IN
        SELECT s.amount, p_limits[array_position(p_countries, s.country)] AS most
        FROM outbox.spent AS s
        WHERE s.brand_id = p_brand AND s.day = p_day AND s.country = ANY (p_countries)
        ORDER BY s.country FOR UPDATE
    LOOP
        IF v_sum.amount + v_amount > v_sum.most THEN
            UPDATE outbox.due SET charged = v_due.charged WHERE message_id = p_id;
            RETURN false;
        END IF;
    END LOOP;
    UPDATE outbox.spent AS s SET amount = s.amount + CASE WHEN p_is_decoy THEN 0 ELSE v_amount END
    WHERE s.brand_id = p_brand AND s.day = p_day AND s.country = ANY (p_countries);
    UPDATE outbox.due SET charged = CASE WHEN p_is_decoy THEN 0 ELSE p_amount END,
        charged_on = p_day, charged_to = p_countries
    WHERE message_id = p_id;
    RETURN true;
END $$;

-- Many of them, in the order of their sums. Both sums are always counted, where no budget limits them
-- too: one that begins in the middle of a day knows what the day has cost.
CREATE FUNCTION outbox.charge_each(
    p_ids uuid[], p_fences integer[], p_brands integer[], p_days date[], p_pots text[],
    p_country_limits bigint[], p_limits bigint[], p_amounts bigint[], p_are_decoys boolean[]
) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
    v_one record;
BEGIN
    FOR v_one IN
        SELECT c.*, ARRAY['*', c.country] AS countries, ARRAY[c.most, c.country_most] AS limits
        FROM unnest(p_ids, p_fences, p_brands, p_days, p_pots, p_country_limits, p_limits,
            p_amounts, p_are_decoys)
            AS c (id, fence, brand, day, country, country_most, most, amount, is_decoy)
        ORDER BY c.brand, c.day, c.country, c.id
    LOOP
        IF outbox.charge(v_one.id, v_one.fence, v_one.brand, v_one.day, v_one.countries,
            v_one.limits, v_one.amount, v_one.is_decoy) THEN
            RETURN NEXT v_one.id;
        END IF;
    END LOOP;
END $$;

-- Gives an amount back to the sums it was charged to; less than nothing is added to them, in the same
-- order of locks as charges.
CREATE FUNCTION outbox.refund(p_brand integer, p_day date, p_countries text[], p_amount bigint)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO outbox.spent AS s (brand_id, day, country, amount)
    SELECT p_brand, p_day, country, greatest(-p_amount, 0) FROM unnest(p_countries) AS country
    ORDER BY country
    ON CONFLICT (brand_id, day, country) DO UPDATE SET amount = greatest(s.amount - p_amount, 0);
$$;

-- Writes down what came of claimed messages, many at a time. An outcome whose fencing token is no
-- longer the row's changes nothing. A message that waits again is queued and keeps what it seals,
-- and its charge; what certainly did not go gets its charge back. What a receipt has told already
-- stays. That the ids lie between the first and the last of them says nothing new, but it tells the
-- planner which partitions to open; without it every settlement opens them all.
-- Texts that were sent are counted by prefix; decoys write the same rows and count for nothing.
-- What gateways call them is kept with the names of all others.
-- Comes back: what ended unsent, for our own reason, or is known by an early receipt not to arrive.
CREATE FUNCTION outbox.settle(
    p_at timestamptz, p_ids uuid[], p_fences integer[], p_states text[], p_due_at timestamptz[],
    p_gateways text[], p_failures text[], p_gateway_ids uuid[], p_countries text[],
    p_prices bigint[], p_days date[], p_brands integer[], p_prefix_keys bytea[],
    p_prefixes text[], p_are_decoys boolean[], p_refs text[], p_refs_until timestamptz
) RETURNS TABLE (id uuid, brand_id integer, about uuid, template text, failure text)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_ids   uuid[];
    v_back  record;
    v_named record;
BEGIN
    FOR v_back IN
        SELECT m.brand_id, d.charged_on, d.charged_to, d.charged
        FROM unnest(p_ids, p_fences, p_states) AS o (id, fence, state)
        JOIN outbox.due AS d ON d.message_id = o.id AND d.attempts = o.fence
        JOIN outbox.message AS m ON m.id = o.id
        WHERE o.state IN ('failed', 'expired', 'cancelled') AND d.charged > 0
        ORDER BY m.brand_id, d.charged_on, d.charged_to, d.message_id
        FOR UPDATE OF d
    LOOP
        PERFORM outbox.refund(
            v_back.brand_id, v_back.charged_on, v_back.charged_to, v_back.charged);
    END LOOP;
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
    INSERT INTO outbox.conversion AS c (brand_id, day, prefix_key, prefix, country, sent, proven)
    SELECT o.brand, o.day, o.key, min(o.prefix), min(o.country),
        count(*) FILTER (WHERE NOT o.is_decoy), 0
    FROM unnest(p_ids, p_states, p_brands, p_days, p_prefix_keys, p_prefixes, p_countries,
        p_are_decoys) AS o (id, state, brand, day, key, prefix, country, is_decoy)
    WHERE o.key IS NOT NULL AND o.state = 'sent' AND o.id = ANY (v_ids)
    GROUP BY o.brand, o.day, o.key ORDER BY o.brand, o.day, o.key
    ON CONFLICT (brand_id, day, prefix_key) DO UPDATE
    SET sent = c.sent + excluded.sent, prefix = excluded.prefix, country = excluded.country;
    RETURN QUERY
    WITH ended AS (
        UPDATE outbox.message AS m
        SET state = CASE WHEN m.state IN ('queued', 'sending') THEN o.state ELSE m.state END,
            gateway = coalesce(o.gateway, m.gateway),
            failure = CASE WHEN m.state IN ('queued', 'sending') THEN o.failure
                ELSE m.failure END,
            gateway_id = coalesce(o.gateway_id, m.gateway_id),
            sealed = CASE WHEN o.state = 'queued' THEN m.sealed END,
            country = o.country,
            price = CASE WHEN o.state IN ('sent', 'unsure') THEN o.price END,
            charged_on = CASE WHEN o.state IN ('sent', 'unsure') THEN o.day END,
            sent_at = CASE WHEN o.state = 'sent' THEN p_at ELSE m.sent_at END,
            ended_at = CASE WHEN o.state NOT IN ('queued', 'sent')
                THEN coalesce(m.ended_at, p_at) ELSE m.ended_at END
        FROM unnest(p_ids, p_states, p_gateways, p_failures, p_gateway_ids, p_countries,
            p_prices, p_days)
            AS o (id, state, gateway, failure, gateway_id, country, price, day)
        WHERE m.id = o.id AND m.id = ANY (v_ids)
            AND m.id BETWEEN v_ids[1] AND v_ids[cardinality(v_ids)]
        RETURNING m.id, m.brand_id, m.about, m.template, o.state, o.failure
    )
    SELECT e.id, e.brand_id, e.about, e.template, e.failure FROM ended AS e
    WHERE e.state = 'failed';
    SELECT array_agg(o.gateway_id) AS gateways, array_agg(o.ref) AS refs,
        array_agg(o.id) AS messages, array_agg(o.brand) AS brands INTO v_named
    FROM unnest(p_ids, p_states, p_gateway_ids, p_refs, p_brands)
        AS o (id, state, gateway_id, ref, brand)
    WHERE o.state = 'sent' AND o.ref IS NOT NULL AND o.gateway_id IS NOT NULL
        AND o.id = ANY (v_ids);
    IF v_named.refs IS NOT NULL THEN
        RETURN QUERY SELECT k.id, k.brand_id, k.about, k.template, k.failure
        FROM outbox.keep_refs(p_at, v_named.gateways, v_named.refs, v_named.messages,
            v_named.brands, p_refs_until) AS k;
    END IF;
END $$;

-- One text to this prefix ended in a proof; on which day it was sent, its row says.
CREATE FUNCTION outbox.count_proven(p_brand integer, p_at timestamptz, p_key bytea) RETURNS void
LANGUAGE sql AS $$
    UPDATE outbox.conversion AS c SET proven = c.proven + 1
    WHERE c.brand_id = p_brand AND c.prefix_key = p_key AND c.day = (
        SELECT max(l.day) FROM outbox.conversion AS l
        WHERE l.brand_id = p_brand AND l.prefix_key = p_key AND l.sent > 0
            AND l.day BETWEEN p_at::date - 2 AND p_at::date + 1);
$$;

-- A message's words are worth nothing from then on: they are not handed over later.
CREATE FUNCTION outbox.shorten(p_id uuid, p_until timestamptz) RETURNS void
LANGUAGE sql AS $$
    UPDATE outbox.message AS m SET expires_at = p_until
    WHERE m.id = p_id AND m.expires_at > p_until AND m.state = 'queued';
$$;

-- How far a state is from the start: what a receipt says never leads back. Receipts that contradict
-- each other end in the same state in whichever order they come.
CREATE FUNCTION outbox.rank(p_state text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT array_position(ARRAY['queued', 'sending', 'unsure', 'sent', 'expired', 'undelivered',
        'failed', 'delivered'], p_state);
$$;

-- Moves a message as a receipt of its own gateway says; also corrects what it cost. Only what was
-- handed over moves. `is_known` is false when this brand and gateway have no such message (yet);
-- `has_failed` when it will not arrive and that was not known before.
CREATE FUNCTION outbox.advance(
    p_id uuid, p_brand integer, p_gateway uuid, p_at timestamptz, p_outcome text,
    p_is_signed boolean, p_reason text, p_price bigint, p_currency text,
    OUT is_known boolean, OUT has_failed boolean, OUT about uuid, OUT template text
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_row   outbox.message;
    v_price bigint;
BEGIN
    -- Its run is locked before the message, as the run's worker does.
    PERFORM flows.hold(m.about) FROM outbox.message AS m WHERE m.id = p_id;
    SELECT * INTO v_row FROM outbox.message AS m
    WHERE m.id = p_id AND m.brand_id = p_brand AND m.gateway_id = p_gateway
        AND m.state IN ('sending', 'unsure', 'sent', 'delivered', 'undelivered', 'failed',
            'expired') FOR UPDATE;
    is_known := FOUND;
    has_failed := false;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    about := v_row.about;
    template := v_row.template;
    -- Only a proven sender is believed about money, and only in the brand's own: euros, as Terms has
    -- it, for a brand that has said nothing.
    v_price := v_row.price;
    IF p_is_signed AND p_price IS NOT NULL AND v_row.charged_on IS NOT NULL AND p_currency = coalesce(
        (SELECT t.currency FROM gateways.terms AS t WHERE t.brand_id = p_brand), 'EUR') THEN
        v_price := p_price;
    END IF;
    IF outbox.rank(p_outcome) <= outbox.rank(v_row.state)
        AND v_price IS NOT DISTINCT FROM v_row.price
        AND NOT (p_outcome = 'delivered' AND p_is_signed AND v_row.confirmed_at IS NULL) THEN
        RETURN;
    END IF;
    IF outbox.rank(p_outcome) > outbox.rank(v_row.state) THEN
        has_failed := p_outcome IN ('undelivered', 'failed', 'expired')
            AND v_row.state IN ('sending', 'unsure', 'sent');
        v_row.state := p_outcome;
        v_row.failure := CASE WHEN p_outcome IN ('undelivered', 'failed', 'expired')
            THEN coalesce(nullif(p_reason, ''), p_outcome) END;
        v_row.ended_at := CASE WHEN p_outcome <> 'sent' THEN p_at END;
    END IF;
    UPDATE outbox.message AS m
    SET state = v_row.state, failure = v_row.failure, ended_at = v_row.ended_at,
        sent_at = coalesce(m.sent_at, p_at), price = v_price,
        confirmed_at = CASE WHEN p_outcome = 'delivered' AND p_is_signed
            THEN coalesce(m.confirmed_at, p_at) ELSE m.confirmed_at END
    WHERE m.id = p_id;
    -- The run that sent it may wait for this (16: a receipt). One that nobody has signed says nothing.
    IF p_is_signed AND about IS NOT NULL AND (has_failed OR p_outcome = 'delivered') THEN
        PERFORM flows.hear(about, 16::smallint,
            CASE WHEN has_failed THEN 'undelivered' ELSE 'delivered' END, p_id, p_at);
    END IF;
    IF v_price IS DISTINCT FROM v_row.price THEN
        PERFORM outbox.refund(p_brand, v_row.charged_on, ARRAY['*', v_row.country],
            coalesce(v_row.price, 0) - v_price);
    END IF;
END $$;

-- A receipt, by our own id or by the gateway's name for the message. One whose name we have not
-- written down yet waits for it: the name's row is made here or there, and whoever comes second
-- finds what the first one left.
CREATE FUNCTION outbox.report(
    p_brand integer, p_gateway uuid, p_message uuid, p_ref text, p_at timestamptz, p_outcome text,
    p_is_signed boolean, p_reason text, p_price bigint, p_currency text, p_expires_at timestamptz,
    OUT is_known boolean, OUT has_failed boolean, OUT named uuid, OUT about uuid,
    OUT template text
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    named := p_message;
    IF named IS NULL AND p_ref IS NOT NULL THEN
        SELECT r.message_id INTO named FROM outbox.provider_ref AS r
        WHERE r.gateway_id = p_gateway AND r.ref = p_ref;
        IF named IS NULL THEN
            INSERT INTO outbox.provider_ref AS r
                (gateway_id, ref, expires_at, outcome, is_signed, reason, price, currency)
            VALUES (p_gateway, p_ref, p_expires_at, p_outcome, p_is_signed, p_reason, p_price,
                p_currency)
            ON CONFLICT (gateway_id, ref) DO UPDATE
            SET outcome = excluded.outcome, is_signed = excluded.is_signed,
                reason = excluded.reason, price = coalesce(excluded.price, r.price),
                currency = coalesce(excluded.currency, r.currency)
            WHERE r.message_id IS NOT NULL
                OR outbox.rank(excluded.outcome) >= outbox.rank(r.outcome)
            RETURNING r.message_id INTO named;
        END IF;
    END IF;
    SELECT a.is_known, a.has_failed, a.about, a.template
    INTO is_known, has_failed, about, template
    FROM outbox.advance(named, p_brand, p_gateway, p_at, p_outcome, p_is_signed, p_reason,
        p_price, p_currency) AS a;
END $$;

-- Writes down what gateways call messages, and applies the receipts that came before. A name that a
-- gateway uses again is the newer message's. Comes back: what those receipts say will not arrive.
CREATE FUNCTION outbox.keep_refs(
    p_at timestamptz, p_gateways uuid[], p_refs text[], p_messages uuid[], p_brands integer[],
    p_expires_at timestamptz
) RETURNS TABLE (id uuid, brand_id integer, about uuid, template text, failure text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_early record;
BEGIN
    FOR v_early IN
        WITH named AS (
            INSERT INTO outbox.provider_ref AS r (gateway_id, ref, message_id, expires_at)
            SELECT DISTINCT ON (n.gateway, n.ref) n.gateway, n.ref, n.message, p_expires_at
            FROM unnest(p_gateways, p_refs, p_messages) AS n (gateway, ref, message)
            ORDER BY n.gateway, n.ref, n.message DESC
            ON CONFLICT (gateway_id, ref) DO UPDATE
            SET message_id = excluded.message_id, expires_at = excluded.expires_at,
                outcome = CASE WHEN r.message_id IS NULL THEN r.outcome END
            RETURNING r.*
        )
        SELECT named.*, p_brands[array_position(p_messages, named.message_id)] AS brand
        FROM named WHERE named.outcome IS NOT NULL
    LOOP
        RETURN QUERY SELECT v_early.message_id, v_early.brand, a.about, a.template, v_early.outcome
        FROM outbox.advance(v_early.message_id, v_early.brand, v_early.gateway_id, p_at,
            v_early.outcome, v_early.is_signed, v_early.reason, v_early.price, v_early.currency) AS a
        WHERE a.has_failed AND v_early.is_signed;
    END LOOP;
END $$;
