"""The phones and mailboxes of sandbox brands: what they received, and what is typed on them."""

from sparekey.sandbox.service.inbox import Inbox, keep_reply, read_inbox, sweep
from sparekey.sandbox.service.screen import (
    Owners,
    email,
    emails,
    latest_brand,
    owners,
    seal_address,
    texts,
    unseal_address,
)
from sparekey.sandbox.service.watching import Watcher, has_room, watching

__all__ = [
    "Inbox",
    "Owners",
    "Watcher",
    "email",
    "emails",
    "has_room",
    "keep_reply",
    "latest_brand",
    "owners",
    "read_inbox",
    "seal_address",
    "sweep",
    "texts",
    "unseal_address",
    "watching",
]
