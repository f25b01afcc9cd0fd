"""A worker keeps the connections that bring something: from its start on, while they are on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from sparekey import brands, gateways
from sparekey.db import Db
from sparekey.gateways.service import configuring
from sparekey.gateways.service.wires import Wires
from sparekey.loops import routes_of, working
from tests.gateways.smpp.texting import values
from tests.world.deployment import make_brand
from tests.world.simulated import Simulation
from tests.world.smsc import Smsc, smsc

TEXT = {"source_addr": "447400123456", "destination_addr": "12345", "short_message": b"hello"}


@pytest.fixture
async def wires(app_client: Simulation) -> AsyncIterator[Wires]:
    """Those of a worker that has just started."""
    made = routes_of(app_client.house).wires
    yield made
    await made.aclose()


async def connected(simulation: Simulation, carrier: Smsc, **changes: str) -> brands.Brand:
    """A live brand with one gateway to this SMSC."""
    brand, _ = await make_brand(simulation.db, simulation.clock(), is_sandbox=False)
    await add(simulation, brand, "carrier", port=str(carrier.port), **changes)
    return brand


async def add(simulation: Simulation, brand: brands.Brand, name: str, **changes: str) -> None:
    await configuring.add(
        simulation.db,
        simulation.keyring,
        brand,
        name=name,
        kind="smpp",
        channels=(),
        values=values(**changes),
        at=simulation.clock(),
    )


async def bound(carrier: Smsc) -> None:
    """Returns once the worker is bound as it sees it, too: it has answered."""
    await carrier.said("bind")
    await carrier.deliver(**TEXT)


async def kept(simulation: Simulation) -> int:
    """How many rows came in."""
    return (await simulation.db.fetchrow("SELECT count(*) FROM gateways.raw"))[0]


async def test_a_reply_comes_in_before_anything_was_sent(app_client: Simulation, wires: Wires):
    async with smsc() as carrier:
        await connected(app_client, carrier)
        await wires.look_after()
        await carrier.said("bind")
        status = await carrier.deliver(**TEXT)

        assert status == 0
        assert await kept(app_client) == 1


async def test_looking_again_binds_nothing_more(app_client: Simulation, wires: Wires):
    async with smsc() as carrier:
        await connected(app_client, carrier)
        await wires.look_after()
        await bound(carrier)
        await wires.look_after()
        await carrier.deliver(**TEXT)

        assert len(carrier.of("bind")) == 1


async def test_a_gateway_that_breaks_is_named_and_keeps_no_other_from_its_connection(
    app_client: Simulation, wires: Wires, monkeypatch: pytest.MonkeyPatch
):
    def open_wire(_around: gateways.Around, _values: gateways.Values) -> gateways.Wire:
        raise KeyError("a word of somebody's")

    hasty = gateways.Kind(frozenset({"sms"}), open_wire, (), listens=True)
    monkeypatch.setitem(vars(gateways.KINDS)["_loaded"], "hasty", hasty)
    async with smsc() as carrier:
        brand, _ = await make_brand(app_client.db, app_client.clock(), is_sandbox=False)
        await configuring.add(
            app_client.db, app_client.keyring, brand, name="broken", kind="hasty", channels=(),
            values={}, at=app_client.clock(),
        )  # fmt: skip
        await add(app_client, brand, "carrier", port=str(carrier.port))
        with capture_logs() as logs:
            await wires.look_after()
        await carrier.said("bind")

    assert [(log["event"], log.get("gateway"), log.get("error")) for log in logs] == [
        ("gateway_not_listened_to", "broken", "KeyError")
    ]
    assert "somebody" not in str(logs)


@pytest.mark.parametrize("end", ["switched off", "removed"])
async def test_a_gateway_that_is_over_is_left(app_client: Simulation, wires: Wires, end: str):
    async with smsc() as carrier:
        brand = await connected(app_client, carrier)
        await wires.look_after()
        await bound(carrier)
        if end == "removed":
            await configuring.remove(app_client.db, brand, "carrier")
        else:
            await configuring.switch(app_client.db, brand, "carrier", is_on=False)
        await wires.look_after()

        await carrier.said("unbind")


async def test_changed_settings_bind_anew_and_the_old_bind_ends(
    app_client: Simulation, wires: Wires
):
    async with smsc() as carrier:
        brand = await connected(app_client, carrier)
        await wires.look_after()
        await bound(carrier)
        await configuring.remove(app_client.db, brand, "carrier")
        await add(app_client, brand, "carrier", port=str(carrier.port), system_type="other")
        await wires.look_after()
        again = await carrier.said("bind", count=2)

        await carrier.said("unbind")
        assert again["system_type"] == "other"


async def test_one_that_cannot_be_opened_keeps_nobody_from_listening(
    app_client: Simulation, wires: Wires
):
    async with smsc() as carrier:
        brand = await connected(app_client, carrier)
        await app_client.db.execute(
            "UPDATE gateways.gateway SET sealed = '\\x00' WHERE brand_id = $1", brand.id
        )
        await add(app_client, brand, "second", port=str(carrier.port))
        await wires.look_after()

        await carrier.said("bind")


async def test_at_its_end_a_worker_says_goodbye(app_client: Simulation, wires: Wires):
    async with smsc() as carrier:
        await connected(app_client, carrier)
        await wires.look_after()
        await bound(carrier)
        await wires.aclose()

        await carrier.said("unbind")


async def test_the_worker_itself_listens(app_client: Simulation):
    async with smsc() as carrier:
        await connected(app_client, carrier)
        async with working(app_client.house):
            await carrier.said("bind")
            assert await carrier.deliver(**TEXT) == 0
        await carrier.said("unbind")


async def test_an_outage_of_the_database_is_outlived(app_client: Simulation, database_url: str):
    db = await Away.connect(database_url, size=2)
    wires = Wires(gateways.Around(keep=nowhere), db, app_client.keyring)
    async with smsc() as carrier, asyncio.TaskGroup() as tasks:
        await connected(app_client, carrier)
        listening = tasks.create_task(wires.keep_listening(every=0.01))
        async with asyncio.timeout(20):
            await db.was_asked.wait()
        db.is_away = False
        await bound(carrier)
        listening.cancel()
        await wires.aclose()
    await db.close()

    assert len(carrier.of("bind")) == 1


class Away(Db):
    """A database that cannot be reached for a while."""

    def __init__(self, pool: Any) -> None:
        super().__init__(pool)
        self.is_away = True
        self.was_asked = asyncio.Event()

    async def fetch(self, sql: str, *values: Any) -> Sequence[Any]:
        if self.is_away:
            self.was_asked.set()
            raise OSError
        return await super().fetch(sql, *values)


async def nowhere(_message: gateways.Outgoing, _is_decoy: bool) -> None:
    """For a process without a sandbox."""
