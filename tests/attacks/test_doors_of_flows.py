"""Mallory floods one way by which flows begin for Alice: every other stays open to her."""

from datetime import timedelta

from sparekey import flows
from tests.attacks.test_drawn_flows import code_of, customer
from tests.flows.drawing import Drawn
from tests.flows.test_api import go_live
from tests.nodes.test_by_text import go_live as go_live_ready
from tests.nodes.test_by_text import say
from tests.recovery.steps import enrol, forgot
from tests.world.cast import Person
from tests.world.simulated import Simulation

_NEWS: Drawn = {
    "begin": ("start_api", {}, {"then": "wait"}),
    "wait": ("wait", {"seconds": 86400}, {"then": "end"}),
    "end": ("finish", {"outcome": "over"}, {}),
}


async def test_recoveries_that_strangers_start_close_no_other_door_of_the_owners(
    app_client: Simulation,
) -> None:
    await go_live_ready(app_client, "reset_by_code")
    await go_live_ready(app_client, "reset_by_text")
    await go_live_ready(app_client, "failed_sign_ins")
    alice = await customer(app_client)
    for _ in range(10):
        await forgot(app_client.client, alice.email)
    await app_client.deliver()

    await say(app_client, alice, "RESET")
    for _ in range(6):
        report = {"identifier": alice.email.address, "outcome": "wrong"}
        await app_client.post("/v1/sign-ins/reports", report)
    await app_client.deliver()
    warned = (await app_client.client.get("/v1/flows/failed_sign_ins/counts")).json()
    by_text = [one for one in alice.phone.inbox if one.text[0].isdigit() and len(one.code) == 10]

    assert len(by_text) == 1
    assert warned["outcomes"] == {"told": 1}


async def test_resets_in_a_forged_name_leave_room_for_the_warning_and_the_company(
    app_client: Simulation,
) -> None:
    for name in ("reset_by_code", "reset_by_text", "failed_sign_ins"):
        await go_live_ready(app_client, name)
    await go_live(app_client.client, _NEWS, "news")
    alice = await customer(app_client)
    for _ in range(10):
        await forgot(app_client.client, alice.email)
        await say(app_client, alice, "RESET")
    for _ in range(8):  # as fast as what is typed may be typed again
        await app_client.wait(timedelta(minutes=1))
        await say(app_client, alice, "RESET")
    under_way = "SELECT count(*) FROM flows.run WHERE account_id IS NOT NULL"
    at_work = (await app_client.db.fetchrow(under_way))[0]

    for _ in range(6):
        report = {"identifier": alice.email.address, "outcome": "wrong"}
        await app_client.post("/v1/sign-ins/reports", report)
    await app_client.deliver()
    warned = (await app_client.client.get("/v1/flows/failed_sign_ins/counts")).json()
    told = await app_client.post("/v1/flows/news/runs", {"account": alice.account})

    assert at_work == flows.Door.STRANGER.most + flows.Door.TEXT.most
    assert warned["outcomes"] == {"told": 1}
    assert told.status_code == 201


async def test_recoveries_of_a_neighbour_at_the_number_hide_no_code_that_comes_back(
    app_client: Simulation,
) -> None:
    await go_live_ready(app_client, "reset_by_code")
    await go_live_ready(app_client, "reset_by_text")
    alice = await customer(app_client, customer_number="4711-01")
    twin = Person("twin", alice.phone, app_client.person("twin").email)
    await enrol(app_client.client, twin, customer_number="4711-02")
    await say(app_client, alice, "RESET 4711-01")
    code = code_of(alice)

    for _ in range(10):
        await app_client.wait(timedelta(seconds=1))
        await forgot(app_client.client, twin.email)
    await app_client.deliver()
    await say(app_client, alice, code)
    told = (await app_client.client.get("/v1/flows/reset_by_text/counts")).json()

    assert told["outcomes"] == {"back_in": 1}
