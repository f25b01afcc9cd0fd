"""What a node is: one file declares its settings, its exits, and what happens when it is reached.

`step` is pure: it sees the run and what just happened, and says which way to go, what to wait
for, or that this is the end. What shall be done besides is returned as effects, which are carried
out in the transaction that moves the run: an effect only touches the database, and whatever calls
outside queues a job.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

import msgspec

from sparekey.db import Executor, Tx
from sparekey.flows.model import NOTHING, Event, Finding, Signal
from sparekey.kit.keyring import Keyring


class Stuck(Exception):
    """This run cannot go on by itself; `code` says why, for the person who looks at it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Instead(Stuck):
    """What an effect was to do cannot be done: the run leaves its node by this exit instead.

    Raised before anything is done; whoever cannot turn the run round is stuck with it.
    """

    def __init__(self, exit: str) -> None:
        super().__init__(f"exit.{exit}")
        self.exit = exit


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of a node's settings; their JSON Schema draws its form. `rules` are schemas that
    hold besides, for what no single field says."""

    rules: ClassVar[Sequence[Mapping[str, Any]]] = ()


class NoSettings(Settings, frozen=True, kw_only=True):
    """A node with nothing to set."""


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a node may know of the run that reached it."""

    run: UUID
    node: str
    account_id: UUID | None
    at: datetime
    started_at: datetime
    facts: Mapping[str, str]
    answers: Mapping[str, str]
    #: How often this node was reached before.
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """What an effect is carried out with."""

    run: UUID
    node: str
    brand_id: int
    account_id: UUID | None
    pins: Mapping[str, int]
    facts: Mapping[str, str]
    keyring: Keyring
    #: Which claim of the run this is: with the node it names this effect for ever.
    fence: int
    at: datetime


class Stage(Protocol):
    """The played world of a try: what an effect would have done is seen there."""

    def show(self, channel: str, template: str, *, to: str, carries: str | None, text: str) -> None:
        """A message is on its way; `carries` is code, link or None."""
        ...

    def note(self, what: str) -> None:
        """Something else would have been done."""
        ...

    @property
    def at(self) -> datetime:
        """What time it is there."""
        ...

    @property
    def begun_by(self) -> str:
        """The kind of the start."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether the challenge has ended, so that no proof can be sent any more."""
        ...


class Effect(Protocol):
    """Something to be done besides going on."""

    async def apply(self, tx: Tx, around: Applying) -> None:
        """Do it, inside the transaction that moves the run."""
        ...

    def play(self, stage: Stage) -> None:
        """Show what would be done."""
        ...


@dataclass(frozen=True, slots=True)
class Go:
    """Leave by an exit; `answer` is remembered as this node's answer."""

    exit: str
    effects: Sequence[Effect] = ()
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Stay until the first of the signals comes, or the time is over."""

    at_most: timedelta
    signals: Signal = NOTHING
    effects: Sequence[Effect] = ()


@dataclass(frozen=True, slots=True)
class End:
    """The run is over; `is_good` is whether whoever drew it counts this as reached."""

    outcome: str
    is_good: bool = True
    effects: Sequence[Effect] = ()


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on at the start of another flow of the brand; nothing counts as proven there."""

    flow: str


Step = Go | Hold | End | Jump


def _nothing(_settings: Any) -> Iterable[Finding]:
    return ()


async def _no_pins(_on: Executor, _brand_id: int) -> Mapping[str, int]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(Generic[S]):
    """The declaration of one kind of node.

    `exits` are its outcomes under given settings. One with `is_start` begins runs: `trigger` says
    by which words, and where it `is_only` one, no two live flows of a brand answer to the same.
    One with `waits` always stays a while, whatever its settings. Exits that `may_end` need not be
    led anywhere: the run then ends by their name. One that `needs_proof` does what
    only a proven recovery may; `proven_by` is the exit that only a proof leads to. `check` finds
    what no type can; `hears` turns what somebody wrote into one of the designer's words, or None;
    `pins` are versions of other things that a published version keeps.
    """

    about: str
    settings: type[S]
    exits: Callable[[S], Sequence[str]]
    step: Callable[[S, Situation, Event | None], Step]
    is_start: bool = False
    is_only: bool = False
    waits: bool = False
    needs_proof: bool = False
    proven_by: str | None = None
    may_end: frozenset[str] = frozenset()
    trigger: Callable[[S], Sequence[str]] = field(default=lambda _settings: ("",))
    check: Callable[[S], Iterable[Finding]] = _nothing
    hears: Callable[[S, str], str | None] = field(default=lambda _settings, _text: None)
    jumps_to: Callable[[S], str | None] = field(default=lambda _settings: None)
    pins: Callable[[Executor, int], Awaitable[Mapping[str, int]]] = _no_pins


def then(_settings: Settings) -> Sequence[str]:
    """The exits of a node with one way on."""
    return ("then",)


def go_on(_settings: Settings, _situation: Situation, _event: Event | None) -> Step:
    """The step of a node that does nothing itself, such as a start."""
    return Go("then")
