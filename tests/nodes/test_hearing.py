"""What waiting runs hear: replies by mail, receipts, a new password; as the world brings them."""

import asyncio
import smtplib
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from sparekey import inbox, jobs
from tests.flows.drawing import Drawn, drawn
from tests.inbox.mailing import DOMAIN, bounce_of, reply_to
from tests.recovery.publishing import ends_of, go_live, outcomes, publish
from tests.recovery.steps import enrol, forgot, grant_for, set_password
from tests.world.cast import Person
from tests.world.processes import free_port
from tests.world.provider import Provider, receipt
from tests.world.simulated import Simulation

#: Asks by email, and hands those who answer in one way to a person.
ASKING: Drawn = {
    "begin": ("start_api", {}, {"then": "ask"}),
    "ask": ("send", {"template": "help", "channel": "email", "to": "account"}, {"sent": "hear"}),
    "hear": (
        "wait_for_reply",
        {"seconds": 3600, "replies": {"call_me": ["call me", "ring me"]}},
        {"call_me": "called", "other": "other", "no_reply": "silent"},
    ),
    "called": ("finish", {"outcome": "called"}, {}),
    "other": ("finish", {"outcome": "other"}, {}),
    "silent": ("finish", {"outcome": "silent"}, {}),
}
#: Sends a text and looks what becomes of it.
TELLING: Drawn = {
    "begin": ("start_api", {}, {"then": "tell"}),
    "tell": (
        "send",
        {"template": "help", "channel": "sms", "to": "account", "receipt_within": 120},
        {"delivered": "there", "undelivered": "lost", "no_receipt": "unknown"},
    ),
    "there": ("finish", {"outcome": "there"}, {}),
    "lost": ("finish", {"outcome": "lost"}, {}),
    "unknown": ("finish", {"outcome": "unknown"}, {}),
}
#: Reminds three times, a day apart, until the password is a new one.
REMINDING: Drawn = {
    "begin": ("start_api", {}, {"then": "remind"}),
    "remind": (
        "remind",
        {"template": "password_expiring", "times": 3, "every": 86_400},
        {"again": "remind", "enough": "tired", "changed": "done"},
    ),
    "tired": ("finish", {"outcome": "tired"}, {}),
    "done": ("finish", {"outcome": "done"}, {}),
}


def document(nodes: Drawn) -> Any:
    """A drawing as it is sent over HTTP."""
    return msgspec.to_builtins(drawn(nodes, "drawn"))


async def started(provider: Provider, nodes: Drawn) -> Person:
    """Alice, for whom the company's server has started the flow; its message has gone out."""
    alice = provider.simulation.person("alice")
    await enrol(provider.api, alice)
    await publish(provider.api, document(nodes))
    await start(provider, alice)
    return alice


async def start(provider: Provider, person: Person) -> None:
    """The company's server starts it for a customer."""
    body = {"account": person.account}
    answer = await provider.api.post("/v1/flows/drawn/runs", json=body)
    assert answer.status_code == 201, answer.text
    await provider.simulation.deliver()


async def by_http(provider: Provider, octets: bytes, _to: str) -> None:
    """A mail service delivers by webhook."""
    headers = {"Content-Type": "message/rfc822"}
    answer = await provider.api.post("/v1/inbox/emails", content=octets, headers=headers)
    assert answer.json() == {"kept": 1}


async def by_lmtp(provider: Provider, octets: bytes, to: str) -> None:
    """A mail server hands it to the listener."""
    house, port = provider.simulation.house, free_port()

    def send() -> None:
        with smtplib.LMTP("127.0.0.1", port) as line:
            line.sendmail("alice@mail.example", [to], octets)

    place = inbox.Place("lmtp", "127.0.0.1", port)
    async with inbox.listening(place, house.db, house.keyring, house.clock):
        await asyncio.to_thread(send)


@pytest.mark.parametrize("way", [by_http, by_lmtp])
@pytest.mark.parametrize(
    ("text", "ends"), [("Call me, please.", {"other": 1}), ("  Ring me! ", {"called": 1})]
)
async def test_a_reply_by_mail_answers_the_run_that_asked(
    provider: Provider, way: Any, text: str, ends: dict[str, int]
) -> None:
    await started(provider, ASKING)
    message = provider.wire.sent[-1]

    await way(provider, reply_to(message, text), f"reply+{message.reply_token}@{DOMAIN}")
    await provider.simulation.deliver()

    assert await ends_of(provider.api, "drawn") == ends


async def test_a_reply_to_one_message_answers_no_other_run(provider: Provider) -> None:
    alice = await started(provider, ASKING)
    mallory = provider.simulation.person("mallory")
    await enrol(provider.api, mallory)
    await start(provider, mallory)
    to_mallory = next(one for one in provider.wire.sent if one.to == str(mallory.email))

    forged = reply_to(to_mallory, "Call me", sender=str(alice.email))
    await by_http(provider, forged, "")
    await provider.simulation.deliver()
    one_ended = await ends_of(provider.api, "drawn")
    to_alice = next(one for one in provider.wire.sent if one.to == str(alice.email))
    await by_http(provider, reply_to(to_alice, "Call me"), "")
    await provider.simulation.deliver()

    assert one_ended == {"called": 1}
    assert await ends_of(provider.api, "drawn") == {"called": 2}


async def test_what_a_machine_answers_and_what_is_quoted_is_no_reply(provider: Provider) -> None:
    await started(provider, ASKING)
    message = provider.wire.sent[-1]

    away = reply_to(message, "Call me", Auto_Submitted="auto-replied")
    await by_http(provider, away, "")
    await provider.simulation.deliver()
    waiting = await ends_of(provider.api, "drawn")
    await by_http(provider, reply_to(message, "> call me"), "")
    await provider.simulation.deliver()

    assert waiting == {}
    assert "called" not in await ends_of(provider.api, "drawn")


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (["delivered"], "there"),
        (["sent", "delivered"], "there"),
        (["undelivered"], "lost"),
        (["failed"], "lost"),
        (["expired"], "lost"),
        (["failed", "delivered"], "lost"),
        (["sent"], "unknown"),
        ([], "unknown"),
    ],
    ids=str,
)
async def test_a_run_hears_what_became_of_its_text(
    provider: Provider, said: list[str], ends: str
) -> None:
    await started(provider, TELLING)

    for outcome in said:
        answer = await provider.tell(receipt(provider.last(), outcome))
        assert answer.status_code == 204
        await provider.simulation.deliver()
    before = await ends_of(provider.api, "drawn")
    await provider.simulation.wait(timedelta(seconds=121))
    await provider.simulation.deliver()

    assert before == ({} if ends == "unknown" else {ends: 1})
    assert await ends_of(provider.api, "drawn") == {ends: 1}


async def test_a_receipt_that_nobody_signed_moves_no_run(provider: Provider) -> None:
    kind, settings, exits = TELLING["tell"]
    by_mail: Drawn = {**TELLING, "tell": (kind, {**settings, "channel": "email"}, exits)}
    await started(provider, by_mail)
    forged = await provider.tell(receipt(provider.last(), "delivered"), signature="forged")

    await by_http(provider, bounce_of(provider.wire.sent[-1]), "")
    await provider.simulation.deliver()
    before = await ends_of(provider.api, "drawn")
    await provider.simulation.wait(timedelta(seconds=121))
    await provider.simulation.deliver()

    assert forged.status_code >= 400
    assert before == {}
    assert await ends_of(provider.api, "drawn") == {"unknown": 1}


async def reminded(simulation: Simulation) -> Person:
    """Alice, who has been reminded once."""
    alice = simulation.person("alice")
    await enrol(simulation.client, alice)
    await go_live(simulation, document(REMINDING))
    await simulation.post("/v1/flows/drawn/runs", {"account": alice.account})
    await simulation.deliver()
    return alice


def reminders(person: Person) -> int:
    """How often somebody was reminded."""
    told = [*person.phone.inbox, *person.email.inbox]
    return sum("reminder" in one.text or "expires" in (one.subject or "") for one in told)


async def test_a_password_that_the_company_changes_ends_the_reminders(
    app_client: Simulation,
) -> None:
    alice = await reminded(app_client)

    await app_client.client.patch(
        f"/v1/accounts/{alice.account}", json={"password": "nine loud kettles on the moor"}
    )
    await app_client.deliver()
    ended = await outcomes(app_client, "drawn")
    await app_client.wait(timedelta(days=2))
    await app_client.deliver()

    assert ended == {"done": 1}
    assert reminders(alice) == 1


async def test_a_password_that_its_owner_recovers_ends_the_reminders(
    app_client: Simulation,
) -> None:
    alice = await reminded(app_client)

    await app_client.wait(timedelta(seconds=1))
    asked = await forgot(app_client.client, alice.phone)
    await app_client.deliver()
    grant = await grant_for(app_client.client, asked, code=alice.phone.inbox[-1].code)
    await set_password(app_client.client, asked, grant)
    await app_client.deliver()

    assert await outcomes(app_client, "drawn") == {"done": 1}


async def test_another_accounts_new_password_ends_nobodys_reminders(
    app_client: Simulation,
) -> None:
    alice, bob = await reminded(app_client), app_client.person("bob")
    await enrol(app_client.client, bob)

    await app_client.client.patch(
        f"/v1/accounts/{bob.account}", json={"password": "nine loud kettles on the moor"}
    )
    for _ in range(3):
        await app_client.deliver()
        await app_client.wait(timedelta(days=1, seconds=1))
    await app_client.deliver()

    assert await outcomes(app_client, "drawn") == {"tired": 1}
    assert reminders(alice) == 3


@pytest.mark.parametrize("way", [by_http, by_lmtp])
async def test_an_answer_that_a_run_took_is_not_answered_as_an_unknown_letter(
    provider: Provider, way: Any
) -> None:
    await started(provider, ASKING)
    message = provider.wire.sent[-1]
    to = f"reply+{message.reply_token}@{DOMAIN}"

    await way(provider, reply_to(message, "Ring me!"), to)
    await provider.simulation.deliver()
    after_the_answer = len(provider.wire.sent)
    await way(provider, reply_to(message, "Hello? Anybody?"), to)
    await provider.simulation.deliver()

    assert await ends_of(provider.api, "drawn") == {"called": 1}
    assert after_the_answer == 1
    assert [one.to for one in provider.wire.sent] == [message.to, message.to]


async def test_a_letter_that_a_run_does_not_wait_for_is_acknowledged(provider: Provider) -> None:
    kind, settings, _ = ASKING["ask"]
    busy: Drawn = {
        **ASKING,
        "ask": (kind, settings, {"sent": "rest"}),
        "rest": ("wait", {"seconds": 3600}, {"then": "hear"}),
    }
    await started(provider, busy)
    message = provider.wire.sent[-1]

    await by_http(provider, reply_to(message, "Call me"), "")
    await provider.simulation.deliver()

    assert [one.to for one in provider.wire.sent] == [message.to, message.to]
    assert await ends_of(provider.api, "drawn") == {}


async def test_of_two_answers_at_once_the_run_takes_one_and_the_other_is_acknowledged(
    provider: Provider,
) -> None:
    await started(provider, ASKING)
    message = provider.wire.sent[-1]

    for text in ("Call me", "I found it myself"):
        await by_http(provider, reply_to(message, text), "")
    await provider.simulation.deliver()

    assert sum((await ends_of(provider.api, "drawn")).values()) == 1
    assert len(provider.wire.sent) == 2


async def test_whoever_answers_from_a_mailbox_gets_no_other_mail(app_client: Simulation) -> None:
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    await go_live(app_client, document(ASKING))
    await app_client.post("/v1/flows/drawn/runs", {"account": alice.account})
    await app_client.deliver()

    alice.email.reply("Call me.")
    await app_client.deliver()
    taken = len(alice.email.inbox)
    alice.email.reply("Are you there?")
    await app_client.deliver()

    assert await outcomes(app_client, "drawn") == {"called": 1}
    assert (taken, len(alice.email.inbox)) == (1, 2)


async def test_an_answer_that_is_looked_at_twice_is_taken_once_and_not_acknowledged(
    provider: Provider,
) -> None:
    await started(provider, ASKING)
    house, message = provider.simulation.house, provider.wire.sent[-1]
    await by_http(provider, reply_to(message, "Call me"), "")
    letters = inbox.Letters(house.db, house.keyring, house.clock)
    for row in await letters.claim(10):
        await letters.read(row)

    crowd = jobs.runner(house.db, house.keyring, house.clock, lane=jobs.Lane.CROWD)
    [job] = await crowd.claim(10)
    await crowd.work(job)
    with pytest.raises(jobs.LostLease):  # whoever died before it had told that it was done
        await crowd.work(job)
    await provider.simulation.deliver()

    assert await ends_of(provider.api, "drawn") == {"called": 1}
    assert len(provider.wire.sent) == 1
