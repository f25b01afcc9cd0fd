"""Getting back in where the brand has drawn what happens: the same doors, the same answers."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from sparekey.flows import ready
from tests.recovery.publishing import go_live, outcomes
from tests.recovery.steps import (
    NEW_PASSWORD,
    enrol,
    forgot,
    grant_for,
    prove,
    set_password,
    sign_in,
)
from tests.world.cast import Person
from tests.world.simulated import Simulation

_ROWS = """
SELECT (SELECT count(*) FROM outbox.message WHERE brand_id = $1) AS messages,
    (SELECT count(*) FROM flows.run WHERE brand_id = $1) AS runs,
    (SELECT count(*) FROM flows.ended WHERE brand_id = $1) AS ended,
    (SELECT count(*) FROM verification.verification WHERE brand_id = $1) AS challenges,
    (SELECT count(*) FROM guard.ledger) AS ledgers,
    (SELECT count(*) FROM sandbox.delivery WHERE brand_id = $1) AS seen
"""


def drawing(name: str) -> Any:
    """A ready-made flow."""
    return msgspec.to_builtins(ready.document(name))


@pytest.fixture
async def by_code(app_client: Simulation) -> Simulation:
    await go_live(app_client, drawing("reset_by_code"))
    return app_client


@pytest.fixture
async def by_link(app_client: Simulation) -> Simulation:
    await go_live(app_client, drawing("reset_by_link"))
    return app_client


async def test_by_code(by_code: Simulation):
    api, alice = by_code.client, by_code.person("alice")
    await enrol(api, alice)

    asked = await forgot(api, alice.email)
    await by_code.deliver()
    wrong = await prove(api, asked, code="00000000")
    grant = await grant_for(api, asked, code=alice.phone.inbox[-1].code)
    await set_password(api, asked, grant)
    await by_code.deliver()

    assert wrong.status_code == 422
    assert (await sign_in(api, alice.email, NEW_PASSWORD))["outcome"] == "ok"
    assert await outcomes(by_code, "reset_by_code") == {"proven": 1}
    assert "was changed" in alice.email.inbox[-1].text


async def test_by_link(by_link: Simulation):
    api, alice = by_link.client, by_link.person("alice")
    await enrol(api, alice)

    asked = await forgot(api, alice.phone)
    await by_link.deliver()
    token = alice.email.inbox[-1].link_token
    await set_password(api, asked, await grant_for(api, asked, link_token=token))
    await by_link.deliver()

    assert (await sign_in(api, alice.email, NEW_PASSWORD))["outcome"] == "ok"
    assert await outcomes(by_link, "reset_by_link") == {"proven": 1}


async def test_who_has_no_mailbox_gets_a_code_where_a_link_was_drawn(by_link: Simulation):
    api, bob = by_link.client, by_link.person("bob")
    await enrol(api, bob, reach="phone")

    asked = await forgot(api, bob.phone)
    await by_link.deliver()

    assert await grant_for(api, asked, code=bob.phone.inbox[-1].code)


async def test_the_customers_choice_of_channel_stands(by_code: Simulation):
    api, alice = by_code.client, by_code.person("alice")
    await enrol(api, alice)

    asked = await forgot(api, alice.phone, channel="email")
    await by_code.deliver()

    assert alice.phone.inbox == []
    assert await grant_for(api, asked, link_token=alice.email.inbox[-1].link_token)


async def test_a_strangers_run_writes_the_same_rows(by_code: Simulation):
    api, alice = by_code.client, by_code.person("alice")
    await enrol(api, alice)

    async def asked_by(name: object) -> list[int]:
        before = await by_code.db.fetchrow(_ROWS, by_code.brand.id)
        asked = await forgot(api, name)
        await by_code.deliver()
        for _ in range(3):
            await prove(api, asked, code="00000000")
        await by_code.deliver()
        after = await by_code.db.fetchrow(_ROWS, by_code.brand.id)
        return [after[one] - before[one] for one in before.keys()]  # noqa: SIM118

    known = await asked_by(alice.email)
    unknown = await asked_by("nobody@mail.example")

    assert known == unknown
    assert await outcomes(by_code, "reset_by_code") == {"handed_over": 2}


async def test_when_nobody_answers_the_contacts_come(by_code: Simulation):
    api, alice = by_code.client, by_code.person("alice")
    await enrol(api, alice)

    await forgot(api, alice.phone)
    await by_code.deliver()
    await by_code.wait(timedelta(minutes=11))
    await by_code.deliver()

    assert "Help with your" in alice.phone.inbox[-1].text
    assert await outcomes(by_code, "reset_by_code") == {"unanswered": 1}


async def test_what_was_denied_sends_nothing_more(by_code: Simulation):
    api, alice = by_code.client, by_code.person("alice")
    await enrol(api, alice)

    asked = await forgot(api, alice.phone)
    await by_code.deliver()
    await by_code.post(f"/v1/recoveries/{asked}/deny")
    before = len(alice.phone.inbox) + len(alice.email.inbox)
    await by_code.wait(timedelta(minutes=11))
    await by_code.deliver()

    assert len(alice.phone.inbox) + len(alice.email.inbox) == before


async def test_a_drawing_that_cannot_begin_keeps_nobody_out(app_client: Simulation):
    api, alice = app_client.client, app_client.person("alice")
    there = [
        {"id": "begin", "kind": "start_api", "exits": {"then": "end"}},
        {"id": "end", "kind": "finish", "settings": {"outcome": "over"}},
    ]
    away = [
        {"id": "begin", "kind": "start_page", "exits": {"then": "away"}},
        {"id": "away", "kind": "jump", "settings": {"flow": "there"}},
    ]
    await go_live(app_client, {"name": "there", "title": "There", "nodes": there})
    await go_live(app_client, {"name": "away", "title": "Away", "nodes": away})
    await app_client.db.execute("UPDATE flows.flow SET live_version = NULL WHERE name = 'there'")
    await enrol(api, alice)

    asked = await forgot(api, alice.phone)
    await app_client.deliver()

    assert await grant_for(api, asked, code=alice.phone.inbox[-1].code)


async def test_resending_goes_on_beside_the_flow(by_code: Simulation):
    api, alice = by_code.client, by_code.person("alice")
    await enrol(api, alice)

    asked = await forgot(api, alice.phone)
    await by_code.deliver()
    await by_code.wait(timedelta(seconds=61))
    await by_code.post(f"/v1/recoveries/{asked}/resend", {"channel": "email"})
    await by_code.deliver()
    await grant_for(api, asked, link_token=alice.email.inbox[-1].link_token)
    await by_code.deliver()

    assert await outcomes(by_code, "reset_by_code") == {"proven": 1}


async def test_nine_at_once_still_get_a_code(by_code: Simulation):
    api, alice = by_code.client, by_code.person("alice")
    await enrol(api, alice)
    nodes = [
        {"id": "begin", "kind": "start_api", "exits": {"then": "later"}},
        {"id": "later", "kind": "wait", "settings": {"seconds": 9000}, "exits": {"then": "end"}},
        {"id": "end", "kind": "finish", "settings": {"outcome": "over"}},
    ]
    await go_live(by_code, {"name": "idle", "title": "Idle", "nodes": nodes})
    for _ in range(8):
        await by_code.post("/v1/flows/idle/runs", {"account": alice.account})

    asked = await forgot(api, alice.phone)
    await by_code.deliver()

    assert await grant_for(api, asked, code=alice.phone.inbox[-1].code)


async def test_what_has_arrived_is_heard(app_client: Simulation):
    api, alice = app_client.client, app_client.person("alice")
    waiting = drawing("reset_by_code")
    send = next(one for one in waiting["nodes"] if one["id"] == "send_code")
    send["settings"]["receipt_within"] = 60
    send["exits"] = dict.fromkeys(("delivered", "undelivered", "no_receipt"), "check")
    await go_live(app_client, waiting)
    await enrol(api, alice)

    asked = await forgot(api, alice.phone)
    await app_client.deliver()
    sent: Person = alice
    await grant_for(api, asked, code=sent.phone.inbox[-1].code)
    await app_client.wait(timedelta(seconds=61))
    await app_client.deliver()

    assert await outcomes(app_client, "reset_by_code") == {"proven": 1}


async def test_a_drawn_fallback_goes_by_the_other_channel_at_once(app_client: Simulation):
    api, alice = app_client.client, app_client.person("alice")
    nodes = [
        {"id": "begin", "kind": "start_page", "exits": {"then": "text"}},
        {
            "id": "text",
            "kind": "send",
            "settings": {"template": "recovery_code", "channel": "sms", "receipt_within": 20},
            "exits": {"delivered": "check", "undelivered": "mail", "no_receipt": "mail"},
        },
        {
            "id": "mail",
            "kind": "send",
            "settings": {"template": "recovery_link", "channel": "email"},
            "exits": {"sent": "check"},
        },
        {
            "id": "check",
            "kind": "check_code",
            "settings": {"seconds": 600},
            "exits": {"proven": "in", "wrong": "check", "exhausted": "out", "no_answer": "out"},
        },
        {"id": "in", "kind": "finish", "settings": {"outcome": "in"}},
        {"id": "out", "kind": "finish", "settings": {"outcome": "out", "is_good": False}},
    ]
    await go_live(app_client, {"name": "falling", "title": "Falling", "nodes": nodes})
    await enrol(api, alice)

    asked = await forgot(api, alice.phone)
    await app_client.deliver()
    await app_client.wait(timedelta(seconds=21))
    await app_client.deliver()
    await grant_for(api, asked, link_token=alice.email.inbox[-1].link_token)
    await app_client.deliver()

    assert len(alice.phone.inbox) == 1
    assert await outcomes(app_client, "falling") == {"in": 1}
