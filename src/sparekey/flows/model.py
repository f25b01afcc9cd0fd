"""A flow as a value: the document that people draw, and one person's run through it.

A document is one JSON object without any secret; its JSON Schema is published. A run holds ids
and words of the designer's own, never a code, a password, an address or what somebody wrote.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, IntFlag, StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

FORMAT = "sparekey.flow/1"
MOST_NODES = 500
MOST_BYTES = 256 * 1024
#: So far one goes in one breath; a run that goes further is parked.
MOST_STEPS = 200
#: So many steps one run takes in its whole life.
MOST_STEPS_EVER = 10_000
#: What is left of a run is shown this long.
KEEP_ENDED = timedelta(days=365)

#: Names of flows, nodes and exits, and every word that a run remembers.
WORD = r"^[a-z][a-z0-9_]{0,39}$"
_WORD = re.compile(WORD[1:-1])

Word = Annotated[str, Meta(pattern=WORD)]


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a node stands on the drawing."""

    x: Annotated[int, Meta(ge=-100_000, le=100_000)] = 0
    y: Annotated[int, Meta(ge=-100_000, le=100_000)] = 0


class Placed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One node of a document: `exits` names the node that follows each of its outcomes."""

    id: Word
    kind: Word
    settings: dict[str, Any] = {}
    exits: dict[Word, Word] = {}
    at: Place = Place()
    note: Annotated[str, Meta(max_length=500)] = ""


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One flow. The order of its nodes means nothing but to the eye."""

    format: Annotated[str, Meta(pattern=rf"^{re.escape(FORMAT)}$")] = FORMAT
    name: Word
    title: Annotated[str, Meta(min_length=1, max_length=120)]
    about: Annotated[str, Meta(max_length=1000)] = ""
    nodes: Annotated[list[Placed], Meta(max_length=MOST_NODES)]


class Door(IntEnum):
    """By which way a run of an account begins: `most` at once by each, whatever came by others. So
    whoever floods one of them closes none but that."""

    #: The company: its server, dates, events and audiences.
    COMPANY = 0
    #: Anybody at a page.
    STRANGER = 1
    #: Texts, whose sender can be forged.
    TEXT = 2
    #: A browser that the account has recovered in before.
    KNOWN = 3
    #: That somebody keeps trying to sign in.
    WARNING = 4

    @property
    def most(self) -> int:
        """So many runs of an account at once."""
        return {Door.COMPANY: 12, Door.WARNING: 4}.get(self, 8)


class Signal(IntFlag):
    """What a run may wait for; several at once, and the first to come wins."""

    TIME = 1
    REPLY = 2
    LINK_OPENED = 4
    CODE_CHECKED = 8
    RECEIPT = 16
    ANSWERED = 32
    #: What the run is about was changed: a new password, an answered ticket.
    CHANGED = 64
    #: A person let it go on by an exit of their choice.
    SKIPPED = 128


NOTHING = Signal(0)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a run: a word that says what, and the id of what it was."""

    signal: Signal
    word: str = ""
    ref: UUID | None = None


class Memory(msgspec.Struct, frozen=True, array_like=True):
    """What a run remembers: what was known at its start, answers by node, visits by node, and when
    each of its questions was over, by the node that waited for the reply, in Unix seconds."""

    facts: dict[str, str] = {}
    answers: dict[str, str] = {}
    visits: dict[str, int] = {}
    over: dict[str, int] = {}

    def is_about(self, node: str, as_of: datetime) -> bool:
        """Whether a reply to what was sent by then may be meant for this node's question: not when
        another question was not over yet."""
        since = max((over for one, over in self.over.items() if one != node), default=0)
        return as_of.timestamp() >= since


class RunState(StrEnum):
    """How a run stands."""

    DUE = "due"
    WAITING = "waiting"
    PARKED = "parked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One person's way through one version. `path` holds two bytes for each step taken;
    `receipt_of` is the message whose receipt it waits for, where that is known."""

    id: UUID
    brand_id: int
    version_id: int
    account_id: UUID | None
    node: int
    waits: Signal = NOTHING
    wake_at: datetime
    fence: int = 0
    steps: int = 0
    memory: Memory = field(default_factory=Memory)
    path: bytes = b""
    receipt_of: UUID | None = None

    def hears(self, event: Event) -> bool:
        """Whether it waits for this: of receipts, for its own message's alone. `flows.hear` decides
        by the same rule, under the row's lock."""
        if event.signal == Signal.RECEIPT and (event.ref is None or event.ref != self.receipt_of):
            return False
        return bool(self.waits & event.signal)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run came to its end."""

    run: UUID
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a document: where, a stable code, and a sentence for who drew it."""

    code: str
    message: str
    node: str | None = None
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found; a document without errors may be published."""

    findings: Sequence[Finding] = ()

    @property
    def errors(self) -> list[Finding]:
        """What keeps it from being published."""
        return [one for one in self.findings if one.severity == "error"]


def is_word(text: str) -> bool:
    """Whether a run may remember `text`."""
    return _WORD.fullmatch(text) is not None


def encode(document: Document) -> bytes:
    """The one form in which a document is stored, compared and exported."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def pack(memory: Memory) -> bytes | None:
    """A run's memory as it is stored; None for the many that remember nothing."""
    fields = [memory.facts, memory.answers, memory.visits, memory.over]
    while fields and not fields[-1]:  # the last are empty in most
        fields.pop()
    return msgspec.msgpack.encode(fields) if fields else None


def unpack(stored: bytes | None) -> Memory:
    """What `pack` packed."""
    return Memory() if stored is None else msgspec.msgpack.decode(stored, type=Memory)


def step_taken(node: int, exit: int) -> bytes:
    """One step in a run's path: ten bits of node, six of exit."""
    return (node << 6 | exit).to_bytes(2, "big")


def steps_of(path: bytes) -> list[tuple[int, int]]:
    """The (node, exit) numbers of a path, oldest first."""
    numbers = [int.from_bytes(path[i : i + 2], "big") for i in range(0, len(path), 2)]
    return [(number >> 6, number & 63) for number in numbers]


class Verdict(StrEnum):
    """How a start looks, from what was known at that moment."""

    #: Nothing speaks against its owner; of somebody who asked: in a browser that is known.
    FINE = "fine"
    #: Nothing speaks against its owner, and nothing for them: a new browser, a number.
    UNSURE = "unsure"
    #: A held account, a block, a freeze or pause, a new address, more guessing than owners do.
    SUSPICIOUS = "suspicious"


#: The facts of a start that are one of a few words.
WORDS_OF_FACTS: Mapping[str, tuple[str, ...]] = {
    "account": ("known", "stranger"),
    "browser": ("known", "new"),
    "second_factor": ("yes", "no"),
    "status": ("active", "locked", "disabled"),
    "verdict": tuple(one.value for one in Verdict),
}


def facts(given: Mapping[str, str | None]) -> dict[str, str]:
    """What is known at a start, as words: whatever is none is left out."""
    lowered = {name: value.lower() for name, value in given.items() if value}
    return {name: value for name, value in lowered.items() if is_word(value)}
