"""Replies by email: they may deny what the message was about, and allow nothing."""

from datetime import timedelta

import httpx
import pytest

from sparekey import inbox
from tests.inbox.mailing import nested, reply_to
from tests.recovery.steps import enrol, forgot, prove
from tests.world.cast import Person
from tests.world.provider import Provider
from tests.world.simulated import Simulation

DAY = timedelta(hours=24)
DENIALS = {
    "en": ["NO", "No.", "It wasn't me", "that wasn’t me!"],
    "de": ["NEIN", "Nein.", "Ich war das nicht."],
    "fr": ["NON", "Ce n'est pas moi."],
    "es": ["NO", "No fui yo."],
    "ar": ["لا", "لست أنا"],
}


async def hand_in(provider: Provider, octets: bytes) -> httpx.Response:
    """A mail service delivers by webhook; everything that follows is done."""
    answer = await provider.api.post(
        "/v1/inbox/emails", content=octets, headers={"Content-Type": "message/rfc822"}
    )
    await provider.simulation.deliver()
    return answer


async def events(simulation: Simulation, prefix: str = "inbox.") -> list[str]:
    rows = await simulation.db.fetch("SELECT kind FROM events.event ORDER BY id")
    return [row["kind"] for row in rows if row["kind"].startswith(prefix)]


async def blocks(simulation: Simulation) -> list[str]:
    return [row["kind"] for row in await simulation.db.fetch("SELECT kind FROM guard.block")]


@pytest.fixture
async def alice(provider: Provider) -> Person:
    """A customer of the live brand, who has asked to get back in by email."""
    alice = provider.simulation.person("alice")
    await enrol(provider.api, alice)
    return alice


async def asked(provider: Provider, alice: Person) -> tuple[str, str]:
    """Somebody asks to get back in by email: the recovery and what would prove it."""
    recovery = await forgot(provider.api, alice.email, channel="email")
    await provider.simulation.deliver()
    words = provider.wire.sent[-1].text
    token = next(word for word in words.split() if "/l/" in word).rpartition("/l/")[2]
    return recovery, token


@pytest.mark.parametrize(
    ("locale", "word"), [(locale, word) for locale, said in DENIALS.items() for word in said]
)
async def test_a_reply_with_an_exact_word_denies_and_freezes(
    provider: Provider, alice: Person, locale: str, word: str
):
    recovery, token = await asked(provider, alice)
    answer = await hand_in(provider, reply_to(provider.wire.sent[-1], word))
    proof = await prove(provider.api, recovery, link_token=token)

    assert (answer.status_code, answer.json()) == (202, {"kept": 1})
    assert proof.status_code == 422
    assert "recovery.repudiated" in await events(provider.simulation, "recovery.")
    assert await blocks(provider.simulation) == ["freeze"]


async def test_a_denial_is_confirmed_once_and_the_email_says_so(provider: Provider, alice: Person):
    await asked(provider, alice)
    message = provider.wire.sent[-1]
    for _ in range(3):
        await hand_in(provider, reply_to(message, "NO"))
    confirmations = [one for one in provider.wire.sent if "stopped" in (one.subject or "")]

    assert [one.to for one in confirmations] == [str(alice.email)]


@pytest.mark.parametrize(
    "text", ["no thanks", "Yes", "OK", "1", "", "NO WAY", "I forgot my password", "START", "STOP"]
)
async def test_no_other_words_change_anything(provider: Provider, alice: Person, text: str):
    recovery, token = await asked(provider, alice)
    await hand_in(provider, reply_to(provider.wire.sent[-1], text))
    proof = await prove(provider.api, recovery, link_token=token)

    assert proof.status_code == 200
    assert await events(provider.simulation) == ["inbox.message_received"]
    assert await blocks(provider.simulation) == []


async def test_a_quoted_no_is_not_the_writers(provider: Provider, alice: Person):
    recovery, token = await asked(provider, alice)
    await hand_in(provider, reply_to(provider.wire.sent[-1], "Thanks!\n\n> NO\n> reply NO"))

    assert (await prove(provider.api, recovery, link_token=token)).status_code == 200


async def test_a_forged_sender_with_another_messages_token_reaches_that_message_only(
    provider: Provider, alice: Person
):
    mallory = provider.simulation.person("mallory")
    await enrol(provider.api, mallory)
    recovery, token = await asked(provider, alice)
    provider.simulation.clock.advance(timedelta(minutes=1))
    await asked(provider, mallory)
    await hand_in(provider, reply_to(provider.wire.sent[-1], "NO", sender=str(alice.email)))

    assert (await prove(provider.api, recovery, link_token=token)).status_code == 200


async def test_a_forged_token_is_kept_by_nobody(provider: Provider, alice: Person):
    recovery, token = await asked(provider, alice)
    message = provider.wire.sent[-1]
    forged = reply_to(message, "NO").replace(
        message.reply_token.encode(), ("a" * 51 + "b").encode()
    )
    bounce_for_reply = reply_to(message, "NO").replace(
        message.reply_token.encode(), message.bounce_token.encode()
    )

    assert (await hand_in(provider, forged)).json() == {"kept": 0}
    await hand_in(provider, bounce_for_reply)
    assert (await prove(provider.api, recovery, link_token=token)).status_code == 200


async def test_another_brands_key_hands_in_nothing(provider: Provider, alice: Person):
    recovery, token = await asked(provider, alice)
    answer = await provider.simulation.client.post(
        "/v1/inbox/emails",
        content=reply_to(provider.wire.sent[-1], "NO"),
        headers={"Content-Type": "message/rfc822"},
    )
    await provider.simulation.deliver()

    assert answer.json() == {"kept": 0}
    assert (await prove(provider.api, recovery, link_token=token)).status_code == 200


async def test_a_reply_after_a_month_is_late(provider: Provider, alice: Person):
    await asked(provider, alice)
    message = provider.wire.sent[-1]
    await provider.simulation.wait(timedelta(days=31))
    await hand_in(provider, reply_to(message, "NO"))

    assert await events(provider.simulation) == ["inbox.message_ignored"]
    assert await blocks(provider.simulation) == []


async def test_a_reply_to_a_notice_without_the_link_freezes_nobody(
    provider: Provider, alice: Person
):
    """A thief's new address hears of a change, and must not be able to stop the owner."""
    thiefs = "thief@mail.example"
    held = [
        {"kind": "email", "value": str(alice.email), "verified": True},
        {"kind": "email", "value": thiefs, "verified": True},
    ]
    await provider.api.patch(f"/v1/accounts/{alice.account}", json={"addresses": held})
    await provider.api.patch(
        f"/v1/accounts/{alice.account}", json={"password": "a whole new sentence of words"}
    )
    await provider.simulation.deliver()
    notice = [one for one in provider.wire.sent if one.to == thiefs][-1]
    await hand_in(provider, reply_to(notice, "NO"))

    assert "not-me" not in notice.text
    assert await events(provider.simulation) == ["inbox.email_denied"]
    assert await blocks(provider.simulation) == []


async def test_the_same_mail_twice_is_one(provider: Provider, alice: Person):
    await asked(provider, alice)
    mail = reply_to(provider.wire.sent[-1], "hello there")
    for _ in range(3):
        await hand_in(provider, mail)

    assert await events(provider.simulation) == ["inbox.message_received"]


async def test_what_nobody_waits_for_is_kept_sealed_and_answered_once(
    provider: Provider, alice: Person
):
    await asked(provider, alice)
    message, simulation = provider.wire.sent[-1], provider.simulation
    for number in range(5):
        await hand_in(provider, reply_to(message, f"the moon is out, {number}"))
    rows = await simulation.db.fetch("SELECT * FROM inbox.message")
    kept = [await inbox.read(simulation.db, simulation.keyring, row["id"]) for row in rows]
    answers = provider.wire.sent[provider.wire.sent.index(message) + 1 :]

    assert len(rows) == 5
    assert "moon" not in repr([dict(row) for row in rows])
    assert sorted(one.contents.text for one in kept if one) == [
        f"the moon is out, {number}" for number in range(5)
    ]
    assert [one.to for one in answers] == [str(alice.email)]
    assert "moon" not in answers[0].text


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": 'auto-generated; owner-email="x"'},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"List_Id": "<people.example>"},
        {"List_Unsubscribe": "<mailto:x@example.com>"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"Message_ID": "<msg_01kcgw6v1fe3jv9m8y6tq2b0aa@other.example>"},
        {"sender": "MAILER-DAEMON@mx.example"},
        {"sender": "no-reply@shop.example"},
    ],
)
async def test_machines_are_neither_obeyed_nor_answered(
    provider: Provider, alice: Person, headers: dict[str, str]
):
    recovery, token = await asked(provider, alice)
    sent = len(provider.wire.sent)
    for text in ("NO", "I am away until Monday"):
        await hand_in(provider, reply_to(provider.wire.sent[-1], text, **headers))

    assert set(await events(provider.simulation)) == {"inbox.message_ignored"}
    assert len(provider.wire.sent) == sent
    assert (await prove(provider.api, recovery, link_token=token)).status_code == 200


async def test_a_mailbox_that_answers_everything_gets_one_answer(provider: Provider, alice: Person):
    """A machine that hides what it is answers every mail at once, ours among them."""
    await asked(provider, alice)
    answered = 0
    while answered < len(provider.wire.sent) and answered < 50:
        message = provider.wire.sent[answered]
        answered += 1
        await hand_in(provider, reply_to(message, f"I am away {answered}"))

    assert answered == 2


async def test_a_mail_that_goes_too_deep_is_kept_and_read_as_nothing(
    provider: Provider, alice: Person
):
    await asked(provider, alice)
    to = f"reply+{provider.wire.sent[-1].reply_token}@acme.example"
    taken = await hand_in(provider, nested(to))
    left = await provider.simulation.db.fetchrow("SELECT count(*) FROM inbox.letter")

    assert (taken.status_code, taken.json()) == (202, {"kept": 1})
    assert left["count"] == 0


async def test_mail_to_one_message_is_limited(provider: Provider, alice: Person):
    await asked(provider, alice)
    message = provider.wire.sent[-1]
    answers = [
        (await hand_in(provider, reply_to(message, f"hello {number}"))).status_code
        for number in range(22)
    ]

    assert answers == [202] * 20 + [429] * 2


async def test_what_is_no_mail_is_refused(provider: Provider):
    json = await provider.api.post("/v1/inbox/emails", json={})
    large = await provider.api.post(
        "/v1/inbox/emails",
        content=b"x" * (inbox.MOST_BYTES + 1),
        headers={"Content-Type": "message/rfc822"},
    )

    assert (json.status_code, large.status_code) == (415, 413)
