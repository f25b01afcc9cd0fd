-- Begins a run where its first breath ended. False when the account has as many as it may by this
-- door, or when the run is there already: starting the same id again changes nothing.
CREATE FUNCTION flows.start(
    id uuid, account uuid, brand integer, version integer, node smallint, waits smallint,
    wake_at timestamptz, steps smallint, memory bytea, path bytea, reply_key uuid, door smallint,
    most integer
) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
    IF start.account IS NOT NULL THEN
        -- Counting and adding are one step for whoever starts runs of the same account.
        PERFORM pg_advisory_xact_lock(hashtextextended('flows.run ' || start.account, 0));
        IF start.most <= (
            SELECT count(*) FROM flows.run
            WHERE account_id = start.account AND run.door = start.door
        ) THEN
            RETURN false;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM flows.ended WHERE ended.id = start.id) THEN
        RETURN false;  -- the same trigger once more, after its run was over
    END IF;
    INSERT INTO flows.run (id, account_id, brand_id, version_id, node, waits, wake_at, steps,
        memory, path, reply_key, door)
    VALUES (start.id, start.account, start.brand, start.version, start.node, start.waits,
        start.wake_at, start.steps, start.memory, start.path, start.reply_key, start.door)
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

-- Something happened to a run. Of all that happens at once, its timer included, one thing wins: the
-- first to clear `waits` under the row's lock. Moving the fence makes a timer that is being worked
-- void. What comes while the run is being worked is kept for its next wait; a proof (4: link, 8: code)
-- is kept until it is waited for, because it can be brought only once. A receipt (16) is of one
-- message, and answers only the wait for that one.
CREATE FUNCTION flows.hear(
    id uuid, signal smallint, word text, ref uuid, at timestamptz
) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    waited  smallint;
    message uuid;
BEGIN
    SELECT run.waits, run.receipt_of INTO waited, message
    FROM flows.run WHERE run.id = hear.id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'absent';
    END IF;
    IF waited & hear.signal <> 0 AND (hear.signal <> 16 OR hear.ref = message) THEN
        UPDATE flows.run
        SET waits = 0, heard = hear.signal, heard_word = hear.word, heard_ref = hear.ref,
            wake_at = hear.at, fence = fence + 1, attempts = 0
        WHERE run.id = hear.id;
        RETURN 'woken';
    END IF;
    IF waited <> 0 AND NOT (hear.signal IN (4, 8) AND hear.word = 'proven') THEN
        RETURN 'unwanted';
    END IF;
    INSERT INTO flows.early (run_id, signal, word, ref, at)
    VALUES (hear.id, hear.signal, hear.word, hear.ref, hear.at);
    RETURN 'kept';
END
$$;

-- Writes down how far runs went; the ids of those that were still the worker's own. What came
-- early for the new wait wakes it at once; receipts (16) once it is known of which message one is
-- waited for: see `await_receipt`.
CREATE FUNCTION flows.settle(
    ids uuid[], fences integer[], versions integer[], nodes smallint[], waits smallint[],
    wakes timestamptz[], steps smallint[], memories bytea[], paths bytea[], at timestamptz
) RETURNS SETOF uuid
LANGUAGE plpgsql
AS $$
DECLARE
    came flows.early%ROWTYPE;
BEGIN
    FOR i IN 1 .. cardinality(ids) LOOP
        UPDATE flows.run
        SET version_id = versions[i], node = nodes[i], waits = settle.waits[i],
            wake_at = wakes[i], steps = settle.steps[i], memory = memories[i], path = paths[i],
            heard = 0, heard_word = NULL, heard_ref = NULL, receipt_of = NULL, attempts = 0
        WHERE id = ids[i] AND fence = fences[i];
        CONTINUE WHEN NOT FOUND;
        RETURN NEXT ids[i];
        CONTINUE WHEN settle.waits[i] = 0;  -- it goes on at once, elsewhere
        SELECT * INTO came
        FROM flows.early
        WHERE run_id = ids[i] AND signal <> 16 AND signal & settle.waits[i] <> 0
        ORDER BY number
        LIMIT 1;
        IF FOUND THEN
            UPDATE flows.run
            SET waits = 0, heard = came.signal, heard_word = came.word, heard_ref = came.ref,
                wake_at = settle.at, fence = fence + 1
            WHERE id = ids[i];
            DELETE FROM flows.early WHERE run_id = ids[i] AND (number = came.number
                OR number < came.number AND NOT (signal IN (4, 8) AND word = 'proven'));
        ELSE
            DELETE FROM flows.early
            WHERE run_id = ids[i] AND NOT (signal IN (4, 8) AND word = 'proven')
                AND NOT (signal = 16 AND settle.waits[i] & 16 <> 0);
        END IF;
    END LOOP;
END
$$;

-- Names the message whose receipt a run waits for, in the transaction that let it wait: before its
-- commit nobody can tell of a message that is queued in it. A receipt that was kept may be of one
-- that was sent before and counts still; those of all others are forgotten. NULL: of none.
CREATE FUNCTION flows.await_receipt(id uuid, message uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE flows.run SET receipt_of = await_receipt.message
    WHERE run.id = await_receipt.id AND run.waits & 16 <> 0;
    PERFORM flows.hear(early.run_id, early.signal, early.word, early.ref, await_receipt.at)
    FROM (
        SELECT * FROM flows.early
        WHERE run_id = await_receipt.id AND signal = 16 AND ref = await_receipt.message
        ORDER BY number LIMIT 1
    ) AS early;
    DELETE FROM flows.early WHERE run_id = await_receipt.id AND signal = 16;
END
$$;

-- Ends runs into the archive; the ids of those that were still the worker's own.
CREATE FUNCTION flows.finish(
    ids uuid[], fences integer[], outcomes text[], paths bytea[], at timestamptz
) RETURNS SETOF uuid
LANGUAGE plpgsql
AS $$
DECLARE
    gone flows.run%ROWTYPE;
BEGIN
    FOR i IN 1 .. cardinality(ids) LOOP
        DELETE FROM flows.run WHERE id = ids[i] AND fence = fences[i] RETURNING * INTO gone;
        CONTINUE WHEN NOT FOUND;
        INSERT INTO flows.ended (id, version_id, brand_id, account_id, outcome, path, ended_at)
        VALUES (gone.id, gone.version_id, gone.brand_id, gone.account_id, outcomes[i], paths[i],
            finish.at);
        DELETE FROM flows.early WHERE run_id = ids[i];
        RETURN NEXT ids[i];
    END LOOP;
END
$$;

-- Counts exits that were taken and outcomes that were reached, in one of 16 shards.
CREATE FUNCTION flows.add_counts(
    versions integer[], nodes smallint[], exits smallint[], counts bigint[],
    ended integer[], outcomes text[], goods boolean[], ends bigint[], shard smallint
) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO flows.tally AS t (version_id, node, exit, shard, count)
    SELECT version, node, exit, add_counts.shard, number
    FROM unnest(versions, nodes, exits, counts) AS taken (version, node, exit, number)
    ORDER BY version, node, exit
    ON CONFLICT (version_id, node, exit, shard) DO UPDATE SET count = t.count + excluded.count;
    INSERT INTO flows.outcome AS o (version_id, outcome, is_good, shard, count)
    SELECT version, outcome, is_good, add_counts.shard, number
    FROM unnest(ended, outcomes, goods, ends) AS reached (version, outcome, is_good, number)
    ORDER BY version, outcome, is_good
    ON CONFLICT (version_id, outcome, is_good, shard)
    DO UPDATE SET count = o.count + excluded.count;
$$;

-- Takes a run's lock, if there is such a run: whoever will tell it something takes this lock before
-- any other, as its worker does.
CREATE FUNCTION flows.hold(id uuid) RETURNS void
LANGUAGE sql
AS $$
    SELECT FROM flows.run WHERE run.id = hold.id FOR UPDATE;
$$;
