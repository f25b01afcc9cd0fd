"""Passwords that expire: their owners are reminded in time, once each day, by day and in bulk."""

from datetime import timedelta
from typing import Any

import pytest

from sparekey import outbox
from sparekey.nodes.service import audiences, dates
from sparekey.nodes.service.starting import Began, start
from tests.flows.drawing import Drawn
from tests.flows.test_api import go_live
from tests.nodes.test_starts import TICKET, customer, do, move_to, tickets
from tests.recovery.steps import enrol
from tests.world.simulated import Simulation

EXPIRING: Drawn = {
    "two_weeks": ("start_password_expiry", {"days": 14}, {"then": "ticket"}),
    "a_week": ("start_password_expiry", {"days": 7}, {"then": "ticket"}),
    "a_day": ("start_password_expiry", {"days": 1}, {"then": "ticket"}),
    **TICKET,
}


async def test_a_password_that_expires_is_told_of_three_times(app_client: Simulation) -> None:
    await go_live(app_client.client, EXPIRING, "expiry")
    noon = app_client.clock().replace(hour=12, minute=0)
    expires = noon + timedelta(days=20)
    await customer(app_client, password_expires_at=expires.isoformat())
    await customer(app_client, "carol")
    told: list[int] = []

    for day in range(21):
        await move_to(app_client, noon + timedelta(days=day, minutes=-30))
        for _ in range(3):
            await do(app_client, "nodes.password_expiry")
        told.append(await tickets(app_client))

    assert [day for day in range(1, 21) if told[day] > told[day - 1]] == [7, 14, 20]
    assert told[-1] == 3


async def test_nobody_is_reminded_at_night_or_once_the_password_has_changed(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, EXPIRING, "expiry")
    midnight = app_client.clock().replace(hour=0, minute=0) + timedelta(days=1)
    expires = midnight + timedelta(days=7)
    alice = await customer(app_client, password_expires_at=expires.isoformat())

    for hours in (1, 7):
        await move_to(app_client, midnight + timedelta(hours=hours))
        await do(app_client, "nodes.password_expiry")
    at_night = await tickets(app_client)
    await move_to(app_client, midnight + timedelta(hours=8))
    await do(app_client, "nodes.password_expiry")
    in_the_morning = await tickets(app_client)
    changed = await app_client.client.patch(
        f"/v1/accounts/{alice.account}", json={"password": "nine loud kettles on the moor"}
    )
    await move_to(app_client, expires - timedelta(hours=12))
    await do(app_client, "nodes.password_expiry")

    assert (at_night, in_the_morning) == (0, 1)
    assert changed.json()["password_expires_at"] is None
    assert await tickets(app_client) == 1


async def test_of_many_that_expire_at_once_each_is_begun_once_however_often_they_are_looked_for(
    app_client: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await go_live(app_client.client, EXPIRING, "expiry")
    noon = app_client.clock().replace(hour=12, minute=0)
    expires = (noon + timedelta(days=7)).isoformat()
    for name in ("alice", "bob", "carol", "dave", "erin"):
        await customer(app_client, name, password_expires_at=expires)
    asked = 0

    async def counted(*of: Any, **more: Any) -> Began:
        nonlocal asked
        asked += 1
        return await start(*of, **more)

    monkeypatch.setattr(dates, "start", counted)
    monkeypatch.setattr(dates, "_PAGE", 2)  # three pages
    await move_to(app_client, noon)
    for _ in range(2):
        await do(app_client, "nodes.password_expiry")

    assert asked == 5
    assert await tickets(app_client) == 5


TELLING: Drawn = {
    "tell": ("send", {"template": "password_expiring", "to": "account"}, {"sent": "end"}),
    "end": ("finish", {"outcome": "told"}, {}),
}


@pytest.mark.parametrize(
    ("kind", "settings"),
    [("start_password_expiry", {"days": 7}), ("start_audience", {"per_hour": 1000})],
)
async def test_what_nobody_asked_for_goes_in_bulk_and_by_day(
    app_client: Simulation, kind: str, settings: dict[str, Any]
) -> None:
    drawn: Drawn = {"begin": (kind, settings, {"then": "tell"}), **TELLING}
    await go_live(app_client.client, drawn, "telling")
    evening = app_client.clock().replace(hour=19, minute=59)
    expires = (evening + timedelta(days=7)).isoformat()
    alice = await customer(app_client, password_expires_at=expires)
    await move_to(app_client, evening)
    if kind == "start_audience":
        brand, at = app_client.brand, app_client.clock()
        await audiences.begin_for_many(app_client.db, brand, "telling", None, at=at)
        while await app_client.work():
            pass
    else:
        await do(app_client, "nodes.password_expiry")
    lanes = await app_client.db.fetch("SELECT lane FROM outbox.due")
    await app_client.wait(timedelta(minutes=2))  # a backlog held it so long
    await app_client.deliver()
    at_night = len(alice.phone.inbox) + len(alice.email.inbox)
    await move_to(app_client, evening.replace(hour=8, minute=0) + timedelta(days=1))
    await app_client.deliver()

    assert [row["lane"] for row in lanes] == [outbox.Lane.BULK]
    assert at_night == 0
    assert len(alice.phone.inbox) + len(alice.email.inbox) == 1


async def test_what_nobody_asked_for_goes_by_no_text_to_a_number_that_said_stop(
    app_client: Simulation,
) -> None:
    drawn: Drawn = {"begin": ("start_password_expiry", {"days": 7}, {"then": "tell"}), **TELLING}
    await go_live(app_client.client, drawn, "telling")
    noon = app_client.clock().replace(hour=12, minute=0)
    expires = {"password_expires_at": (noon + timedelta(days=7, hours=-1)).isoformat()}
    alice, bob = app_client.person("alice"), app_client.person("bob")
    await enrol(app_client.client, alice, **expires)
    await enrol(app_client.client, bob, reach="phone", **expires)
    for person in (alice, bob):
        app_client.reply(sender=person.phone.address, to="Acme", text="STOP")
    await app_client.deliver()
    before = [len(person.phone.inbox) for person in (alice, bob)]
    await move_to(app_client, noon)
    await do(app_client, "nodes.password_expiry")
    await app_client.deliver()
    after_stop = [len(person.phone.inbox) for person in (alice, bob)]
    app_client.reply(sender=bob.phone.address, to="Acme", text="START")
    await app_client.deliver()
    carol = app_client.person("carol")
    same_phone = [{"kind": "phone", "value": str(bob.phone), "verified": True}]
    await enrol(app_client.client, carol, addresses=same_phone, **expires)
    started = len(bob.phone.inbox)
    await do(app_client, "nodes.password_expiry")
    await app_client.deliver()

    assert after_stop == before
    assert len(alice.email.inbox) == 1
    assert len(bob.phone.inbox) == started + 1
