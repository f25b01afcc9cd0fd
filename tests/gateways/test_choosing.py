"""Which gateway a message takes, how soon a change is followed, and that secrets stay sealed."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from sparekey import brands, gateways
from sparekey.db import Db
from sparekey.gateways.service import configuring
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from tests.gateways.letters import rsa_key, values
from tests.structure.test_seams import heavy_libraries_after
from tests.world.basics import START, MovableClock
from tests.world.deployment import make_brand

Add = Callable[..., Awaitable[gateways.Gateway]]


@pytest.fixture
async def brand(db: Db, clock: MovableClock) -> brands.Brand:
    made, _ = await make_brand(db, clock(), is_sandbox=False)
    return made


@pytest.fixture
def add(db: Db, keyring: Keyring, brand: brands.Brand, clock: MovableClock) -> Add:
    """Adds a gateway to the brand."""

    async def added(name: str = "mail", *, to: brands.Brand = brand, **more: Any) -> Any:
        at = clock.advance(timedelta(seconds=1))
        told: dict[str, Any] = {"kind": "smtp", "channels": (), "values": values(), **more}
        return await gateways.add(db, keyring, to, name=name, at=at, **told)

    return added


def routes(db: Db, keyring: Keyring) -> gateways.Gateways:
    """Those of a process that has just begun."""

    async def keep(_message: gateways.Outgoing, _is_dropped: bool) -> None: ...

    return gateways.Gateways(gateways.Around(keep), db, keyring)


async def wire(
    process: gateways.Gateways, brand: brands.Brand, channel: str, at: datetime = START
) -> tuple[str, gateways.Wire] | None:
    """The first way of a message, opened."""
    to, country = ("a@b.example", None) if channel == "email" else ("+447400123456", "GB")
    wanted = gateways.Wanted(channel, to, country, "recovery", "recovery_code", is_urgent=True)
    plan = await process.plan(brand, wanted, is_own_door=False, at=at)
    if not plan.ways:
        return None
    return plan.ways[0].name, await process.wire(brand, plan.ways[0])


async def chosen(db: Db, keyring: Keyring, brand: brands.Brand, channel: str) -> str | None:
    """The name of the gateway that a process which has just begun chooses."""
    route = await wire(routes(db, keyring), brand, channel)
    return route and route[0]


async def test_the_oldest_gateway_that_is_on_is_chosen(
    db: Db, keyring: Keyring, brand: brands.Brand, add: Add
):
    await add("first")
    await add("second")
    before = await chosen(db, keyring, brand, "email")
    await configuring.switch(db, brand, "first", is_on=False)
    after = await chosen(db, keyring, brand, "email")
    await configuring.remove(db, brand, "second")

    assert (before, after) == ("first", "second")
    assert await chosen(db, keyring, brand, "email") is None
    assert await chosen(db, keyring, brand, "sms") is None


async def test_a_gateway_of_another_brand_is_never_chosen(
    db: Db, keyring: Keyring, add: Add, clock: MovableClock
):
    await add()
    other, _ = await make_brand(db, clock(), is_sandbox=False)

    assert await chosen(db, keyring, other, "email") is None


async def test_a_process_keeps_its_connections_while_nothing_changes(
    db: Db, keyring: Keyring, brand: brands.Brand, add: Add
):
    await add()
    process = routes(db, keyring)
    first = await wire(process, brand, "email")
    process._of_brand.forget(brand.id)  # pyright: ignore[reportPrivateUsage]
    second = await wire(process, brand, "email")

    assert first is not None
    assert second is not None
    assert first[1] is second[1]


async def test_a_sandbox_never_has_a_real_gateway(
    db: Db, keyring: Keyring, add: Add, clock: MovableClock
):
    sandbox, _ = await make_brand(db, clock())

    with pytest.raises(Problem, match="sandbox"):
        await add(to=sandbox)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await db.execute(
            """INSERT INTO gateways.gateway
            (id, brand_id, is_sandbox, name, kind, channels, sealed, is_on, created_at)
            VALUES (gen_random_uuid(), $1, true, 'mail', 'smtp', '{email}', '', true, now())""",
            sandbox.id,
        )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"kind": "pigeon"}, "no kind pigeon"),
        ({"kind": "sandbox"}, "never configured"),
        ({"name": "No spaces"}, "name takes"),
        ({"channels": ("sms",)}, "does not carry sms"),
        ({"values": values(host="")}, "needs host"),
        ({"values": values(colour="red")}, "no setting colour"),
        ({"values": values(host="mx.acme.example")}, "only for loopback"),
        ({"values": values(host="a b")}, "host takes"),
        ({"values": values(host=f"{'a' * 64}.example")}, "host takes"),
        ({"values": values(port="0")}, "port takes"),
        ({"values": values(security="some")}, "security takes"),
        ({"values": values(sender="Acme <a@acme.example>")}, "sender takes"),
        ({"values": values(username="x")}, "go together"),
        ({"values": values(bounces="a-long-local-part@acme.example")}, "bounces takes"),
        ({"values": values(dkim_selector="mail")}, "go together"),
        ({"values": values(dkim_selector="mail", dkim_key="x")}, "dkim_key takes"),
        ({"values": values(dkim_selector="a b", dkim_key="x")}, "dkim_selector takes"),
        ({"values": values(ca="x")}, "ca takes"),
        ({"values": values(connections="33")}, "connections takes"),
    ],
)
async def test_what_a_gateway_cannot_be_is_refused_in_a_sentence(
    add: Add, more: dict[str, Any], says: str
):
    with pytest.raises(Problem) as refusal:
        await add(**more)

    assert says in refusal.value.detail
    assert refusal.value.status == 422


async def test_a_short_rsa_key_is_refused(add: Add):
    with pytest.raises(Problem, match="2048 bits"):
        await add(values=values(dkim_selector="mail", dkim_key=rsa_key(1024)))


async def test_a_name_is_taken_once(add: Add):
    await add()

    with pytest.raises(Problem, match="already"):
        await add()


async def test_settings_are_sealed_for_their_row(
    db: Db, keyring: Keyring, brand: brands.Brand, add: Add
):
    await add("one", values=values(username="marker-user", password="marker-password"))
    await add("two")
    dump = str([dict(row) for row in await db.fetch("SELECT * FROM gateways.gateway")])
    [one, _] = await gateways.of_brand(db, brand.id)
    await db.execute(
        """UPDATE gateways.gateway AS g SET sealed = other.sealed FROM gateways.gateway AS other
        WHERE other.id <> g.id"""
    )

    assert "marker" not in dump
    assert "marker" not in repr(one)
    assert configuring.shown_values(keyring, one)["password"] == "••••••"
    with pytest.raises(gateways.Misconfigured):
        await chosen(db, keyring, brand, "email")


async def test_a_gateway_whose_kind_is_no_longer_there_is_misconfigured(
    db: Db, keyring: Keyring, brand: brands.Brand, add: Add
):
    await add()
    await db.execute("UPDATE gateways.gateway SET kind = 'pigeon'")

    with pytest.raises(gateways.Misconfigured, match="pigeon"):
        await chosen(db, keyring, brand, "email")


def test_a_process_without_a_gateway_loads_no_mail_library():
    libraries = ["aiosmtplib", "dkim", "dns", "nacl"]
    everything = "import sparekey.app, sparekey.worker, sparekey.gateways as g; g.KINDS.all()"

    assert heavy_libraries_after(everything, libraries) == []
