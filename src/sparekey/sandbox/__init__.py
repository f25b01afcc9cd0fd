"""The phones and mailboxes of sandbox brands: what they received, and what is typed on them."""

from sparekey.sandbox.service import Inbox, keep_reply, read_inbox, sweep

__all__ = ["Inbox", "keep_reply", "read_inbox", "sweep"]
