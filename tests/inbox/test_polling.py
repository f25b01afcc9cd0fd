"""A mailbox in a real Dovecot: whatever lies in it, newer mail is reached and the worker lives."""

import asyncio
import imaplib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from structlog.testing import capture_logs

from sparekey import inbox
from sparekey.gateways import Outgoing
from sparekey.inbox.mailbox import Mailbox, Visit
from sparekey.inbox.polling import EVERY, SELDOM, Poller, pause
from sparekey.kit.secret import Secret
from tests.inbox.mailing import bounce_of, reply_to
from tests.world.mail import DOMAIN, PASSWORD, MailHouse
from tests.world.processes import free_port
from tests.world.provider import Provider

_numbers = count()
BURST = 20


class Box:
    """A mailbox of one test's own."""

    def __init__(self, house: MailHouse) -> None:
        self._house = house
        self.user = f"polled-{next(_numbers)}@{DOMAIN}"

    def settings(self, **changes: Any) -> Mailbox:
        """How to get into it."""
        told: dict[str, Any] = {
            "host": "127.0.0.1", "port": self._house.imap_port, "user": self.user,
            "password": Secret(PASSWORD), "folder": "INBOX", "is_tls": False, **changes,
        }  # fmt: skip
        return Mailbox(**told)

    async def put(self, *mails: bytes) -> None:
        """Leave mails in it, oldest first."""

        def put() -> None:
            with imaplib.IMAP4("127.0.0.1", self._house.imap_port) as client:
                client.login(self.user, PASSWORD)
                for mail in mails:
                    client.append("INBOX", "", "", mail.replace(b"\n", b"\r\n"))

        await asyncio.to_thread(put)

    async def flags(self) -> list[set[str]]:
        """What is marked on each mail, oldest first."""

        def read() -> Iterator[set[str]]:
            with imaplib.IMAP4("127.0.0.1", self._house.imap_port) as client:
                client.login(self.user, PASSWORD)
                client.select("INBOX", readonly=True)
                for line in client.fetch("1:*", "(FLAGS)")[1]:
                    assert isinstance(line, bytes)
                    found = imaplib.ParseFlags(line)
                    yield {flag.decode() for flag in found} - {r"\Recent"}

        return await asyncio.to_thread(lambda: list(read()))


@pytest.fixture
def box(mail: MailHouse) -> Box:
    return Box(mail)


@pytest.fixture
async def sent(provider: Provider) -> Provider:
    """Two emails have been sent."""
    for name in ("alice", "bob"):
        await provider.ask(provider.simulation.handset(f"{name}@mail.example").address)
    return provider


def poller(provider: Provider, mailbox: Mailbox, **more: Any) -> Poller:
    house = provider.simulation.house
    return Poller(mailbox, house.db, house.keyring, house.clock, **more)


def large(message: Outgoing) -> bytes:
    return reply_to(message, "x") + b"x" * 70 + (b"\n" + b"x" * 70) * (inbox.MOST_BYTES // 70)


async def about(provider: Provider) -> dict[Any, int]:
    rows = await provider.simulation.db.fetch(
        "SELECT message_id, count(*) FROM inbox.letter GROUP BY message_id"
    )
    return {row["message_id"]: row["count"] for row in rows}


async def test_mail_without_an_end_to_one_message_does_not_keep_others_from_theirs(
    sent: Provider, box: Box
):
    first, second = sent.wire.sent[-2:]
    await box.put(*[reply_to(first, f"hello {n}") for n in range(80)], reply_to(second, "hello"))
    reading = poller(sent, box.settings())
    taken = await reading.look(), await reading.look()
    sent.simulation.clock.advance(timedelta(hours=1, seconds=1))
    later = await reading.look()

    assert (taken, later) == ((BURST + 1, 0), 1)
    assert await about(sent) == {first.id: BURST + 1, second.id: 1}
    assert sum(flags == {r"\Seen"} for flags in await box.flags()) == BURST + 2


async def test_two_workers_that_look_at_once_keep_each_mail_once(sent: Provider, box: Box):
    first, second = sent.wire.sent[-2:]
    mails = [reply_to(one, f"hello {n}") for n in range(8) for one in (first, second)]
    await box.put(*mails, large(first))
    kept = await asyncio.gather(*[poller(sent, box.settings()).look() for _ in range(3)])
    told = await sent.simulation.db.fetchrow(
        "SELECT count(*) FROM events.event WHERE kind = 'inbox.letter_too_large'"
    )

    assert sum(kept) == len(mails)
    assert await about(sent) == {first.id: 8, second.id: 8}
    assert told["count"] == 1


async def test_a_worker_that_dies_before_it_marks_a_mail_has_kept_it(
    sent: Provider, box: Box, monkeypatch: pytest.MonkeyPatch
):
    first = sent.wire.sent[-2]
    await box.put(reply_to(first, "hello"))

    async def die(_visit: Visit, _uid: str, _flags: str) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as dying:
        dying.setattr(Visit, "mark", die)
        with pytest.raises(ConnectionResetError):
            await poller(sent, box.settings()).look()
    again = await poller(sent, box.settings()).look()

    assert again == 0
    assert await about(sent) == {first.id: 1}
    assert await box.flags() == [{r"\Seen"}]


async def test_what_is_too_large_is_flagged_and_told_of_and_the_next_is_read(
    sent: Provider, box: Box
):
    first, second = sent.wire.sent[-2:]
    await box.put(large(first), reply_to(second, "hello"))
    kept = await poller(sent, box.settings()).look()
    rows = await sent.simulation.db.fetch(
        "SELECT brand_id, data FROM events.event WHERE kind = 'inbox.letter_too_large'"
    )

    assert kept == 1
    assert await about(sent) == {second.id: 1}
    assert await box.flags() == [{r"\Seen", r"\Flagged"}, {r"\Seen"}]
    assert [row["brand_id"] for row in rows] == [sent.brand.id]
    assert str(first.id) in str(rows[0]["data"]) or first.id.hex in str(rows[0]["data"])


async def test_what_is_too_large_is_told_of_no_oftener_than_mail_is_kept(sent: Provider, box: Box):
    first = sent.wire.sent[-2]
    await box.put(*[large(first)] * 2, *[bounce_of(first)] * BURST)
    await poller(sent, box.settings()).look()
    told = await sent.simulation.db.fetchrow(
        "SELECT count(*) FROM events.event WHERE kind = 'inbox.letter_too_large'"
    )

    assert told["count"] == 2
    assert sum((await about(sent)).values()) == BURST - 2


@pytest.mark.parametrize(
    "head",
    [
        b"To: " + b"(" * 1500 + b"\n",
        b"To: " + b"a:" * 900 + b"\n",
        b"To: \xff\xfe <\x00@\x00>\nReturn-Path: <\xff>\n",
        b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(900)
        ),
        b"",
    ],
)
async def test_nothing_in_a_mail_keeps_the_next_from_being_read(
    sent: Provider, box: Box, head: bytes
):
    second = sent.wire.sent[-1]
    await box.put(head + b"\nx\n", reply_to(second, "hello"))
    kept = await poller(sent, box.settings()).look()

    assert kept == 1
    assert all(r"\Seen" in flags for flags in await box.flags())


async def test_an_empty_mailbox_is_left_at_once(sent: Provider, box: Box):
    assert await poller(sent, box.settings()).look() == 0


@asynccontextmanager
async def passing_on(port: int, to: int) -> AsyncGenerator[None]:
    """A line to another port for the length of the block."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while octets := await reader.read(65536):
            writer.write(octets)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(copy(reader, back), copy(there, writer), return_exceptions=True)

    async with await asyncio.start_server(serve, "127.0.0.1", port):
        yield


async def test_a_mailbox_that_is_away_is_said_in_the_log_and_looked_into_when_it_is_back(
    sent: Provider, box: Box, mail: MailHouse
):
    port = free_port()
    await box.put(reply_to(sent.wire.sent[-1], "hello"))
    with capture_logs() as logs:
        polling = asyncio.create_task(kept_polling(sent, box.settings(port=port)))
        await waited(lambda: there_are(logs, 3))
        async with passing_on(port, mail.imap_port):
            await waited(lambda: about(sent))
        is_alive = not polling.done()
        polling.cancel()

    assert is_alive
    assert {log["event"] for log in logs[:3]} == {"imap_failed"}
    assert "not reached" in logs[0]["advice"]
    assert box.user not in str(logs)


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"password": Secret("another")}, "sign-in was refused"),
        ({"password": Secret("grün")}, "sign-in was refused"),
        ({"folder": "Elsewhere"}, "the folder cannot be opened"),
        ({"is_tls": True}, "it is not reached"),
    ],
)
async def test_what_is_wrong_with_a_mailbox_is_said_and_the_worker_lives_on(
    sent: Provider, box: Box, changes: dict[str, Any], advice: str
):
    with capture_logs() as logs:
        polling = asyncio.create_task(kept_polling(sent, box.settings(**changes)))
        await waited(lambda: there_are(logs, 2))
        is_alive = not polling.done()
        polling.cancel()

    assert is_alive
    assert advice in logs[0]["advice"]
    assert "another" not in str(logs)


async def test_a_server_that_falls_silent_is_left(sent: Provider, box: Box):
    async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK IMAP4rev1\r\n")
        while line := await reader.readline():
            tag, command = line.split()[:2]
            if command.upper() in {b"CAPABILITY", b"LOGIN", b"SELECT"}:
                said = b"* CAPABILITY IMAP4rev1\r\n" if command.upper() == b"CAPABILITY" else b""
                writer.write(said + tag + b" OK done\r\n")
        writer.close()

    async with await asyncio.start_server(fall_silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        silent = poller(sent, box.settings(port=port), longest=timedelta(seconds=0.2))
        began = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            await silent.look()
        took = asyncio.get_running_loop().time() - began

    assert took < 5


def test_what_fails_again_and_again_is_tried_more_seldom():
    assert [pause(failures) for failures in (0, 1, 2, 3, 4)] == [
        EVERY, EVERY, 2 * EVERY, 4 * EVERY, 8 * EVERY,
    ]  # fmt: skip
    assert {pause(failures) for failures in (5, 50, 10**6)} == {SELDOM}


async def kept_polling(provider: Provider, mailbox: Mailbox) -> None:
    """What a worker does, in a hurry."""
    house, soon = provider.simulation.house, timedelta(milliseconds=5)
    await inbox.keep_polling(mailbox, house.db, house.keyring, house.clock, every=soon)


async def there_are(logs: Sequence[object], least: int) -> bool:
    return len(logs) >= least


async def waited(condition: Callable[[], Awaitable[object]], *, within: float = 20) -> None:
    """Look again until it is so."""
    ends_at = asyncio.get_running_loop().time() + within
    while not await condition():
        assert asyncio.get_running_loop().time() < ends_at
        await asyncio.sleep(0.005)
