"""A ticket: somebody has to be seen to by a person. Its states are drawn in `states.mermaid`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

#: How long a solved ticket may be opened again by the customer's next word.
CLOSES_AFTER = timedelta(days=14)
MOST_CHARACTERS = 4_000
#: So often a ticket says that somebody was handed over; after that it only counts.
MOST_HANDED = 20


class State(StrEnum):
    """Whose turn it is."""

    OPEN = "open"
    WAITING = "waiting"
    SOLVED = "solved"
    CLOSED = "closed"


class Topic(StrEnum):
    """What it is about."""

    CANNOT_GET_IN = "cannot_get_in"
    NOT_ME = "not_me"
    UNUSUAL = "unusual"
    REPLY = "reply"
    LOST_ADDRESS = "lost_address"
    OTHER = "other"


class Author(StrEnum):
    """Who said something."""

    CUSTOMER = "customer"
    AGENT = "agent"
    FLOW = "flow"


#: Which state each state may follow.
FOLLOWS: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.WAITING, State.SOLVED}),
    State.WAITING: frozenset({State.OPEN}),
    State.SOLVED: frozenset({State.OPEN, State.WAITING}),
    State.CLOSED: frozenset({State.SOLVED}),
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """One case. `about` is what it came from: a run, a recovery, a message. `runs` have handed it
    over, about all of `topics`, the first of which is its own."""

    id: UUID
    brand_id: int
    account_id: UUID | None
    about: UUID
    topic: Topic
    topics: Sequence[Topic]
    state: State
    runs: int
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """Something that was said in a ticket; `source` is the message it came as, if it did."""

    id: UUID
    author: Author
    source: UUID | None
    text: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket with everything that was said, oldest first."""

    ticket: Ticket
    messages: Sequence[Message]
