"""What people see to: tickets, what was said in them, and whose turn it is."""

from sparekey.support.journal import CHANGED, OPENED
from sparekey.support.model import Author, Message, State, Story, Ticket, Topic
from sparekey.support.service import (
    Handover,
    Said,
    find,
    forget_runs,
    hand_over,
    listed,
    move,
    runs_of,
    say,
    story,
    take_run,
)

__all__ = [
    "CHANGED",
    "OPENED",
    "Author",
    "Handover",
    "Message",
    "Said",
    "State",
    "Story",
    "Ticket",
    "Topic",
    "find",
    "forget_runs",
    "hand_over",
    "listed",
    "move",
    "runs_of",
    "say",
    "story",
    "take_run",
]
