"""What Mallory does to people by the flows that a brand has drawn, and to other brands by hers."""

from datetime import timedelta
from typing import Any

import pytest

from sparekey import access, jobs
from tests.flows.drawing import Drawn
from tests.flows.test_api import body, go_live
from tests.nodes.test_by_text import go_live as go_live_ready
from tests.nodes.test_by_text import say
from tests.recovery.steps import at_brand, enrol, forgot, grant_for, move
from tests.world.cast import Person
from tests.world.simulated import Simulation

_ENDS: Drawn = {"end": ("finish", {"outcome": "over"}, {})}


async def customer(world: Simulation, name: str = "alice", **fields: Any) -> Person:
    """Somebody with an account."""
    person = world.person(name)
    await enrol(world.client, person, **fields)
    return person


def code_of(person: Person) -> str:
    """The code that came last."""
    return [one for one in person.phone.inbox if one.text[0].isdigit()][-1].code


def helped(person: Person) -> int:
    """How often the words of help came."""
    return len([one for one in person.phone.inbox if "Help with your" in one.text])


async def unanswered(world: Simulation) -> None:
    """Let the time pass after which a flow asks whether somebody needs help."""
    await world.wait(timedelta(minutes=11))
    await world.deliver()


async def test_recoveries_that_strangers_start_send_no_more_help_than_codes(
    app_client: Simulation,
) -> None:
    await go_live_ready(app_client, "reset_by_code")
    alice = await customer(app_client, reach="phone")

    for _ in range(12):
        await forgot(app_client.client, alice.phone)
        await unanswered(app_client)

    assert helped(alice) == 5
    assert len(alice.phone.inbox) == 10


async def test_resets_in_a_forged_name_send_no_more_help_than_codes(
    app_client: Simulation,
) -> None:
    await go_live_ready(app_client, "reset_by_text")
    alice = await customer(app_client, reach="phone")

    for _ in range(8):
        await say(app_client, alice, "RESET")
        await unanswered(app_client)

    assert helped(alice) == 5


async def test_after_stop_no_flow_that_a_stranger_began_texts_that_number(
    app_client: Simulation,
) -> None:
    await go_live_ready(app_client, "reset_by_code")
    alice = await customer(app_client, reach="phone")
    await forgot(app_client.client, alice.phone)
    await app_client.deliver()

    await say(app_client, alice, "STOP")
    before = len(alice.phone.inbox)
    await unanswered(app_client)

    assert len(alice.phone.inbox) == before


def helping(to: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """A node that sends the words of help."""
    return "send", {"template": "help", "to": "account"}, {"sent": to}


TALKATIVE: Drawn = {
    "begin": ("start_page", {}, {"then": "one"}),
    "one": helping("two"),
    "two": helping("three"),
    "three": helping("four"),
    "four": helping("send"),
    "send": ("send", {"template": "recovery_code", "channel": "sms"}, {"sent": "check"}),
    "check": (
        "check_code",
        {"seconds": 600},
        {"proven": "five", "wrong": "check", "exhausted": "end", "no_answer": "end"},
    ),
    "five": helping("end"),
    **_ENDS,
}


async def test_who_has_proven_is_told_whatever_was_used_up_before(app_client: Simulation) -> None:
    await go_live(app_client.client, TALKATIVE, "talkative")
    alice = await customer(app_client, reach="phone")

    asked = await forgot(app_client.client, alice.phone)
    await app_client.deliver()
    before = helped(alice)
    await grant_for(app_client.client, asked, code=code_of(alice))
    await app_client.deliver()

    assert (before, helped(alice)) == (3, 4)


async def test_failed_sign_ins_begin_nothing_but_the_daily_warning(app_client: Simulation) -> None:
    nodes = {"begin": ("start_event", {"event": "account.sign_ins_failed"}, {"then": "end"})}
    checked = await app_client.post("/v1/flows/tries/validate", body({**nodes, **_ENDS}, "tries"))

    assert [one["code"] for one in checked.json()["findings"]] == ["start.event"]


async def test_a_date_that_never_comes_holds_up_no_other_brand(app_client: Simulation) -> None:
    morning: Drawn = {"begin": ("start_schedule", {"cron": "0 9 * * *"}, {"then": "end"}), **_ENDS}
    never: Drawn = {"begin": ("start_schedule", {"cron": "0 0 30 2 *"}, {"then": "end"}), **_ENDS}
    checked = await app_client.post("/v1/flows/never/validate", body(never, "never"))
    await go_live(app_client.client, morning, "never")
    spoil = "UPDATE flows.trigger SET word = '0 0 30 2 *' WHERE word = '0 9 * * *'"
    await app_client.db.execute(spoil)
    await at_brand(app_client)
    await go_live(app_client.client, morning, "morning")

    await app_client.wait(timedelta(days=1))
    at = app_client.clock()
    await jobs.queue(app_client.db, kind="nodes.schedule", payload={}, due_at=at, at=at)
    await app_client.deliver()

    counts = (await app_client.client.get("/v1/flows/morning/counts")).json()
    assert [one["code"] for one in checked.json()["findings"]] == ["start.cron"]
    assert counts["outcomes"] == {"over": 1}


@pytest.mark.parametrize("cron", ["R R * * *", "H 9 * * *", "0 R(1-3) * * *"])
async def test_a_time_that_is_another_at_every_look_is_none(
    app_client: Simulation, cron: str
) -> None:
    nodes: Drawn = {"begin": ("start_schedule", {"cron": cron}, {"then": "end"}), **_ENDS}

    checked = await app_client.post("/v1/flows/times/validate", body(nodes, "times"))

    assert [one["code"] for one in checked.json()["findings"]] == ["start.cron"]


async def test_a_draft_that_would_not_be_read_again_is_not_kept(app_client: Simulation) -> None:
    deep: Any = [0] * 60_000
    for _ in range(8):
        deep = [deep]
    placed = {"id": "begin", "kind": "start_api", "settings": {"of": deep}}
    document = {"name": "deep", "title": "Deep", "nodes": [placed]}

    made = await app_client.post("/v1/flows", {"document": document})
    listed = (await app_client.client.get("/v1/flows")).json()["data"]

    assert made.status_code == 413
    assert listed == []


SECRET_LATER: Drawn = {
    "begin": ("start_keyword", {"words": ["reset"]}, {"then": "send"}),
    "send": ("send", {"template": "recovery_code", "channel": "sms"}, {"sent": "check"}),
    "check": (
        "check_code",
        {"seconds": 600},
        {"proven": "later", "wrong": "check", "exhausted": "end", "no_answer": "end"},
    ),
    "later": ("wait", {"seconds": 3600}, {"then": "secret"}),
    "secret": ("one_time_password", {}, {"sent": "end"}),
    **_ENDS,
}


async def test_no_secret_goes_to_a_number_that_was_taken_away_after_the_proof(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, SECRET_LATER, "reset_by_text")
    alice = await customer(app_client)
    await say(app_client, alice, "RESET")
    await say(app_client, alice, code_of(alice))

    await move(app_client.client, alice, alice.email.address)
    before = len(alice.phone.inbox)
    await app_client.wait(timedelta(minutes=61))
    await app_client.deliver()
    later = [one.text for one in alice.phone.inbox[before:]]

    assert len(later) == 1
    assert not any("signs you in" in one for one in later)


UNLOCK_LATER: Drawn = {
    "begin": ("start_page", {}, {"then": "send"}),
    "send": ("send", {"template": "recovery_code", "channel": "sms"}, {"sent": "check"}),
    "check": (
        "check_code",
        {"seconds": 600},
        {"proven": "later", "wrong": "check", "exhausted": "end", "no_answer": "end"},
    ),
    "later": ("wait", {"seconds": 3600}, {"then": "drop"}),
    "drop": ("address_change", {"drop": "email"}, {"done": "end"}),
    **_ENDS,
}


async def test_a_proof_that_a_new_password_came_after_takes_no_address_away(
    app_client: Simulation,
) -> None:
    await go_live(app_client.client, UNLOCK_LATER, "lost_mailbox")
    alice = await customer(app_client)
    asked = await forgot(app_client.client, alice.phone)
    await app_client.deliver()
    await grant_for(app_client.client, asked, code=code_of(alice))

    path = f"/v1/accounts/{alice.account}"
    await app_client.deliver()
    await app_client.wait(timedelta(minutes=5))
    await app_client.client.patch(path, json={"password": "nine loud kettles on the moor"})
    await app_client.wait(timedelta(minutes=61))
    await app_client.deliver()
    kept = (await app_client.client.get(path)).json()["addresses"]

    assert sorted(one["kind"] for one in kept) == ["email", "phone"]


async def test_a_customer_number_beside_the_keyword_is_no_guess(app_client: Simulation) -> None:
    await go_live_ready(app_client, "reset_by_text")
    alice = await customer(app_client, customer_number="471")
    twin = Person("twin", alice.phone, app_client.person("twin").email)
    await enrol(app_client.client, twin, customer_number="472")

    await say(app_client, alice, "RESET")
    await say(app_client, alice, "RESET 472")

    assert len(code_of(alice)) == 10


async def test_who_may_only_look_at_flows_learns_no_account_by_counting(
    app_client: Simulation,
) -> None:
    news: Drawn = {"begin": ("start_audience", {"per_hour": 60}, {"then": "end"}), **_ENDS}
    await go_live(app_client.client, news, "news")
    alice = await customer(app_client)
    _, key = await access.create_key(
        app_client.db, app_client.brand, name="looks", scopes=["flows:read"], at=app_client.clock()
    )
    looks = {"Authorization": f"Bearer {key.reveal()}"}
    path = "/v1/flows/news/audiences/count"

    named = await app_client.post(path, {"accounts": [alice.account]}, **looks)
    by_filter = await app_client.post(path, {}, **looks)

    assert (named.status_code, named.json()["scope"]) == (403, "accounts:read")
    assert by_filter.json()["accounts"] == 1


def leading(to: str, *, waits: bool = False) -> Drawn:
    """A flow that goes on in another, at once or after a minute."""
    first = {"wait": ("wait", {"seconds": 60}, {"then": "away"})} if waits else {}
    then = "wait" if waits else "away"
    return {"begin": ("start_api", {}, {"then": then}), **first, "away": ("jump", {"flow": to}, {})}


async def test_flows_that_jump_round_without_a_wait_are_not_published(
    app_client: Simulation,
) -> None:
    there: Drawn = {"begin": ("start_api", {}, {"then": "end"}), **_ENDS}
    await go_live(app_client.client, there, "there")
    await go_live(app_client.client, leading("there"), "here")

    async def found(nodes: Drawn, name: str) -> list[str]:
        checked = await app_client.post(f"/v1/flows/{name}/validate", body(nodes, name))
        return [one["code"] for one in checked.json()["findings"]]

    assert await found(leading("here"), "there") == ["flow.loop"]
    assert await found(leading("here"), "here") == ["flow.loop"]
    assert await found(leading("here", waits=True), "there") == []
    assert await found(leading("here"), "third") == []


async def test_a_brand_whose_reminders_fail_holds_up_no_other_brands(
    app_client: Simulation,
) -> None:
    reminding: Drawn = {"begin": ("start_password_expiry", {"days": 7}, {"then": "end"}), **_ENDS}
    noon = app_client.clock().replace(hour=12, minute=0) + timedelta(days=1)
    expires = (noon + timedelta(days=7, hours=-1)).isoformat()
    await go_live(app_client.client, reminding, "first")
    await customer(app_client, password_expires_at=expires)
    spoil = "UPDATE flows.version SET document = '{}' WHERE brand_id = $1"
    await app_client.db.execute(spoil, app_client.brand.id)
    await at_brand(app_client)
    await go_live(app_client.client, reminding, "second")
    await customer(app_client, "bob", password_expires_at=expires)

    await app_client.wait(noon - app_client.clock())
    at = app_client.clock()
    await jobs.queue(app_client.db, kind="nodes.password_expiry", payload={}, due_at=at, at=at)
    await app_client.deliver()

    counts = (await app_client.client.get("/v1/flows/second/counts")).json()
    assert counts["outcomes"] == {"over": 1}


async def test_a_brand_whose_set_times_fail_holds_up_no_other_brands(
    app_client: Simulation,
) -> None:
    morning: Drawn = {"begin": ("start_schedule", {"cron": "0 9 * * *"}, {"then": "end"}), **_ENDS}
    await go_live(app_client.client, morning, "first")
    spoil = "UPDATE flows.version SET document = '{}' WHERE brand_id = $1"
    await app_client.db.execute(spoil, app_client.brand.id)
    await at_brand(app_client)
    await go_live(app_client.client, morning, "second")

    await app_client.wait(timedelta(days=1))
    at = app_client.clock()
    await jobs.queue(app_client.db, kind="nodes.schedule", payload={}, due_at=at, at=at)
    await app_client.deliver()

    counts = (await app_client.client.get("/v1/flows/second/counts")).json()
    assert counts["outcomes"] == {"over": 1}
