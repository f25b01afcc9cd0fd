"""The product in this process, on a clock that the test moves: days pass in a moment.

The application is the real one on a real database; its worker's loops are stepped by hand.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sparekey import brands, floors
from sparekey.app import build
from sparekey.db import Db, partitions
from sparekey.jobs import ClaimLoop, Lane
from sparekey.kit.keyring import Keyring
from sparekey.loops import loops, routes_of
from sparekey.opening import House
from sparekey.settings import read
from tests.world.basics import MovableClock
from tests.world.cast import Handset, Person, Received, new_person, read_received
from tests.world.deployment import BASE_URL, make_brand

_STEPPED = (
    "flows.run", "gateways.raw", "inbox.letter", "outbox.due", "outbox.due.bulk",
    *(lane.queue for lane in Lane),
)  # fmt: skip


@dataclass(slots=True)
class Simulation:
    """A sandbox brand, a client with its key, and the time."""

    house: House
    clock: MovableClock
    client: httpx.AsyncClient
    brand: brands.Brand
    _loops: Sequence[ClaimLoop[Any]]
    _handsets: list[Handset] = field(default_factory=list[Handset])
    _arrived: dict[str, list[Received]] = field(default_factory=dict[str, list[Received]])
    _typed: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    @property
    def db(self) -> Db:
        """The database behind it."""
        return self.house.db

    @property
    def keyring(self) -> Keyring:
        """The keys it uses."""
        return self.house.keyring

    async def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """POST JSON with the brand's key."""
        return await self.client.post(path, json=body, headers=headers)

    async def deliver(self) -> None:
        """Do everything that is due now; afterwards handsets show what has arrived."""
        for typed in self._typed:
            (await self.post("/v1/sandbox/replies", typed)).raise_for_status()
        self._typed.clear()
        while any([await _step(loop) for loop in self._loops]):
            pass
        for handset in self._handsets:
            answer = await self.post("/v1/sandbox/inbox", {"address": handset.address})
            self._arrived[handset.address] = read_received(answer.json())

    async def work(self, of: str = "jobs.") -> bool:
        """Do what is due of the jobs, or of another loop, and no more; whether there was any."""
        return any([await _step(loop) for loop in self._loops if loop.name.startswith(of)])

    async def wait(self, by: timedelta) -> None:
        """Let time pass; the weeks that a worker would have prepared meanwhile are there."""
        at = self.clock.advance(by)
        await partitions.ensure(self.db, self.house.archives, at)

    def handset(self, address: str) -> Handset:
        """The phone or mailbox under an address."""
        made = Handset(self, address)
        self._handsets.append(made)
        return made

    def person(self, name: str) -> Person:
        """Somebody new, with a mobile and a mailbox."""
        made = new_person(name, self)
        self._handsets += [made.phone, made.email]
        return made

    def received(self, address: str) -> Sequence[Received]:
        """What had arrived at the last delivery."""
        return self._arrived.get(address, [])

    def reply(self, *, sender: str, to: str, text: str) -> None:
        """Typed now, sent with the next delivery."""
        self._typed.append({"from": sender, "to": to, "text": text})


async def _step(loop: ClaimLoop[Any]) -> bool:
    """Claim once and work off what was claimed, as the loop itself does; False: nothing was due."""
    claimed = await loop.claim(loop.batch)
    outcomes = await asyncio.gather(*map(loop.work, claimed), return_exceptions=True)
    worked = list(zip(claimed, outcomes, strict=True))
    if loop.finish is not None:
        await loop.finish([item for item, outcome in worked if outcome is None])
    for item, outcome in worked:
        if isinstance(outcome, Exception) and loop.failed is not None:
            await loop.failed(item, outcome)
        elif isinstance(outcome, BaseException):
            raise outcome
    return bool(claimed)


def opened(
    database_url: str, db: Db, keyring: Keyring, clock: MovableClock, **settings: str
) -> House:
    """What the composition roots open first, on the test's own database and clock."""
    read_from = {
        "DATABASE_URL": database_url,
        "SPAREKEY_BASE_URL": BASE_URL,
        "SPAREKEY_DATA_DIR": "/nowhere",
        **settings,
    }
    return House(read(read_from), db, database_url, keyring, clock, floors.archives())


@asynccontextmanager
async def simulating(house: House, clock: MovableClock) -> AsyncGenerator[Simulation]:
    """The whole product on a house whose clock the test moves."""
    brand, key = await make_brand(house.db, clock())
    transport = httpx.ASGITransport(build(house), client=("203.0.113.9", 40000))
    stepped = [loop for loop in loops(house, routes_of(house)) if loop.name in _STEPPED]
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://sparekey",
        headers={"Authorization": f"Bearer {key}"},
    ) as client:
        yield Simulation(house, clock, client, brand, stepped)


@pytest.fixture
async def app_client(
    database_url: str, db: Db, keyring: Keyring, clock: MovableClock
) -> AsyncIterator[Simulation]:
    """The whole product on the test's clock."""
    async with simulating(opened(database_url, db, keyring, clock), clock) as simulation:
        yield simulation
