"""What a wire is: it hands one message to a carrier or provider and fails in five named ways.

Wires know nothing of us: no database, no settings. What they need is given to them when they are
opened.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from sparekey.kit.finding import Finding


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A rendered message at the moment of hand-over; it prints without its words.

    `attempt` counts from 1. The two tokens name the message where something comes back to an
    address of ours: a bounce, or a person's reply. `code` is the one that `text` holds, without
    its groups, for wires that say it in other words: a call, or a form that the provider approved.
    `is_answer`: somebody wrote to us, and this is what they get.
    """

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
    attempt: int = 1
    locale: str = "en"
    bounce_token: str = field(default="", repr=False)
    reply_token: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway took it; `ref` is its own name for the message, when it gave one."""

    ref: str | None = None


class WireFailure(Exception):
    """Why a message was not handed over; only the five below are ever raised.

    What it says is logged: a few words without any address or word of the message.
    """

    code = "failed"


class Refused(WireFailure):
    """Permanent: this message or address will never be taken."""

    code = "refused"


class Throttled(WireFailure):
    """Too fast: the same gateway will take it after `retry_in`."""

    code = "throttled"

    def __init__(self, retry_in: timedelta, reason: str = "") -> None:
        super().__init__(reason or f"try again in {retry_in}")
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


@runtime_checkable
class Lasting(Protocol):
    """A wire that keeps connections: closed when its gateway changes, and at the end."""

    async def close(self) -> None:
        """End them in good order; whoever still waits for an answer is unsure."""
        ...


@runtime_checkable
class Listening(Lasting, Protocol):
    """A wire whose own connection brings something, even before anything is sent."""

    def listen(self) -> None:
        """Connect now and stay connected; again and again it does nothing more."""
        ...


@dataclass(frozen=True, slots=True)
class Raw:
    """What came in for a gateway, exactly as it came: a request to its hook, or what its own
    connection brought (`method` then says what, as in `DELIVER_SM`). It prints without contents.

    `url` is the configured public address of the hook with the query as it was sent; header names
    are in lower case.
    """

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    at: datetime

    def header(self, name: str) -> str | None:
        """The value of a header that came once; None when it is absent or came twice."""
        found = [value for known, value in self.headers if known == name]
        return found[0] if len(found) == 1 else None


class Forged(Exception):
    """What came in is not proven to be the provider's; a few words why, without its contents."""


class Unreadable(Exception):
    """What came in is nothing that this kind of gateway sends; says where reading ended."""


class Outcome(StrEnum):
    """What a receipt says; later ones never lead back."""

    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Report:
    """A receipt: what became of one message, named by the gateway's `ref` or by our own `id`.

    `reason` is the provider's own code; `price` is what one message cost, in `currency`
    (ISO 4217).
    """

    outcome: Outcome
    ref: str | None = None
    id: UUID | None = None
    at: datetime | None = None
    reason: str = ""
    price: Decimal | None = None
    currency: str | None = None
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that somebody sent to one of our numbers or addresses; `ref` names it for the
    provider, so that one that comes twice is one."""

    channel: str
    sender: str = field(repr=False)
    to: str = field(repr=False)
    text: str = field(repr=False)
    ref: str | None = None
    at: datetime | None = None


Heard = Report | Incoming


@dataclass(frozen=True, slots=True)
class Reply:
    """What a hook answers a provider."""

    status: int = 204
    media_type: str = "text/plain"
    body: bytes = b""


Keep = Callable[[Outgoing, bool], Awaitable[None]]
Store = Callable[[Raw], Awaitable[None]]


async def _nowhere(_raw: Raw) -> None:
    """For wires whose connections bring nothing."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the composition root lends to the wire of one gateway.

    `keep`: where the sandbox keeps its messages. `store`: makes what its own connection brought
    durable; only then may it be acknowledged. `hook_url`: where its provider reports to.
    """

    keep: Keep
    store: Store = _nowhere
    hook_url: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that whoever configures a gateway says. A secret is never typed on a command line,
    nor shown again; `default` is what holds when nothing is said, in words; None: it must be."""

    name: str
    about: str
    default: str | None = None
    is_secret: bool = False


#: A gateway's settings as they were given, by name; those left out are absent.
Values = Mapping[str, str]


class UnusableSettings(Exception):
    """A gateway cannot be made of these settings; says in a sentence which one and what it takes.

    Never quotes the value: it may be a secret.
    """


@dataclass(frozen=True, slots=True)
class Hears:
    """How a kind of gateway hears from its provider.

    `verify` raises Forged, fast and without the network where it can: it runs before anything is
    stored. `is_signed` says whether `verify` proves the sender with these settings; if not, the
    hook's secret path is all there is, and a report may not trigger a fallback. `read` raises
    Unreadable; it runs later, from the stored row, perhaps twice. `reply` is what the hook answers.
    `join`: a long message may come in pieces, of which `read` says nothing; each is stored with
    the header `group`, and once all of one group's from the last 24 hours are passed in, whatever
    the order, the messages that are whole come out, the same with the same `ref` however often.
    """

    verify: Callable[[Values, Raw], Awaitable[None]]
    read: Callable[[Values, Raw], Sequence[Heard]]
    is_signed: Callable[[Values], bool]
    reply: Callable[[Values, Raw], Reply] = lambda _values, _raw: Reply()
    join: Callable[[Values, Sequence[Raw]], Sequence[Heard]] | None = None


def _takes_anything(_values: Values) -> None:
    """Of a kind that takes no settings."""


def _takes_no_replies(_values: Values) -> bool:
    """Of a kind whose emails cannot be answered."""
    return False


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file in `wires/` declares: the channels it carries and how to open it.

    `settings` None: nobody configures one. `check` raises UnusableSettings, and so does `open`;
    `examine` looks at everything that can be seen from here, the connection too. `listens`: its
    wires are `Listening`. `takes_replies`: whether what is written back to an email reaches us.
    """

    channels: frozenset[str]
    open: Callable[[Around, Values], Wire]
    settings: tuple[Setting, ...] | None = None
    check: Callable[[Values], None] = _takes_anything
    examine: Callable[[Values], AsyncIterator[Finding]] | None = None
    hears: Hears | None = None
    listens: bool = False
    takes_replies: Callable[[Values], bool] = _takes_no_replies


@dataclass(frozen=True, slots=True)
class Gateway:
    """A configured connection of a live brand; its settings are sealed for its row.

    `hook_number` counts the secret paths that its hook has had. `per_second` is its pace, None as
    fast as it goes. `is_silent`: receipts that used to come stay away.
    """

    id: UUID
    brand_id: int
    name: str
    kind: str
    channels: tuple[str, ...]
    sealed: bytes = field(repr=False)
    is_on: bool
    hook_number: int = 1
    per_second: int | None = None
    is_silent: bool = False

    def carries(self, channel: str) -> bool:
        """Whether messages of this channel go through it now."""
        return self.is_on and channel in self.channels
