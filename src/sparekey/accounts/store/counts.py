"""How many there are."""

from sparekey.db import statement

live_accounts = statement(
    """
    SELECT count(*)
    FROM accounts.account AS a
    JOIN brands.brand AS b ON b.id = a.brand_id
    WHERE NOT b.is_sandbox
    """,
    returns=int,
)
