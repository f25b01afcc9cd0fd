"""The phone and mailbox on screen: what arrived, in order, for whoever has the brand's test key."""

from datetime import timedelta

import pytest

from sparekey.db import statement
from tests.attacks.requests import start
from tests.recovery.steps import enrol, forgot, prove
from tests.world.cast import fresh_number
from tests.world.simulated import Simulation

REPLIES = statement("SELECT sender FROM sandbox.reply ORDER BY id", returns=str)


async def test_a_phone_shows_what_it_received_oldest_first(app_client: Simulation):
    alice = app_client.person("alice")
    await start(app_client.client, alice.phone, "sign_in")
    await app_client.deliver()
    app_client.clock.now = app_client.clock.now.replace(minute=2)
    await start(app_client.client, alice.phone, "approve")
    await app_client.deliver()

    answer = await app_client.post("/v1/sandbox/inbox", {"address": alice.phone.address})

    first, second = answer.json()["data"]
    assert set(first) == {"id", "channel", "from", "to", "text", "sent_at"}
    assert first["id"].startswith("msg_")
    assert first["sent_at"] < second["sent_at"]
    assert "signs you in" in first["text"]
    assert (first["channel"], first["from"], first["to"]) == ("sms", "Acme", alice.phone.address)


async def test_a_mailbox_shows_subject_and_both_parts(app_client: Simulation):
    alice = app_client.person("alice")
    await start(app_client.client, alice.email)
    await app_client.deliver()

    mail = alice.email.inbox[0]
    assert mail.subject == "Your code to sign in at Acme"
    assert mail.code not in mail.subject
    assert mail.html is not None
    assert mail.html.startswith("<!doctype html>")
    assert mail.channel == "email"


async def test_every_spelling_opens_the_same_phone(app_client: Simulation):
    alice = app_client.person("alice")
    await start(app_client.client, alice.phone)
    await app_client.deliver()
    number = alice.phone.address

    for spelled in (number, f"{number[:3]} {number[3:7]} {number[7:]}", f"00{number[1:]}"):
        answer = await app_client.post("/v1/sandbox/inbox", {"address": spelled})

        assert len(answer.json()["data"]) == 1


async def test_decoys_are_never_shown(app_client: Simulation):
    alice = app_client.person("alice")
    for _ in range(3):
        await start(app_client.client, alice.phone)
    await app_client.deliver()
    kept = await app_client.db.fetch("SELECT is_dropped FROM sandbox.delivery")

    assert len(alice.phone.inbox) == 1
    assert sorted(row["is_dropped"] for row in kept) == [False, True, True]


async def test_an_empty_phone_is_empty(app_client: Simulation):
    answer = await app_client.post("/v1/sandbox/inbox", {"address": fresh_number()})

    assert (answer.status_code, answer.json()) == (200, {"data": []})


async def test_a_reply_is_kept_under_the_number_it_came_from(app_client: Simulation):
    alice = app_client.person("alice")
    await start(app_client.client, alice.phone)
    await app_client.deliver()
    alice.phone.reply("NO\nthis was not me")
    await app_client.deliver()

    assert await REPLIES.all(app_client.db) == [alice.phone.address]


@pytest.mark.parametrize(
    "body",
    [{}, {"address": ""}, {"address": "alice"}, {"address": ["+447400123456"]},
     {"address": "+447400123456", "more": 1}, {"address": "+447400123456,+447400123457"}],
    ids=str,
)  # fmt: skip
async def test_what_is_no_address_opens_no_inbox(app_client: Simulation, body: object):
    answer = await app_client.post("/v1/sandbox/inbox", body)

    assert answer.status_code in {400, 422}


async def test_a_reply_in_a_mailbox_answers_its_latest_email(app_client: Simulation):
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    asked = await forgot(app_client.client, alice.email, channel="email")
    await app_client.deliver()
    link = alice.email.inbox[-1].link_token
    await app_client.wait(timedelta(seconds=1))
    alice.email.reply("NO")
    await app_client.deliver()

    assert (await prove(app_client.client, asked, link_token=link)).status_code == 422
    assert "stopped" in alice.email.inbox[-1].text


async def test_an_email_is_not_answered_for_ever_and_an_empty_mailbox_answers_nothing(
    app_client: Simulation,
):
    alice = app_client.person("alice")
    typed = {"from": alice.email.address, "to": "Acme", "text": "hello"}
    empty = await app_client.post("/v1/sandbox/replies", typed)
    await start(app_client.client, alice.email)
    await app_client.deliver()
    answers = [await app_client.post("/v1/sandbox/replies", typed) for _ in range(40)]
    letters = await app_client.db.fetchrow("SELECT count(*) FROM inbox.letter")

    assert (empty.status_code, answers[0].status_code) == (201, 201)
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "inbox.full")
    assert letters["count"] == sum(one.status_code == 201 for one in answers)
