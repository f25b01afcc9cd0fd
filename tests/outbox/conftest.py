"""One message on its way, a wire that fails as told, and workers that come and go."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from sparekey.outbox import Delivery
from tests.attacks.requests import start
from tests.world.carriers import Carriers
from tests.world.cast import Person
from tests.world.simulated import Simulation
from tests.world.wires import PlayedWire, delivering_through, delivery_through


@dataclass(slots=True)
class Desk:
    """The outbox behind the sandbox brand's API, with a wire of the test's own."""

    simulation: Simulation
    wire: PlayedWire
    alice: Person

    async def ask(self, **more: Any) -> str:
        """Have a code sent to Alice."""
        return await start(self.simulation.client, self.alice.phone, **more)

    async def step(self, *, later: float = 0) -> int:
        """Hand over what is due so many seconds later; how many messages that was."""
        self.simulation.clock.advance(timedelta(seconds=later))
        return await delivering_through(self.simulation.house, self.wire)()

    def worker(self) -> Delivery:
        """The verbs of one more worker."""
        return delivery_through(self.simulation.house, self.wire)

    async def message(self) -> dict[str, Any]:
        """The one message, as it is stored, and whether it waits."""
        row = await self.simulation.db.fetchrow(
            """SELECT m.*, m.sealed IS NULL AS is_wiped, d.message_id IS NOT NULL AS waits
            FROM outbox.message AS m LEFT JOIN outbox.due AS d ON d.message_id = m.id"""
        )
        return dict(row)

    async def outcome(self) -> tuple[str, bool, bool]:
        """Its state, whether it still waits, and whether its words are gone."""
        found = await self.message()
        return found["state"], found["waits"], found["is_wiped"]


@pytest.fixture
async def desk(app_client: Simulation) -> Desk:
    return Desk(app_client, PlayedWire(), app_client.person("alice"))


def forget_caches(carriers: Carriers) -> None:
    """Let five seconds pass for what a worker remembers of a brand."""
    routes = carriers.delivery._handing._routes  # pyright: ignore[reportPrivateUsage]
    routes._of_brand.forget(carriers.brand.id)  # pyright: ignore[reportPrivateUsage]
