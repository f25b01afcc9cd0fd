"""What people see to: tickets, what was said in them, and whose turn it is."""

from sparekey.support.journal import CHANGED, OPENED
from sparekey.support.model import Author, Message, State, Story, Ticket, Topic
from sparekey.support.service import (
    Case,
    Said,
    find,
    is_seen_to,
    listed,
    move,
    open_ticket,
    say,
    story,
)

__all__ = [
    "CHANGED",
    "OPENED",
    "Author",
    "Case",
    "Message",
    "Said",
    "State",
    "Story",
    "Ticket",
    "Topic",
    "find",
    "is_seen_to",
    "listed",
    "move",
    "open_ticket",
    "say",
    "story",
]
