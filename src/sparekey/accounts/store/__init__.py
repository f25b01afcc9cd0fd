"""The SQL of accounts: one statement each, no decision."""

from sparekey.accounts.store import (
    accounts,
    addresses,
    audience,
    changes,
    devices,
    farewells,
    identifiers,
    imports,
)

__all__ = [
    "accounts",
    "addresses",
    "audience",
    "changes",
    "devices",
    "farewells",
    "identifiers",
    "imports",
]
