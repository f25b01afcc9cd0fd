"""The journal: what happened, sealed against change, and who reacts to it."""

from datetime import timedelta

from sparekey.db import Archive
from sparekey.events.chain import Checkpoint
from sparekey.events.journal import Entry, append, append_each, read, subject_of
from sparekey.events.kinds import KINDS, Event, declare, on
from sparekey.events.seal import BrokenChain, seal
from sparekey.events.verify import verify

#: The security journal is kept for a year.
ARCHIVES = (Archive("events.event", keep=timedelta(days=365)),)

__all__ = [
    "ARCHIVES",
    "KINDS",
    "BrokenChain",
    "Checkpoint",
    "Entry",
    "Event",
    "append",
    "append_each",
    "declare",
    "on",
    "read",
    "seal",
    "subject_of",
    "verify",
]
