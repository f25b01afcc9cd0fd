"""What a wire is: it hands one message to a carrier or provider and fails in five named ways.

Wires know nothing of us: no database, no settings. What they need is given to them when they are
opened.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A rendered message at the moment of hand-over; it prints without its words."""

    id: UUID
    brand_id: int
    channel: str
    sender: str
    to: str = field(repr=False)
    subject: str | None = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(repr=False)
    expires_at: datetime
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway took it; `ref` is its own name for the message, when it gave one."""

    ref: str | None = None


class WireFailure(Exception):
    """Why a message was not handed over; only the five below are ever raised."""

    code = "failed"


class Refused(WireFailure):
    """Permanent: this message or address will never be taken."""

    code = "refused"


class Throttled(WireFailure):
    """Too fast: the same gateway will take it after `retry_in`."""

    code = "throttled"

    def __init__(self, retry_in: timedelta) -> None:
        super().__init__(f"try again in {retry_in}")
        self.retry_in = retry_in


class Unreachable(WireFailure):
    """It certainly did not go: try again, or elsewhere."""

    code = "unreachable"


class Misconfigured(WireFailure):
    """Nothing will go until a person mends the connection: switch it off and tell an agent."""

    code = "misconfigured"


class Unsure(WireFailure):
    """It may have gone: never send a code again on our own account."""

    code = "unsure"


class Wire(Protocol):
    """One open connection. `repeats_safely` says that sending a message id twice sends it once."""

    @property
    def repeats_safely(self) -> bool: ...

    async def send(self, message: Outgoing) -> Accepted:
        """Hand it over; raises one of the five failures."""
        ...

    async def drop(self, message: Outgoing) -> None:
        """Do all the work of `send`, short of letting anybody have the message (decoys)."""
        ...


Keep = Callable[[Outgoing, bool], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Around:
    """What the composition root lends to wires: so far, where the sandbox keeps its messages."""

    keep: Keep


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file in `wires/` declares: the channels it carries and how to open it."""

    channels: frozenset[str]
    open: Callable[[Around], Wire]
