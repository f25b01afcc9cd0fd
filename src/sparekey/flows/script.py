"""What somebody does in a try, what goes wrong in it, and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from sparekey.flows.model import Word


class Fault(StrEnum):
    """What may go wrong."""

    LATE_RECEIPT = "late_receipt"
    NO_RECEIPT = "no_receipt"
    UNDELIVERED = "undelivered"
    #: Whatever happens is told twice.
    DUPLICATE = "duplicate"
    #: The first code that is typed is wrong.
    WRONG_CODE = "wrong_code"
    #: A text nobody expects comes first.
    WHO_IS_THIS = "who_is_this"


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing the played person does, so many seconds after the one before.

    `answer` is what an outside system says to a webhook; a move with nothing only lets time pass.
    """

    after: Annotated[int, Meta(ge=0, le=400 * 86_400)] = 5
    reply: Annotated[str, Meta(max_length=160)] | None = None
    code: Literal["right", "wrong"] | None = None
    opens_link: bool = False
    answer: Word | None = None


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a try begins and what is done in it; without a start, the flow's first."""

    start: Word | None = None
    word: Annotated[str, Meta(max_length=80)] = ""
    begins_at: Annotated[datetime, Meta(tz=True)] | None = None
    facts: dict[Word, Word] = {}
    moves: Annotated[list[Move], Meta(max_length=100)] = []
    faults: Annotated[list[Fault], Meta(max_length=6)] = []

    def __post_init__(self) -> None:
        if self.begins_at is not None and not 2000 <= self.begins_at.year <= 2200:
            raise ValueError("a try begins between 2000 and 2200")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened: `who` is us, the person, the carrier or the clock."""

    seconds: float
    who: str
    what: str
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A node that was left, and by which exit."""

    seconds: float
    node: str
    exit: str


@dataclass(frozen=True, slots=True)
class Played:
    """What a try came to: the path, every message, and where it stands or why it stopped."""

    path: Sequence[Passed]
    lines: Sequence[Line]
    messages: Sequence[str]
    outcome: str | None
    stands_at: str | None
    stuck: str | None
    seconds: float
