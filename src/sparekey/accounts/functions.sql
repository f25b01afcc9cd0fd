-- The one account that a typed text names, given its key for each kind of identifier, or NULL.
-- The most trusted kind that hits decides; two accounts there are nobody.
CREATE FUNCTION accounts.named(p_brand_id integer, p_keys bytea[]) RETURNS uuid
LANGUAGE sql STABLE AS $$
    WITH hit AS (
        SELECT i.kind, i.account_id
        FROM accounts.identifier AS i
        WHERE i.brand_id = p_brand_id AND i.key = ANY (p_keys)
    )
    SELECT (array_agg(DISTINCT h.account_id))[1]
    FROM hit AS h
    WHERE h.kind = (SELECT min(hit.kind) FROM hit)
    HAVING count(DISTINCT h.account_id) = 1
$$;

-- The keys of the accounts that a proof of this address could open, or NULL for none. A challenge
-- can charge seven: who gets an eighth here knows that there are too many.
CREATE FUNCTION accounts.opened_by(p_brand_id integer, p_key bytea) RETURNS bytea[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(opened.key ORDER BY opened.key)
    FROM (
        SELECT a.key
        FROM accounts.identifier AS i
        JOIN accounts.account AS a ON a.id = i.account_id
        WHERE i.brand_id = p_brand_id AND i.key = p_key
        ORDER BY a.key
        LIMIT 8
    ) AS opened
$$;
