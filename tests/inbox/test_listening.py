"""Mail servers hand mail in: by LMTP, by SMTP, and a real Postfix that sends a real bounce."""

import asyncio
import smtplib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from sparekey import inbox
from tests.inbox.mailing import DOMAIN, bounce_of, reply_to
from tests.world.processes import free_port
from tests.world.provider import Provider


@asynccontextmanager
async def listening(provider: Provider, protocol: str) -> AsyncGenerator[int]:
    """The listener, and where it is."""
    house, port = provider.simulation.house, free_port()
    place = inbox.Place(protocol, "127.0.0.1", port)
    async with inbox.listening(place, house.db, house.keyring, house.clock):
        yield port


def send(
    protocol: str, port: int, to: list[str], octets: bytes, sender: str = "alice@mail.example"
) -> dict[str, tuple[int, bytes]]:
    """Hand a mail in; whom it was refused for."""
    client = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    with client("127.0.0.1", port) as line:
        return line.sendmail(sender, to, octets)


@pytest.fixture
async def sent(provider: Provider) -> Provider:
    await provider.ask(provider.simulation.person("alice").email)
    return provider


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
async def test_a_bounce_that_is_handed_in_ends_its_message(sent: Provider, protocol: str):
    message = sent.wire.sent[-1]
    to = [f"bounce+{message.bounce_token.upper()}@{DOMAIN}"]  # servers change the case
    async with listening(sent, protocol) as port:
        await asyncio.to_thread(send, protocol, port, to, bounce_of(message), "")
    await sent.simulation.deliver()

    assert await sent.state_of(sent.last()) == "undelivered"


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
async def test_only_the_addresses_of_our_messages_exist(sent: Provider, protocol: str):
    message = sent.wire.sent[-1]
    strangers = [
        f"alice@{DOMAIN}",
        f"reply@{DOMAIN}",
        f"reply+{'a' * 52}@{DOMAIN}",
        f"reply+{message.reply_token[:-1]}@{DOMAIN}",
        "postmaster",
    ]
    codes: list[int] = []
    async with listening(sent, protocol) as port:
        for stranger in strangers:
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                await asyncio.to_thread(send, protocol, port, [stranger], b"Subject: x\n\ny")
            codes += [code for code, _ in refused.value.recipients.values()]
    row = await sent.simulation.db.fetchrow("SELECT count(*) FROM inbox.letter")

    assert codes == [550] * len(strangers)
    assert row["count"] == 0


async def test_one_recipient_is_taken_at_a_time(sent: Provider):
    message = sent.wire.sent[-1]
    both = [f"reply+{message.reply_token}@{DOMAIN}", f"bounce+{message.bounce_token}@{DOMAIN}"]
    async with listening(sent, "lmtp") as port:
        refused = await asyncio.to_thread(send, "lmtp", port, both, reply_to(message, "hello"))

    assert {code for code, _ in refused.values()} == {452}


async def test_a_mail_is_kept_sealed_until_it_is_read(sent: Provider):
    message = sent.wire.sent[-1]
    to = [f"reply+{message.reply_token}@{DOMAIN}"]
    async with listening(sent, "lmtp") as port:
        await asyncio.to_thread(send, "lmtp", port, to, reply_to(message, "the moon is out"))
    row = await sent.simulation.db.fetchrow("SELECT * FROM inbox.letter")
    await sent.simulation.deliver()
    after = await sent.simulation.db.fetchrow("SELECT count(*) FROM inbox.letter")

    assert b"moon" not in row["sealed"]
    assert after["count"] == 0


async def test_a_mail_that_is_too_large_is_refused(sent: Provider):
    message = sent.wire.sent[-1]
    to = [f"reply+{message.reply_token}@{DOMAIN}"]
    octets = b"Subject: x\n\n" + (b"x" * 900 + b"\n") * (inbox.MOST_BYTES // 900 + 1)
    async with listening(sent, "smtp") as port:
        with pytest.raises(smtplib.SMTPResponseException) as refused:
            await asyncio.to_thread(send, "smtp", port, to, octets)

    assert refused.value.smtp_code == 552
