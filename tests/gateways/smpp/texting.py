"""A text to hand over, the settings of a gateway to hand it to, and a store for what comes in."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sparekey.gateways import Outgoing, Raw
from sparekey.gateways.wires.smpp.binding import Timers
from sparekey.gateways.wires.smpp.sending import SmppWire
from sparekey.gateways.wires.smpp.settings import SmppSettings, read_settings
from sparekey.kit.ids import new_id

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ALICE = "+4915112345678"
#: As in production, but nothing takes longer than a test may.
SWIFT = Timers(
    connect=5, turn=5, answer=5, idle=5, alive=5,
    first_retry=0.02, last_retry=0.2, after_refusal=0.2, first_pause=0.02, last_pause=0.1,
)  # fmt: skip


def message(**changes: Any) -> Outgoing:
    """One to Alice, changed as told."""
    told: dict[str, Any] = {
        "id": new_id(AT),
        "brand_id": 1,
        "channel": "sms",
        "sender": "Acme",
        "to": ALICE,
        "subject": None,
        "text": "Acme: 1234 5678 is your code.",
        "html": None,
        "expires_at": AT + timedelta(minutes=10),
        "sent_at": AT,
        **changes,
    }
    return Outgoing(**told)


def values(**changes: str) -> dict[str, str]:
    """A gateway to an SMSC on loopback, changed as told; an empty change leaves a setting out."""
    told = {
        "host": "127.0.0.1",
        "security": "none",
        "system_id": "sparekey",
        "password": "secret",
        "per_second": "5000",
        **changes,
    }
    return {name: text for name, text in told.items() if text}


def settings(**changes: str) -> SmppSettings:
    """The same, read."""
    return read_settings(values(**changes))


@dataclass(slots=True)
class Store:
    """Keeps what came in, in order; while `is_open` is not set it takes its time."""

    kept: list[Raw] = field(default_factory=list[Raw])
    asked: int = 0
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[Exception] = field(default_factory=list[Exception])
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.is_open.set()

    async def __call__(self, raw: Raw) -> None:
        """Make it durable, or fail as told."""
        self.asked += 1
        self._news.set()
        await self.is_open.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.kept.append(raw)

    async def was_asked(self, count: int = 1) -> None:
        """Returns once so many came."""
        async with asyncio.timeout(20):
            while self.asked < count:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def wire_to(
    port: int, store: Store | None = None, timers: Timers = SWIFT, **changes: str
) -> AsyncGenerator[SmppWire]:
    """A wire to an SMSC on this port, closed in good order."""
    wire = SmppWire(settings(port=str(port), **changes), store or Store(), timers)
    try:
        yield wire
    finally:
        await wire.close()
