"""The floors of the house from the lowest to the highest, for the composition roots.

The order decides in which order databases are migrated, and which package may know which.
"""

from importlib import import_module
from importlib.util import find_spec

from sparekey.db import Archive

#: From the lowest floor to the highest; a package may only use those before it.
PACKAGES = (
    "kit",
    "settings",
    "db",
    "http",
    "events",
    "jobs",
    "brands",
    "access",
    "pages",
    "guard",
    "gateways",
    "accounts",
    "templates",
    "flows",
    "outbox",
    "receipts",
    "inbox",
    "verification",
    "recovery",
    "support",
    "sandbox",
    "nodes",
)


def archives() -> list[Archive]:
    """Every weekly partitioned table: each package names its own as `ARCHIVES`."""
    found: list[Archive] = []
    for package in PACKAGES:
        found += getattr(import_module(f"sparekey.{package}"), "ARCHIVES", ())
    return found


def load_jobs() -> None:
    """Import every package's `jobs.py`, which declares what it does in the background."""
    for package in PACKAGES:
        if find_spec(f"sparekey.{package}.jobs") is not None:
            import_module(f"sparekey.{package}.jobs")
