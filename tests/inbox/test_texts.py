"""Texts from customers: exact words act, once each; anything else is for a person to read."""

from datetime import timedelta

import pytest

from sparekey import inbox
from sparekey.inbox import Word, read_word
from tests.attacks.register import covers
from tests.recovery.steps import enrol, forgot, prove
from tests.world.cast import Person
from tests.world.provider import Provider, incoming
from tests.world.simulated import Simulation

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
OPT_OUT = [
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "OPT-OUT",
    "REMOVE",
    "ARRET",
    "TD",
    "STOP ALL",
    "OPT OUT",
]


async def journal(simulation: Simulation) -> list[str]:
    """What the journal says of the inbox, oldest first."""
    rows = await simulation.db.fetch(
        "SELECT kind FROM events.event WHERE kind LIKE 'inbox.%' ORDER BY id"
    )
    return [row["kind"].removeprefix("inbox.") for row in rows]


@pytest.fixture
def alice(app_client: Simulation) -> Person:
    return app_client.person("alice")


@pytest.mark.parametrize("word", OPT_OUT)
@pytest.mark.parametrize("shape", ["{}", " {} ", "{}.", "{}!!", "\u200e{}\n"])
def test_every_opt_out_word_is_known_in_every_case(word: str, shape: str):
    for spelled in (word, word.lower(), word.title()):
        assert read_word(shape.format(spelled)) == (Word.STOP, None if word != "ARRET" else "fr")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("NO", Word.NO),
        ("no.", Word.NO),
        ("Nein!", Word.NO),
        ("Non", Word.NO),
        ("Ce n’est pas moi", Word.NO),
        ("Ich war das nicht.", Word.NO),
        ("لا", Word.NO),
        ("لست أنا", Word.NO),
        ("It wasn't me.", Word.NO),
        ("it wasn’t me", Word.NO),
        ("START", Word.START),
        ("unstop", Word.START),
        ("Yes", Word.START),
        ("HELP?", Word.HELP),
        ("info", Word.HELP),
        ("Hilfe", Word.HELP),
        ("Ayuda", Word.HELP),
        ("مساعدة", Word.HELP),
        ("STOPP", Word.STOP),
        ("إيقاف", Word.STOP),
    ],
)
def test_set_words_are_known_in_five_languages(text: str, word: Word):
    found = read_word(text)

    assert found is not None
    assert found[0] is word


@pytest.mark.parametrize(
    "text",
    [
        "please stop",
        "no thanks",
        "stop it",
        "nope",
        "",
        " ",
        "?",
        "st op",
        "s.t.o.p",
        "1",
        "N",
        "NO NO",
        "know",
        "yes please",
        "end of",
        "help me",
        "x" * 300,
        "no" + "!" * 300,
    ],
)
def test_nothing_else_is_a_word(text: str):
    assert read_word(text) is None


@pytest.mark.parametrize("word", ["NO", "STOP"])
async def test_the_word_ends_the_code_and_stops_strangers_texts_for_a_day(
    provider: Provider, alice: Person, word: str
):
    challenge = await provider.ask(alice.phone)
    [first] = provider.wire.sent
    code = code_in(first.text)
    await provider.text(alice.phone, word)
    checked = await provider.check(challenge, code)
    provider.simulation.clock.advance(HOUR)
    await provider.ask(alice.phone)
    while_stopped = len(provider.sent_to(alice.phone))
    await provider.simulation.wait(DAY)
    await provider.ask(alice.phone)

    assert (checked["valid"], checked["reason"]) == (False, "cancelled")
    assert while_stopped == 2  # the code and the confirmation
    assert len(provider.sent_to(alice.phone)) == 3


async def test_start_lifts_it_and_nothing_that_was_void_comes_back(
    provider: Provider, alice: Person
):
    challenge = await provider.ask(alice.phone)
    code = code_in(provider.wire.sent[0].text)
    await provider.text(alice.phone, "STOP")
    await provider.text(alice.phone, "START")
    checked = await provider.check(challenge, code)
    provider.simulation.clock.advance(timedelta(minutes=2))
    await provider.ask(alice.phone)

    assert checked["valid"] is False
    assert [is_code(text) for text in provider.sent_to(alice.phone)] == [True, False, False, True]


async def test_each_word_is_confirmed_once_a_day_and_no_more(provider: Provider, alice: Person):
    for text in ("STOP", "stop", "NO", "HELP", "help", "START", "yes", "STOP"):
        await provider.text(alice.phone, text)
    on_the_day = len(provider.sent_to(alice.phone))
    await provider.simulation.wait(DAY)
    await provider.text(alice.phone, "STOP")

    assert on_the_day == 3
    assert len(provider.sent_to(alice.phone)) == 4


async def test_a_number_we_never_texted_is_helped_too(provider: Provider):
    await provider.text("+447400123999", "HELP")
    [text] = provider.sent_to("+447400123999")

    assert "Acme" in text
    assert "+44 20 7946 0000" in text
    assert "Message and data rates may apply" in text
    assert "Reply STOP" in text


@covers("T-26")
async def test_no_answer_goes_to_a_country_that_the_brand_does_not_serve(provider: Provider):
    await provider.text("+33612345678", "HELP")

    assert provider.wire.sent == []


async def test_another_number_goes_on_as_before(
    provider: Provider, alice: Person, app_client: Simulation
):
    bob = app_client.person("bob")
    challenge = await provider.ask(bob.phone)
    code = code_in(provider.wire.sent[0].text)
    await provider.text(alice.phone, "STOP")

    assert (await provider.check(challenge, code))["valid"] is True


async def test_free_words_are_kept_sealed_for_a_person_and_answered_by_nobody(
    provider: Provider, alice: Person
):
    await provider.text(alice.phone, "please stop, the moon is out")
    simulation = provider.simulation
    row = await simulation.db.fetchrow("SELECT * FROM inbox.message")
    read = await inbox.read(simulation.db, simulation.keyring, row["id"])

    assert provider.wire.sent == []
    assert await journal(simulation) == ["message_received"]
    assert "moon" not in repr(dict(row))
    assert read is not None
    assert read.contents.text == "please stop, the moon is out"
    assert read.contents.sender == str(alice.phone)
    assert "moon" not in repr(read)


async def test_a_text_that_is_told_twice_is_one(provider: Provider, alice: Person):
    text = incoming(alice.phone, "hello", ref="the same")
    for _ in range(3):
        await provider.tell(text, text)
        await provider.simulation.deliver()

    assert await journal(provider.simulation) == ["message_received"]


async def test_a_late_no_changes_nothing_and_leaves_an_event(provider: Provider, alice: Person):
    challenge = await provider.ask(alice.phone)
    code = code_in(provider.wire.sent[0].text)
    yesterday = provider.simulation.clock() - DAY - HOUR
    await provider.text(alice.phone, "NO", at=yesterday.isoformat())

    assert (await provider.check(challenge, code))["valid"] is True
    assert await journal(provider.simulation) == ["message_ignored"]
    assert len(provider.wire.sent) == 1


@pytest.mark.parametrize("sender", ["Acme", "72975", "", "+4474", "+88213300021"])
async def test_a_sender_that_is_no_customers_number_changes_nothing(
    provider: Provider, sender: str
):
    await provider.text(sender, "STOP")

    assert await journal(provider.simulation) == ["message_ignored"]
    assert provider.wire.sent == []


async def test_a_forged_no_leaves_the_owners_link_by_email_as_it_was(app_client: Simulation):
    """The sandbox's phone texts as a carrier's would; its email link is the owner's own door."""
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    recovery = await forgot(app_client.client, alice.email, channel="email")
    await app_client.deliver()
    reply(app_client, alice, "NO")
    await app_client.deliver()
    answer = await prove(app_client.client, recovery, link_token=alice.email.inbox[-1].link_token)

    assert answer.status_code == 200


async def test_after_a_stop_a_strangers_recovery_goes_by_email(app_client: Simulation):
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    reply(app_client, alice, "STOP")
    await app_client.deliver()
    texts = len(alice.phone.inbox)
    recovery = await forgot(app_client.client, alice.phone, channel="sms")
    await app_client.deliver()
    answer = await prove(app_client.client, recovery, link_token=alice.email.inbox[-1].link_token)

    assert len(alice.phone.inbox) == texts == 1
    assert answer.status_code == 200


async def test_a_code_that_was_sent_on_to_the_number_ends_as_well(app_client: Simulation):
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    recovery = await forgot(app_client.client, alice.phone, channel="email")
    await app_client.deliver()
    app_client.clock.advance(timedelta(minutes=2))
    await app_client.post(f"/v1/recoveries/{recovery}/resend", {"channel": "sms"})
    await app_client.deliver()
    code = alice.phone.inbox[-1].code
    reply(app_client, alice, "NO")
    await app_client.deliver()

    assert (await prove(app_client.client, recovery, code=code)).status_code == 422


async def test_nothing_is_sent_on_to_a_number_that_said_stop(app_client: Simulation):
    alice = app_client.person("alice")
    await enrol(app_client.client, alice)
    reply(app_client, alice, "STOP")
    await app_client.deliver()
    recovery = await forgot(app_client.client, alice.phone, channel="email")
    await app_client.deliver()
    app_client.clock.advance(timedelta(minutes=2))
    await app_client.post(f"/v1/recoveries/{recovery}/resend", {"channel": "sms"})
    await app_client.deliver()

    assert len(alice.phone.inbox) == 1  # the confirmation


def reply(simulation: Simulation, person: Person, text: str) -> None:
    """Type a text on somebody's phone."""
    simulation.reply(sender=person.phone.address, to="Acme", text=text)


def code_in(text: str) -> str:
    return "".join(sign for sign in text[:15] if sign.isdigit())


def is_code(text: str) -> bool:
    return len(code_in(text)) >= 6


@pytest.mark.parametrize("word", ["NO", "STOP"])
async def test_a_no_ends_the_texted_code_after_a_fallback_to_the_mailbox_and_not_the_mailed_one(
    provider: Provider, alice: Person, word: str
):
    addresses = [
        {"kind": "phone", "value": str(alice.phone), "verified": True},
        {"kind": "email", "value": str(alice.email), "verified": True},
    ]
    (await provider.api.put("/v1/accounts/a-1", json={"addresses": addresses})).raise_for_status()
    challenge = await provider.ask(alice.phone, account="a-1")
    provider.simulation.clock.advance(timedelta(seconds=31))
    await provider.simulation.deliver()
    texted, mailed = (code_in(one.text) for one in provider.wire.sent)
    await provider.text(alice.phone, word)
    by_text = await provider.check(challenge, texted)
    by_mail = await provider.check(challenge, mailed)

    assert (by_text["valid"], by_text["reason"]) == (False, "wrong_code")
    assert by_mail["valid"]
