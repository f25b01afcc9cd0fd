"""A live brand whose texts leave by SMPP, an SMSC nobody here wrote, and workers to be killed."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sparekey import brands, gateways
from sparekey.gateways.service import configuring
from tests.faults.findings import let_leases_run_out
from tests.gateways.smpp.texting import values
from tests.world.cast import fresh_number
from tests.world.deployment import Deployment
from tests.world.processes import Process, environment
from tests.world.smsc import Smsc, smsc

_PATIENCE_SECONDS = 30.0
_NUMBER = "+447400000111"


@dataclass(slots=True)
class Texting:
    """One brand, its SMSC, and whoever hands its texts over."""

    deployment: Deployment
    brand: brands.Brand
    key: str
    carrier: Smsc
    asked: list[str] = field(default_factory=list[str])
    #: The ids of the challenges, in the order in which they were asked for.
    challenges: list[str] = field(default_factory=list[str])

    def worker(self, name: str = "worker") -> Process:
        """A `sparekey worker`; not started yet."""
        settings = environment(**self.deployment.settings)
        return Process(["worker"], settings, self.deployment.directory / f"{name}.log")

    async def ask(self, times: int, **more: Any) -> None:
        """So many customers ask for a code by text."""
        asked = await ask_for_codes(self.deployment, self.key, times, **more)
        self.asked += asked.values()
        self.challenges += asked.keys()

    async def states(self) -> Counter[str]:
        """How many messages are in each state."""
        async with self.deployment.database() as db:
            rows = await db.fetch(
                "SELECT state FROM outbox.message WHERE brand_id = $1", self.brand.id
            )
        return Counter(row["state"] for row in rows)

    async def until(self, *, within: float = _PATIENCE_SECONDS, **wanted: int) -> None:
        """Wait until the messages are in these states."""
        deadline = time.monotonic() + within
        while (found := await self.states()) != Counter(wanted):
            assert time.monotonic() < deadline, found
            await asyncio.sleep(0.02)

    async def count(self, state: str, wanted: int) -> None:
        """Wait until so many messages are in a state."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (found := await self.states())[state] != wanted:
            assert time.monotonic() < deadline, found
            await asyncio.sleep(0.02)

    async def let_leases_run_out(self) -> None:
        """Pass the minute that the killed would have had."""
        async with self.deployment.database() as db:
            await let_leases_run_out(db)

    def doubled(self) -> list[str]:
        """Whose text came twice, or a part of it: the code in it tells one from another."""
        given = Counter((one["to"], one["text"]) for one in self.carrier.of("submit"))
        return [f"+{to}" for (to, _), times in given.items() if times > 1]

    def reached(self) -> set[str]:
        """The numbers that the SMSC was given something for."""
        return {f"+{one['to']}" for one in self.carrier.of("submit")}


async def ask_for_codes(
    deployment: Deployment, key: str, times: int, **more: Any
) -> dict[str, str]:
    """So many customers ask for a code by text, several at once: their numbers by challenge."""
    several, asked = asyncio.Semaphore(16), dict[str, str]()
    async with deployment.client(api_key=key) as client:

        async def ask() -> None:
            body = {"to": fresh_number(), "purpose": "sign_in", "channel": "sms", **more}
            async with several:
                answer = await client.post("/v1/verifications", json=body)
            assert answer.status_code == 201, answer.text
            asked[answer.json()["id"]] = body["to"]

        await asyncio.gather(*(ask() for _ in range(times)))
    return asked


@asynccontextmanager
async def texting(
    deployment: Deployment, *, channel_order: Sequence[str] = ("sms",), **settings: Any
) -> AsyncGenerator[Texting]:
    """A brand and an SMSC for the length of the block; afterwards nobody calls the SMSC."""
    brand, key = await deployment.new_brand(
        is_sandbox=False,
        countries=("GB",),
        channel_order=channel_order,
        sender=brands.Sender("Acme", _NUMBER, can_reply=True),
    )
    async with smsc(**settings) as carrier, deployment.database() as db:
        told = values(port=str(carrier.port), window="50")
        at = datetime.now(UTC)
        await gateways.add(
            db,
            deployment.keyring,
            brand,
            name="texts",
            kind="smpp",
            channels=(),
            values=told,
            at=at,
        )
        try:
            yield Texting(deployment, brand, key, carrier)
        finally:
            await configuring.switch(db, brand, "texts", is_on=False)
