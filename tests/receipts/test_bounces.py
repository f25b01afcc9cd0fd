"""Mail that comes back: its address says which message, its delivery status what became of it."""

from datetime import timedelta
from email import message_from_bytes

import pytest

from sparekey import outbox
from sparekey.gateways import Outcome
from sparekey.kit.ids import show
from sparekey.loops import routes_of
from sparekey.receipts import Bounce, read_bounce
from tests.inbox.mailing import bounce_of, reply_to
from tests.world.provider import Provider


async def hand_in(provider: Provider, octets: bytes) -> None:
    answer = await provider.api.post(
        "/v1/inbox/emails", content=octets, headers={"Content-Type": "message/rfc822"}
    )
    assert answer.status_code == 202
    await provider.simulation.deliver()


@pytest.fixture
async def sent(provider: Provider) -> Provider:
    """An email has been sent."""
    await provider.ask(provider.simulation.person("alice").email)
    return provider


@pytest.mark.parametrize(
    ("action", "status", "state"),
    [
        ("failed", "5.1.1", "undelivered"),
        ("failed", "4.4.1", "undelivered"),
        ("delivered", "2.0.0", "delivered"),
        ("delayed", "4.2.2", "sent"),
        ("relayed", "2.0.0", "sent"),
    ],
)
async def test_a_status_is_the_messages(sent: Provider, action: str, status: str, state: str):
    await hand_in(sent, bounce_of(sent.wire.sent[-1], action=action, status=status))

    assert await sent.state_of(sent.last()) == state


async def test_a_bounce_is_told_once_and_answered_by_nobody(sent: Provider):
    mail = bounce_of(sent.wire.sent[-1])
    for _ in range(3):
        await hand_in(sent, mail)

    assert await sent.state_of(sent.last()) == "undelivered"
    assert len(sent.wire.sent) == 1


async def test_a_bounce_finds_a_message_whose_worker_died_with_it(provider: Provider):
    house = provider.simulation.house
    dying = outbox.Delivery(house.db, house.keyring, house.clock, routes_of(house), house.base_url)
    alice = provider.simulation.person("alice").email
    await provider.api.post("/v1/verifications", json={"to": str(alice), "purpose": "sign_in"})
    await dying.hand_over((await dying.claim(1))[0])
    provider.simulation.clock.advance(timedelta(seconds=61))
    await provider.simulation.deliver()
    shown = await provider.api.get(f"/v1/messages/{show('msg', provider.last())}")
    await hand_in(provider, bounce_of(provider.wire.sent[-1]))

    assert (shown.json()["status"], shown.json()["gateway"]) == ("unsure", "played")
    assert await provider.state_of(provider.last()) == "undelivered"


async def test_an_absence_at_the_bounce_address_says_nothing(sent: Provider):
    message = sent.wire.sent[-1]
    away = reply_to(message, "I am away").replace(
        f"reply+{message.reply_token}".encode(), f"bounce+{message.bounce_token}".encode()
    )
    await hand_in(sent, away)

    assert await sent.state_of(sent.last()) == "sent"


def test_a_dialect_without_a_delivery_status_is_known():
    qmail = (
        b"From: MAILER-DAEMON@mx.example\nTo: b@acme.example\nSubject: failure notice\n\n"
        b"Hi. This is the qmail-send program at mx.example.\n"
        b"I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        b"This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        b"<alice@mail.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        b"--- Below this line is a copy of the message.\n\nSubject: x\n\ny\n"
    )

    assert read_bounce(message_from_bytes(qmail)) == Bounce(Outcome.UNDELIVERED)


@pytest.mark.parametrize(
    "octets", [b"", b"Subject: hello\n\nhello", b"Content-Type: multipart/report\n\n"]
)
def test_what_is_no_bounce_says_nothing(octets: bytes):
    assert read_bounce(message_from_bytes(octets)) is None
