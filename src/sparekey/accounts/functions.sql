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

-- The account whose identifier comes next after a key: read for strangers, so that looking nobody up
-- is the same work. Keys are MACs, so it is anybody's of the brand, and the same for the same key.
CREATE FUNCTION accounts.beside(p_brand_id integer, p_key bytea) RETURNS uuid
LANGUAGE sql STABLE AS $$
    SELECT i.account_id
    FROM accounts.identifier AS i
    WHERE i.brand_id = p_brand_id AND i.key >= p_key
    ORDER BY i.key
    LIMIT 1
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

-- Keeps a browser's token, the oldest of the account making room for it. The account's row is
-- locked first, so that of sign-ins at once each counts the others' tokens; one whose account is
-- being deleted keeps nothing.
CREATE FUNCTION accounts.remember_device(
    p_token_mac bytea, p_account_id uuid, p_expires_at timestamptz, p_most integer
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts.account AS a WHERE a.id = p_account_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    DELETE FROM accounts.device AS d WHERE d.token_mac = ANY (ARRAY(
        SELECT o.token_mac FROM accounts.device AS o WHERE o.account_id = p_account_id
        ORDER BY o.expires_at DESC, o.token_mac OFFSET p_most - 1));
    INSERT INTO accounts.device (token_mac, account_id, expires_at)
    VALUES (p_token_mac, p_account_id, p_expires_at);
END $$;
