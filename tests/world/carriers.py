"""A live brand with carriers that the test plays: real routes, budgets, jobs and receipts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from sparekey import brands, gateways, outbox
from sparekey.gateways.service import routing
from sparekey.kit.ids import new_id
from sparekey.outbox import Delivery
from tests.attacks.requests import start
from tests.world.deployment import make_brand
from tests.world.simulated import Simulation
from tests.world.wires import PlayedNetwork, PlayedWire

ALICE = "+447400123456"
BOB = "+447400123457"
#: How many parts the text of a code is, to the host of the tests.
PARTS = 2


@dataclass(slots=True)
class Carriers:
    """The product's outbox in front of them; `wires` by the names of their gateways."""

    simulation: Simulation
    brand: brands.Brand
    wires: dict[str, PlayedWire] = field(default_factory=dict[str, PlayedWire])
    ids: dict[str, UUID] = field(default_factory=dict[str, UUID])
    _delivery: Delivery | None = None

    async def add(
        self, name: str, *channels: str, per_second: int | None = None, **wish: Any
    ) -> PlayedWire:
        """A gateway that ends in a wire of the test; `wish` is how its texts are routed."""
        at = self.simulation.clock.advance(timedelta(milliseconds=1))
        self.ids[name], self.wires[name] = new_id(at), PlayedWire()
        await self.simulation.db.execute(
            """INSERT INTO gateways.gateway (id, brand_id, name, kind, channels, sealed, is_on,
                per_second, created_at) VALUES ($1, $2, $3, 'played', $4, '', true, $5, $6)""",
            self.ids[name], self.brand.id, name, list(channels or ("sms",)), per_second, at,
        )  # fmt: skip
        if wish:
            await self.route(name, **wish)
        return self.wires[name]

    async def route(self, name: str, channel: str = "sms", **wish: Any) -> None:
        """Use a gateway like this from now on."""
        await routing.route(
            self.simulation.db, self.brand, name, channel, routing.RouteWish(**wish)
        )

    async def prices(self, name: str, **by_prefix: int) -> None:
        """What a part costs, in millionths: `_44=40_000`."""
        table = {prefix.strip("_"): micros for prefix, micros in by_prefix.items()}
        await routing.put_prices(self.simulation.db, self.brand, name, table)

    async def budget(self, country: str, per_day: int, reserve: int = 0) -> None:
        """Spend no more in a day."""
        wanted = gateways.Budget(country, per_day, reserve)
        await routing.put_budget(self.simulation.db, self.brand, wanted)

    @property
    def delivery(self) -> Delivery:
        """One worker: what it learns of gateways it remembers."""
        if self._delivery is None:
            self._delivery = self.worker()
        return self._delivery

    def worker(self) -> Delivery:
        """One more worker, which knows of nothing."""
        house = self.simulation.house
        routes = PlayedNetwork(house, self.wires)
        return Delivery(house.db, house.keyring, house.clock, routes, house.base_url)

    async def ask(self, to: str = ALICE, **more: Any) -> str:
        """Have a code sent."""
        self.simulation.clock.advance(timedelta(milliseconds=1))
        return await start(self.simulation.client, to, **more)

    async def step(self, *, later: float = 0) -> None:
        """Let time pass, then do everything that is due."""
        self.simulation.clock.advance(timedelta(seconds=later))
        while await self.hand_over() or await self.simulation.work():
            pass

    async def hand_over(self, worker: Delivery | None = None) -> int:
        """Hand over what is due; how many messages that was."""
        delivery = worker or self.delivery
        claimed = [one for lane in outbox.Lane for one in await delivery.claim(100, lane)]
        for one in claimed:
            await delivery.hand_over(one)
        await delivery.settle(claimed)
        return len(claimed)

    async def report(
        self, name: str, outcome: str, *, nth: int = -1, is_signed: bool = True, **more: Any
    ) -> bool:
        """What a gateway says of a message that it was given."""
        said = gateways.Report(
            gateways.Outcome(outcome), ref=str(self.wires[name].sent[nth].id), **more
        )
        return await outbox.report(
            self.simulation.db,
            brand_id=self.brand.id,
            gateway_id=self.ids[name],
            report=said,
            at=self.simulation.clock(),
            is_signed=is_signed,
        )

    async def messages(self) -> Sequence[dict[str, Any]]:
        """Every message as it is stored, oldest first."""
        rows = await self.simulation.db.fetch(
            "SELECT * FROM outbox.message ORDER BY created_at, id"
        )
        return [dict(row) for row in rows]

    async def states(self) -> list[tuple[str, str | None, str | None]]:
        """State, gateway and failure of every message."""
        return [(m["state"], m["gateway"], m["failure"]) for m in await self.messages()]

    async def spent(self, country: str = "*") -> int:
        """Today's spending."""
        at = self.simulation.clock()
        return await outbox.spent(
            self.simulation.db, brand_id=self.brand.id, day=at.date(), country=country
        )


@pytest.fixture
async def carriers(app_client: Simulation) -> Carriers:
    """A live brand that texts to GB and US, then calls, then writes email."""
    brand, key = await make_brand(
        app_client.db,
        app_client.clock(),
        is_sandbox=False,
        countries=("GB", "US"),
        channel_order=("sms", "voice", "email"),
    )
    app_client.client.headers["Authorization"] = f"Bearer {key}"
    return Carriers(app_client, brand)
