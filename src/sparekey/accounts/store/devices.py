"""Browsers that know an account."""

from uuid import UUID

from sparekey.db import statement

remember_device = statement(
    "SELECT accounts.remember_device(:token_mac, :account_id, :expires_at, :most)"
)

account_of_device = statement(
    """
    SELECT d.account_id
    FROM accounts.device AS d
    WHERE d.token_mac = ANY (:macs::bytea[]) AND d.expires_at > :at
    """,
    returns=UUID,
)

sweep_devices = statement("DELETE FROM accounts.device WHERE expires_at <= :at")

forget_devices = statement("DELETE FROM accounts.device WHERE account_id = :account_id")
