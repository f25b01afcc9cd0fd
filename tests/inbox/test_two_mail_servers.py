"""Two installations whose mail reaches each other, each behind a real Postfix that forwards what
comes for its sender to an address where replies are read."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from sparekey import brands, gateways, inbox, outbox
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.world.basics import MovableClock
from tests.world.deployment import make_brand
from tests.world.figures import Figures
from tests.world.mail import DOMAIN, MailHouse, mail_house
from tests.world.postgres import Cluster
from tests.world.processes import free_port
from tests.world.simulated import Simulation, opened, simulating
from tests.world.waiting import until

_SENDER, _FORWARDER = f"service@{DOMAIN}", f"forwarder@{DOMAIN}"
#: What tells a machine's mail from a person's.
_MARKS = ("Auto-Submitted", "Message-ID", "Precedence")
_ROUNDS = 4


@dataclass(slots=True)
class Installation:
    """One with a database, keys and a mail server of its own, which hands it what arrives."""

    simulation: Simulation
    brand: brands.Brand
    key: str
    port: int

    async def ask(self) -> str:
        """Have a code sent to the mailbox that forwards; where that message's replies go to."""
        answer = await self.simulation.post(
            "/v1/verifications",
            {"to": _FORWARDER, "purpose": "sign_in"},
            Authorization=f"Bearer {self.key}",
        )
        assert answer.status_code == 201, answer.text
        [row] = await self.messages()
        token = outbox.answer_token(self.simulation.keyring, "reply", row["id"]).reveal()
        return f"reply+{token}@{DOMAIN}"

    async def send_through(self, mail: MailHouse) -> None:
        """Mail leaves to this server."""
        values = {
            "host": "127.0.0.1",
            "port": str(mail.port),
            "security": "none",
            "sender": _SENDER,
            "replies": f"reply@{DOMAIN}",
        }
        await gateways.add(
            self.simulation.db, self.simulation.keyring, self.brand,
            name="mail", kind="smtp", channels=(), values=values, at=self.simulation.clock(),
        )  # fmt: skip

    async def messages(self) -> list[dict[str, Any]]:
        """What it has sent, oldest first."""
        rows = await self.simulation.db.fetch("SELECT id, template, state FROM outbox.message")
        return [dict(row) for row in rows]

    async def heard(self) -> int:
        """How many letters it has read."""
        return (await self.simulation.db.fetchrow("SELECT count(*) FROM inbox.message"))["count"]


@asynccontextmanager
async def installed(postgres: Cluster, clock: MovableClock) -> AsyncGenerator[Installation]:
    """An installation for the length of the block."""
    url, port = await postgres.migrated(), free_port()
    db, keyring = await Db.connect(url), Keyring.generate()
    house, place = opened(url, db, keyring, clock), inbox.Place("lmtp", "127.0.0.1", port)
    async with (
        simulating(house, clock) as simulation,
        inbox.listening(place, db, keyring, clock),
    ):
        brand, key = await make_brand(db, clock(), is_sandbox=False)
        yield Installation(simulation, brand, key, port)
    await db.close()
    await postgres.drop(url)


@pytest.mark.parametrize(("loses", "answers"), [((), 0), (_MARKS, 1)])
async def test_they_stop_after_one(
    postgres: Cluster, clock: MovableClock, figures: Figures, loses: tuple[str, ...], answers: int
):
    """With the marks of machines nothing is answered; where a server loses them, one mail is."""
    async with AsyncExitStack() as stack:
        both = [await stack.enter_async_context(installed(postgres, clock)) for _ in range(2)]
        replies = [await one.ask() for one in both]
        servers = [
            stack.enter_context(
                mail_house(
                    handing_to=one.port,
                    forwards={_SENDER: reply, _FORWARDER: reply},
                    loses=loses,
                )
            )
            for one, reply in zip(both, replies, strict=True)
        ]
        for one, elsewhere in zip(both, reversed(servers), strict=True):
            await one.send_through(elsewhere)
        for _ in range(_ROUNDS):
            for one, elsewhere in zip(both, reversed(servers), strict=True):
                await one.simulation.deliver()
                await asyncio.to_thread(until, elsewhere.queue_is_empty, within=20)
        sent = [[row["template"] for row in await one.messages()] for one in both]
        states = {row["state"] for one in both for row in await one.messages()}
        heard = [await one.heard() for one in both]
    figures.add(f"marks lost: {bool(loses)}; sent {sent[0]} and {sent[1]}, heard {heard}")

    assert states == {"sent"}
    assert sent == [["sign_in_code", *["help"] * answers]] * 2
    assert heard == [1 + answers, 1 + answers]
