"""Ready-made flows as somebody lives through them: over HTTP, on a handset and in a mailbox."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sparekey import jobs
from sparekey.flows import ready
from tests.recovery.publishing import ends_of, outcomes, publish
from tests.recovery.steps import (
    NEW_PASSWORD,
    at_brand,
    enrol,
    forgot,
    grant_for,
    prove,
    recover,
    set_password,
    sign_in,
)
from tests.world.cast import Person, Received, read_code
from tests.world.provider import Provider, receipt
from tests.world.simulated import Simulation


async def take(simulation: Simulation, name: str) -> None:
    """The company takes a ready-made flow as it is."""
    await publish(simulation.client, msgspec.to_builtins(ready.document(name)))


async def customer(simulation: Simulation, **fields: Any) -> Person:
    """Somebody with an account."""
    alice = simulation.person("alice")
    await enrol(simulation.client, alice, **fields)
    return alice


async def pass_by(simulation: Simulation, *spans: timedelta) -> None:
    """Let time pass, and do what is due after each span."""
    await simulation.deliver()
    for span in spans:
        await simulation.wait(span)
        await simulation.deliver()


def everything(person: Person) -> list[Received]:
    """What arrived anywhere."""
    return [*person.phone.inbox, *person.email.inbox]


async def daytime(simulation: Simulation) -> None:
    """Let it be eleven in the morning."""
    at = simulation.clock()
    await simulation.wait(at.replace(hour=11, minute=0) + timedelta(days=1) - at)


async def queue_expiry(simulation: Simulation) -> None:
    """Have passwords that expire looked for, as the hour does."""
    at = simulation.clock()
    await jobs.queue(simulation.db, kind="nodes.password_expiry", payload={}, due_at=at, at=at)


async def test_a_forgotten_username_is_told_to_its_owner(app_client: Simulation) -> None:
    await take(app_client, "forgot_username")
    alice = await customer(app_client, username="alice.w")

    started = await app_client.post("/v1/flows/forgot_username/runs", {"account": alice.account})
    await pass_by(app_client)

    assert "alice.w" not in started.text
    assert [one for one in everything(alice) if "alice.w" in one.text]
    assert await outcomes(app_client, "forgot_username") == {"told": 1}


async def test_an_owner_hears_once_a_day_that_somebody_keeps_trying(
    app_client: Simulation,
) -> None:
    await take(app_client, "failed_sign_ins")
    alice = await customer(app_client)

    for _ in range(9):
        report = {"identifier": alice.email.address, "outcome": "wrong"}
        await app_client.post("/v1/sign-ins/reports", report)
    await pass_by(app_client)

    told = everything(alice)
    assert len(told) == 1
    assert "unusual" in told[0].text
    assert "sets a new password" not in told[0].text


async def test_a_password_that_expires_is_told_without_a_link(app_client: Simulation) -> None:
    await take(app_client, "password_expiry")
    await daytime(app_client)
    expires = app_client.clock() + timedelta(days=6, hours=20)
    alice = await customer(app_client, password_expires_at=expires.isoformat())

    for _ in range(2):
        await queue_expiry(app_client)
        await pass_by(app_client, timedelta(hours=1))

    told = everything(alice)
    assert len(told) == 1
    assert f"expires on {expires.day} {expires:%b}" in told[0].text
    assert "http" not in told[0].text


async def test_the_day_is_the_brands_and_the_words_are_the_customers(
    app_client: Simulation,
) -> None:
    await at_brand(app_client, time_zone="Pacific/Auckland", locale="en")
    await take(app_client, "password_expiry")
    at = app_client.clock()
    await app_client.wait(at.replace(hour=23, minute=0) + timedelta(days=1) - at)
    expires = datetime(2026, 3, 12, 13, 30, tzinfo=UTC)  # the 13th, at half past two in Auckland
    alice = await customer(app_client, locale="de", password_expires_at=expires.isoformat())

    await queue_expiry(app_client)
    await pass_by(app_client)

    assert [one.text for one in everything(alice) if "läuft am 13.3. ab" in one.text]


async def test_whoever_got_back_in_is_asked_how_it_was(app_client: Simulation) -> None:
    alice = await customer(app_client)
    await daytime(app_client)
    await take(app_client, "how_was_it")
    await recover(app_client, alice)
    await pass_by(app_client, timedelta(hours=1, seconds=1))

    asked = [one for one in everything(alice) if "how was it" in one.text.lower()]
    alice.phone.reply("2, it took me an hour")
    await pass_by(app_client, timedelta(seconds=1))

    assert len(asked) == 1
    assert await outcomes(app_client, "how_was_it") == {"poor": 1}


async def test_a_code_that_arrives_by_text_is_not_sent_by_mail(
    provider: Provider,
) -> None:
    simulation = provider.simulation
    asked = await asked_with_fallback(provider)
    await provider.tell(receipt(provider.last(), "delivered"))
    await pass_by(simulation, timedelta(minutes=3))
    code = read_code(provider.wire.sent[-1].text)
    proven = await prove(provider.api, asked, code=code)
    await pass_by(simulation)

    assert [one.channel for one in provider.wire.sent] == ["sms"]
    assert proven.status_code == 200
    assert await ends_of(provider.api, "code_with_fallback") == {"proven": 1}


@pytest.mark.parametrize("said", [None, "undelivered", "failed"])
async def test_a_code_that_does_not_arrive_by_text_goes_by_mail_anew(
    provider: Provider, said: str | None
) -> None:
    asked = await asked_with_fallback(provider)
    if said is not None:
        await provider.tell(receipt(provider.last(), said))
    await pass_by(provider.simulation, timedelta(minutes=2, seconds=1))
    by_text, by_mail = provider.wire.sent
    proven = await prove(provider.api, asked, code=read_code(by_mail.text))
    await pass_by(provider.simulation)

    assert [one.channel for one in (by_text, by_mail)] == ["sms", "email"]
    assert read_code(by_text.text) != read_code(by_mail.text)
    assert proven.status_code == 200
    assert await ends_of(provider.api, "code_with_fallback") == {"proven": 1}


async def test_the_text_that_comes_late_still_counts_for_two_minutes(provider: Provider) -> None:
    asked = await asked_with_fallback(provider)
    await pass_by(provider.simulation, timedelta(minutes=2, seconds=1), timedelta(minutes=1))
    by_text, _ = provider.wire.sent
    proven = await prove(provider.api, asked, code=read_code(by_text.text))

    assert proven.status_code == 200


async def asked_with_fallback(provider: Provider) -> str:
    """Alice has asked, and a text with a code has gone out."""
    await publish(provider.api, msgspec.to_builtins(ready.document("code_with_fallback")))
    alice = provider.simulation.person("alice")
    await enrol(provider.api, alice)
    asked = await forgot(provider.api, alice.email)
    await pass_by(provider.simulation)
    assert len(provider.sent_to(alice.phone)) == 1
    return asked


async def test_an_address_is_proven_again(app_client: Simulation) -> None:
    await take(app_client, "verify_address")
    alice = await customer(app_client)

    recovery = await forgot(app_client.client, alice.phone)
    await pass_by(app_client)
    await prove(app_client.client, recovery, code=alice.phone.inbox[0].code)
    await pass_by(app_client)

    assert await outcomes(app_client, "verify_address") == {"verified": 1}


async def test_whoever_does_not_respond_hears_who_helps(app_client: Simulation) -> None:
    await take(app_client, "follow_up")
    alice = await customer(app_client)
    await app_client.post("/v1/flows/follow_up/runs", {"account": alice.account})

    await pass_by(app_client, timedelta(days=1), timedelta(hours=13))
    told = everything(alice)
    await pass_by(app_client, timedelta(days=3))

    assert len(told) == 1
    assert "Help with your" in told[0].text
    assert await outcomes(app_client, "follow_up") == {"unanswered": 1}


async def test_customers_without_a_number_are_asked_and_others_are_not(
    app_client: Simulation,
) -> None:
    await take(app_client, "enrol_numbers")
    await daytime(app_client)
    without = await customer(app_client, reach="email")
    has_one = await customer(app_client)

    await app_client.post("/v1/flows/enrol_numbers/audiences")
    await pass_by(app_client, timedelta(minutes=1))
    asked = without.email.inbox[-1]
    without.email.reply("Agree")
    await pass_by(app_client, timedelta(seconds=1))
    evidence = await app_client.db.fetch(
        "SELECT data FROM events.event WHERE kind = 'flow.consent_given'"
    )

    assert await outcomes(app_client, "enrol_numbers") == {"agreed": 1}
    assert len(evidence) == 1
    assert "may_we_text" in str(evidence[0]["data"])
    assert "@" not in str(evidence[0]["data"])
    assert sum("mobile number" in one.text for one in everything(without)) == 1
    assert "mobile number" in asked.text
    assert everything(has_one) == []


async def test_a_link_by_email_leads_back_in(app_client: Simulation) -> None:
    await take(app_client, "reset_by_link")
    alice = await customer(app_client)

    asked = await forgot(app_client.client, alice.phone)
    await pass_by(app_client)
    [mail] = everything(alice)
    grant = await grant_for(app_client.client, asked, link_token=mail.link_token)
    done = await set_password(app_client.client, asked, grant)
    await pass_by(app_client)

    assert (mail.channel, done.status_code) == ("email", 200)
    assert (await sign_in(app_client.client, alice.email, NEW_PASSWORD))["outcome"] == "ok"
    assert await outcomes(app_client, "reset_by_link") == {"proven": 1}


async def test_a_link_that_nobody_opens_is_followed_by_who_helps(app_client: Simulation) -> None:
    await take(app_client, "reset_by_link")
    alice = await customer(app_client)

    await forgot(app_client.client, alice.phone)
    await pass_by(app_client, timedelta(minutes=31))

    assert [one for one in everything(alice) if "Help with your" in one.text]
    assert await outcomes(app_client, "reset_by_link") == {"unanswered": 1}


@pytest.mark.parametrize("name", ready.names())
def test_every_ready_made_flow_has_a_journey(name: str) -> None:
    journeys = Path(__file__).parent.glob("test_*.py")

    assert any(f'"{name}"' in path.read_text() for path in journeys)


@pytest.mark.parametrize("name", ready.names())
async def test_every_ready_made_flow_is_taken_as_it_is(name: str, app_client: Simulation) -> None:
    await take(app_client, name)

    tried = await app_client.post(f"/v1/flows/{name}/try", {"script": _script(name)})

    assert tried.json()["outcome"] is not None


def _script(name: str) -> Any:
    return msgspec.to_builtins(ready.script(name))
