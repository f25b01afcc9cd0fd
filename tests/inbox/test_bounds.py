"""Connections that take what they can get are bounded, and honest mail still comes."""

import asyncio
import smtplib
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from sparekey import inbox
from sparekey.inbox.bounding import Bounded, Desk
from tests.inbox.mailing import DOMAIN, reply_to
from tests.world.processes import free_port
from tests.world.provider import Provider

_MIB = 1024 * 1024
_BURST = 12


@pytest.fixture
async def sent(provider: Provider) -> Provider:
    await provider.ask(provider.simulation.person("alice").email)
    return provider


@asynccontextmanager
async def listening(
    provider: Provider, *, port: int | None = None, **bounds: Any
) -> AsyncGenerator[int]:
    """The listener with these bounds, and where it is."""
    house, at = provider.simulation.house, port or free_port()
    place = inbox.Place("lmtp", "127.0.0.1", at)
    told = inbox.Bounds(**bounds)
    async with inbox.listening(place, house.db, house.keyring, house.clock, told):
        yield at


def hand_in(provider: Provider, port: int) -> None:
    """What an honest mail server does."""
    message = provider.wire.sent[-1]
    to = f"reply+{message.reply_token}@{DOMAIN}"
    with smtplib.LMTP("127.0.0.1", port) as line:
        line.sendmail("alice@mail.example", [to], reply_to(message, "hello"))


async def come_again(provider: Provider, port: int) -> None:
    """What it does when it is told to try again later, in a hurry."""
    while True:
        try:
            return await asyncio.to_thread(hand_in, provider, port)
        except smtplib.SMTPConnectError as busy:
            if busy.smtp_code != 421:
                raise


async def letters(provider: Provider) -> int:
    row = await provider.simulation.db.fetchrow("SELECT count(*) FROM inbox.letter")
    return row["count"]


class Client:
    """One end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def of(cls, port: int) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def say(self, words: str) -> str:
        self.writer.write(f"{words}\r\n".encode())
        line = ""
        while line[3:4] != " ":
            line = (await self.reader.readuntil(b"\n")).decode()
        return line

    async def say_for_ever(self, words: str) -> None:
        while True:
            await self.say(words)

    async def begin(self, provider: Provider) -> None:
        """As far as the words of a mail."""
        await self.reader.readline()
        token = provider.wire.sent[-1].reply_token
        to = f"RCPT TO:<reply+{token}@{DOMAIN}>"
        for words in ("LHLO a.example", "MAIL FROM:<a@a.example>", to, "DATA"):
            assert (await self.say(words))[0] in "23"

    async def pour(self, octets: bytes, *, times: int) -> int:
        """Say it again and again until the line is ended; the most memory seen meanwhile."""
        most = 0
        try:
            for _ in range(times):
                self.writer.write(octets)
                await self.writer.drain()
                most = max(most, resident())
            await self.reader.read()
        except ConnectionError:
            pass
        return most

    async def leave(self) -> None:
        self.writer.transport.abort()


def resident() -> int:
    """The memory of this process, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


async def test_of_a_thousand_connections_thirty_two_are_served_and_then_others(sent: Provider):
    async with listening(sent) as port, AsyncExitStack() as leaving:
        before = resident()
        greetings: list[bytes] = []
        for _ in range(1000):
            client = await Client.of(port)
            leaving.push_async_callback(client.leave)
            greetings.append(await client.reader.readline())
        grown = resident() - before
        with pytest.raises(smtplib.SMTPConnectError):
            await asyncio.to_thread(hand_in, sent, port)
        await leaving.aclose()
        await asyncio.wait_for(come_again(sent, port), timeout=10)

    assert [greetings.count(one) for one in sorted(set(greetings))] == [32, 968]
    assert {greeting[:3] for greeting in greetings} == {b"220", b"421"}
    assert grown < 64 * _MIB
    assert await letters(sent) == 1


@pytest.mark.parametrize("octets", [b"x" * 65536, b"\r\n" * 32768])
async def test_a_mail_without_an_end_takes_little_memory(sent: Provider, octets: bytes):
    async with listening(sent) as port:
        client = await Client.of(port)
        await client.begin(sent)
        before = resident()
        grown = await asyncio.wait_for(client.pour(octets, times=1600), timeout=20) - before
        await client.leave()
        await asyncio.to_thread(hand_in, sent, port)

    assert grown < 64 * _MIB
    assert await letters(sent) == 1


async def test_who_says_a_little_now_and_then_is_ended(sent: Provider):
    async with listening(sent, seconds=0.3) as port:
        client = await Client.of(port)
        await client.reader.readline()
        with pytest.raises((ConnectionError, EOFError)):
            await asyncio.wait_for(client.say_for_ever("NOOP"), timeout=10)


async def test_two_workers_share_a_place(sent: Provider):
    async with listening(sent) as port, listening(sent, port=port):
        for _ in range(_BURST):
            await asyncio.to_thread(hand_in, sent, port)
    rows = await letters(sent)

    assert rows == _BURST


def test_it_stands_on_the_loop_that_servers_run_on():
    """uvloop's connections are asyncio's by their methods only."""
    heard: list[bytes] = []

    class Inner(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            heard.append(data)

    async def talk() -> None:
        desk = Desk(inbox.Bounds(connections=1))
        server = await asyncio.get_running_loop().create_server(
            lambda: Bounded(Inner(), desk), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        _, first = await asyncio.open_connection("127.0.0.1", port)
        first.write(b"LHLO here\r\n")
        second, _ = await asyncio.open_connection("127.0.0.1", port)
        assert (await second.readline()).startswith(b"421 ")
        while not heard:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        first.close()
        server.close()

    uvloop.run(asyncio.wait_for(talk(), 10))
    assert b"".join(heard) == b"LHLO here\r\n"
