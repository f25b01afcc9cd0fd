"""The outbox in front of an SMTP wire, and the servers that it meets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from sparekey.gateways.wires.smtp.sending import SmtpWire
from sparekey.gateways.wires.smtp.settings import SmtpSettings
from tests.attacks.requests import start
from tests.gateways.letters import settings
from tests.gateways.servers import ScriptedServer
from tests.world.cast import Person
from tests.world.simulated import Simulation
from tests.world.wires import delivering_through


@dataclass(slots=True)
class Desk:
    """The outbox behind the API, with an SMTP wire of the test's own."""

    simulation: Simulation
    wire: SmtpWire

    async def ask(self, *people: Person) -> None:
        """Have a code sent to the mailbox of each."""
        for person in people:
            self.simulation.clock.advance(timedelta(milliseconds=1))
            await start(self.simulation.client, person.email)

    async def step(self, *, later: float = 0) -> int:
        """Hand over what is due so many seconds later; how many messages that was."""
        self.simulation.clock.advance(timedelta(seconds=later))
        return await delivering_through(self.simulation.house, self.wire)()

    async def messages(self) -> list[dict[str, Any]]:
        """Every message as it is stored, oldest first."""
        return [
            dict(row)
            for row in await self.simulation.db.fetch(
                """SELECT m.*, d.due_at, m.sealed IS NULL AS is_wiped
                FROM outbox.message AS m LEFT JOIN outbox.due AS d ON d.message_id = m.id
                ORDER BY m.created_at, m.id"""
            )
        ]

    async def outcomes(self) -> list[tuple[str, str | None]]:
        """State and failure of every message."""
        return [(one["state"], one["failure"]) for one in await self.messages()]

    async def waits(self) -> float | None:
        """How many seconds the first message still waits; None when it does not."""
        due_at = (await self.messages())[0]["due_at"]
        return due_at and (due_at - self.simulation.clock()).total_seconds()


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """Takes everything, until it is told otherwise."""
    async with ScriptedServer().listening() as made:
        yield made


@pytest.fixture
def smtp(server: ScriptedServer) -> SmtpSettings:
    """A gateway to it."""
    return settings(port=str(server.port), connections="1")


@pytest.fixture
def desk(app_client: Simulation, smtp: SmtpSettings) -> Desk:
    """With a wire to the scripted server."""
    return Desk(app_client, SmtpWire(smtp))


@pytest.fixture
def alice(app_client: Simulation) -> Person:
    """Has a mailbox."""
    return app_client.person("alice")


@pytest.fixture
def bob(app_client: Simulation) -> Person:
    """Has one, too, here."""
    return app_client.person("bob")
