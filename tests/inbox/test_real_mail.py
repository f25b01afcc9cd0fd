"""Mail that a real Postfix hands in, bounces that it writes itself, and a mailbox in Dovecot."""

import asyncio
import smtplib
from collections.abc import Callable

import pytest

from sparekey import inbox
from sparekey.kit.secret import Secret
from tests.inbox.mailing import nested, reply_to
from tests.world.mail import DOMAIN, PASSWORD, MailHouse, mail_house, needs_mail
from tests.world.processes import free_port
from tests.world.provider import Provider


@pytest.fixture
async def sent(provider: Provider) -> Provider:
    """An email has been sent, and its gateway's addresses are of the played domain."""
    await provider.ask(provider.simulation.person("alice").email)
    return provider


def hand_over(port: int, sender: str, to: str, octets: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        line.sendmail(sender, [to], octets)


async def waited(condition: Callable[[], "asyncio.Future[bool]"], *, within: float = 20) -> None:
    """Look again until it is so."""
    ends_at = asyncio.get_running_loop().time() + within
    while not await condition():
        assert asyncio.get_running_loop().time() < ends_at
        await asyncio.sleep(0.05)


async def letters(provider: Provider) -> int:
    row = await provider.simulation.db.fetchrow("SELECT count(*) FROM inbox.letter")
    return row["count"]


async def has_letter(provider: Provider) -> bool:
    return await letters(provider) > 0


async def test_postfix_hands_in_replies_and_its_own_bounces(sent: Provider):
    needs_mail()
    message, house, port = sent.wire.sent[-1], sent.simulation.house, free_port()
    bounces = f"bounce+{message.bounce_token}@{DOMAIN}"
    replies = f"reply+{message.reply_token}@{DOMAIN}"
    place = inbox.Place("lmtp", "127.0.0.1", port)
    async with inbox.listening(place, house.db, house.keyring, house.clock):
        with mail_house(handing_to=port) as mail:
            await asyncio.to_thread(
                hand_over, mail.port, "alice@out.example", replies, reply_to(message, "hello")
            )
            await waited(lambda: asyncio.ensure_future(has_letter(sent)))
            await sent.simulation.deliver()
            # Nobody has this mailbox here: the listener says so, and Postfix tells the sender.
            await asyncio.to_thread(
                hand_over, mail.port, bounces, f"alice@{DOMAIN}", b"Subject: x\r\n\r\ny\r\n"
            )
            await waited(lambda: asyncio.ensure_future(has_letter(sent)))
            await sent.simulation.deliver()
    kinds = await sent.simulation.db.fetch("SELECT kind FROM inbox.message")

    assert [row["kind"] for row in kinds] == ["other"]
    assert await sent.state_of(message.id) == "undelivered"


async def test_a_mailbox_is_looked_at_and_nothing_in_it_counts_twice(
    sent: Provider, mail: MailHouse
):
    message, house = sent.wire.sent[-1], sent.simulation.house
    user = f"reply@{DOMAIN}"
    octets = reply_to(message, "the moon is out")
    octets = octets.replace(b"@acme.example", f"@{DOMAIN}".encode())
    before = len(await asyncio.to_thread(mail.mailbox, user))
    to = f"reply+{message.reply_token}@{DOMAIN}"
    await asyncio.to_thread(hand_over, mail.port, "alice@out.example", to, octets)
    await asyncio.to_thread(hand_over, mail.port, "spam@out.example", user, b"Subject: x\r\n\r\ny")
    await asyncio.to_thread(mail.next_mail, user, count=before + 2)
    box = inbox.Mailbox("127.0.0.1", mail.imap_port, user, Secret(PASSWORD), "INBOX", is_tls=False)
    kept = await inbox.poll(box, house.db, house.keyring, house.clock)
    again = await inbox.poll(box, house.db, house.keyring, house.clock)
    await sent.simulation.deliver()
    rows = await sent.simulation.db.fetch("SELECT kind FROM inbox.message")

    assert (kept, again) == (1, 0)
    assert [row["kind"] for row in rows] == ["other"]
    assert len(await asyncio.to_thread(mail.mailbox, user)) == before + 2


async def test_no_mail_keeps_others_from_being_looked_at(sent: Provider, mail: MailHouse):
    """Too deep, too large, too many to one address, and then one that somebody waits for."""
    await sent.ask(sent.simulation.person("bob").email)
    flooded, waited_for = sent.wire.sent[-2:]
    house, user = sent.simulation.house, f"flooded@{DOMAIN}"
    large = b"Subject: x\r\n\r\n" + (b"x" * 900 + b"\r\n") * (inbox.MOST_BYTES // 900 + 1)
    flood, last = (f"x+{one.reply_token}@{DOMAIN}" for one in (flooded, waited_for))
    hostile = [nested(flood), large, *[_to(flood, reply_to(flooded, f"{n}")) for n in range(30)]]
    ours = _to(last, reply_to(waited_for, "the moon is out"))
    await asyncio.to_thread(mail.put, user, *hostile, ours)
    box = inbox.Mailbox("127.0.0.1", mail.imap_port, user, Secret(PASSWORD), "INBOX", is_tls=False)
    kept = await inbox.poll(box, house.db, house.keyring, house.clock)
    again = await inbox.poll(box, house.db, house.keyring, house.clock)
    await sent.simulation.deliver()
    rows = await sent.simulation.db.fetch("SELECT about FROM inbox.message")

    assert (kept, again) == (21, 0)
    assert waited_for.id in [row["about"] for row in rows]


def _to(address: str, octets: bytes) -> bytes:
    """The mail, addressed to somebody else."""
    lines = [
        f"To: {address}".encode() if line.startswith(b"To: ") else line
        for line in octets.split(b"\n")
    ]
    return b"\n".join(lines)
