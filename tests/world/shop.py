"""A company's own system, played by a server with TLS on this machine."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sparekey.kit import outside
from tests.world.certificates import authority

#: What is asked under this path is never answered.
HANGS = "/hangs"


@dataclass
class Shop:
    """What it answers, what it was sent, and in which order: who was answered, who gave up."""

    answer: bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    port: int = 0
    heard: list[bytes] = field(default_factory=list[bytes])
    story: list[str] = field(default_factory=list[str])
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        """An address of it."""
        return f"https://shop.example:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heard.append(head)
        if not self.answer or head.startswith(f"POST {HANGS}".encode()):
            await self._tell("hangs")
            await self._hang(reader)
        else:
            writer.write(self.answer)
            await self._tell("answered")
        writer.close()

    async def tells(self, what: str, times: int = 1) -> list[str]:
        """Wait until it has happened so often; all that has happened by then."""
        async with self.news, asyncio.timeout(60):
            await self.news.wait_for(lambda: self.story.count(what) >= times)
            return list(self.story)

    async def _hang(self, reader: asyncio.StreamReader) -> None:
        over, left = asyncio.create_task(self.is_over.wait()), asyncio.create_task(reader.read())
        await asyncio.wait([over, left], return_when=asyncio.FIRST_COMPLETED)
        if left.done():
            await self._tell("given up")
        over.cancel()
        left.cancel()

    async def _tell(self, what: str) -> None:
        async with self.news:
            self.story.append(what)
            self.news.notify_all()


@pytest.fixture
async def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    """Its name leads to this machine, which counts as public for the length of the test."""
    made, vouching = Shop(), authority()
    (tmp_path / "trusted.pem").write_text(vouching.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*vouching.certify("shop.example", tmp_path))
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context)
    made.port = server.sockets[0].getsockname()[1]

    def leads_here(host: str, port: int, **_more: Any) -> list[Any]:
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", leads_here)
    monkeypatch.setattr(outside, "is_public", "127.0.0.1".__eq__)
    async with server:
        yield made
        made.is_over.set()
