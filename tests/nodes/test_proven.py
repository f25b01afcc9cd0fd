"""What only a proven recovery may: drawn behind the proof, and asked of the recovery again."""

from datetime import timedelta
from typing import Any

import pytest

from sparekey import flows
from sparekey.flows import Event, Signal
from tests.flows.drawing import Drawn, drawn
from tests.flows.test_api import go_live
from tests.recovery.steps import enrol, forgot, grant_for, prove, set_password
from tests.world.simulated import Simulation

PROVEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "grant": ("grant", {"minutes": 15}, "opened"),
    "address_change": ("address_change", {"drop": "phone"}, "done"),
}


def asking(kind: str) -> Drawn:
    """A page, a code, five minutes of waiting, and what is done behind the proof."""
    name, settings, exit_ = PROVEN[kind]
    return {
        "begin": ("start_page", {}, {"then": "code"}),
        "code": ("send", {"template": "recovery_code", "channel": "best"}, {"sent": "check"}),
        "check": (
            "check_code",
            {"seconds": 3600},
            {"proven": "later", "wrong": "check", "exhausted": "end", "no_answer": "end"},
        ),
        "later": ("wait", {"seconds": 300}, {"then": "act"}),
        "act": (name, settings, {exit_: "done"}),
        "done": ("finish", {"outcome": "done"}, {}),
        "end": ("finish", {"outcome": "not_proven", "is_good": False}, {}),
    }


@pytest.mark.parametrize("kind", PROVEN)
def test_a_way_around_the_proof_is_not_published(kind: str) -> None:
    name, settings, exit_ = PROVEN[kind]
    around: Drawn = {
        "begin": ("start_api", {}, {"then": "act"}),
        "act": (name, settings, {exit_: "end"}),
        "end": ("finish", {"outcome": "over"}, {}),
    }
    no_answer: Drawn = {**asking(kind), "check": (
        "check_code",
        {"seconds": 600},
        {"proven": "later", "wrong": "check", "exhausted": "end", "no_answer": "act"},
    )}  # fmt: skip

    for nodes in (around, no_answer):
        assert [one.code for one in flows.check(drawn(nodes)).errors] == ["proof.missing"]
    assert flows.check(drawn(asking(kind))).errors == []


@pytest.mark.parametrize("kind", PROVEN)
async def test_a_run_that_was_told_of_a_proof_there_was_not_is_stopped(
    kind: str, app_client: Simulation
) -> None:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    await go_live(app_client.client, asking(kind), "asking")
    await forgot(app_client.client, alice.email)
    await app_client.deliver()
    run = (await app_client.db.fetchrow("SELECT id FROM flows.run"))[0]

    lie = Event(Signal.CODE_CHECKED, "proven")
    assert await flows.hear(app_client.db, run, lie, at=app_client.clock())
    await app_client.deliver()
    await app_client.wait(timedelta(minutes=5))
    await app_client.deliver()

    stopped = (await app_client.db.fetchrow("SELECT parked_for FROM flows.run"))[0]
    account = (await app_client.client.get(f"/v1/accounts/{alice.account}")).json()
    assert stopped == "proof.missing"
    assert len(account["addresses"]) == 2


async def test_a_lost_phone_is_taken_away_and_hears_of_it(app_client: Simulation) -> None:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    await go_live(app_client.client, asking("address_change"), "asking")
    recovery = await forgot(app_client.client, alice.email, channel="sms")
    await app_client.deliver()
    assert (await prove(app_client.client, recovery, code=alice.phone.inbox[0].code)).is_success

    await app_client.deliver()
    await app_client.wait(timedelta(minutes=5))
    await app_client.deliver()

    account = (await app_client.client.get(f"/v1/accounts/{alice.account}")).json()
    assert [one["kind"] for one in account["addresses"]] == ["email"]
    assert any("undo" in one.text for one in alice.phone.inbox)


async def test_the_only_address_is_never_taken_away(app_client: Simulation) -> None:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice, reach="phone")
    await go_live(app_client.client, asking("address_change"), "asking")
    recovery = await forgot(app_client.client, alice.phone)
    await app_client.deliver()
    assert (await prove(app_client.client, recovery, code=alice.phone.inbox[0].code)).is_success

    await app_client.deliver()
    await app_client.wait(timedelta(minutes=5))
    await app_client.deliver()

    assert (await app_client.db.fetchrow("SELECT parked_for FROM flows.run"))[0] == "address.last"


async def test_a_grant_that_is_opened_anew_lasts_from_then_on(app_client: Simulation) -> None:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    await go_live(app_client.client, asking("grant"), "asking")
    recovery = await forgot(app_client.client, alice.phone)
    await app_client.deliver()
    grant = await grant_for(app_client.client, recovery, code=alice.phone.inbox[0].code)

    await app_client.deliver()
    await app_client.wait(timedelta(minutes=5))
    await app_client.deliver()
    await app_client.wait(timedelta(minutes=14))

    answer = await set_password(app_client.client, recovery, grant)
    assert answer.status_code == 200, answer.text
