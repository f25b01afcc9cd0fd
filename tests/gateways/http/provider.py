"""A provider that answers as the test says, and a line to it that may hang or break.

It speaks HTTP/1.1 on loopback, one request to a connection unless told otherwise.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. `is_cut` ends the line within it; `drips` never ends it."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False
    drips: bool = False

    @classmethod
    def json(cls, content: object, status: int = 200, **headers: str) -> "Said":
        """JSON."""
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return cls(status, msgspec.json.encode(content), named)


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that breaks instead: before or after the request was read, or never at all."""

    when: str


CLOSES_AT_ONCE = Broken("at once")
CLOSES_AFTERWARDS = Broken("afterwards")
HANGS = Broken("never")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """Its form fields."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    @property
    def json(self) -> Any:
        """Its body as JSON."""
        return msgspec.json.decode(self.body)


@dataclass(slots=True)
class PlayedProvider:
    """Answers with what it was told to, one entry a request, then with the last one for ever."""

    answers: list[Said | Broken] = field(default_factory=list[Said | Broken])
    asked: list[Asked] = field(default_factory=list[Asked])
    connections: int = 0
    port: int = 0
    scheme: str = "http"
    _hangs: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def listening(
        self, certificate: Path | None = None, key: Path | None = None
    ) -> AsyncGenerator["PlayedProvider"]:
        """On a port of this machine for the length of the block; by TLS with a certificate."""
        context = None
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, key)
            self.scheme = "https"
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self._hangs.set()
            server.close()
            for line in self._lines:
                line.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._lines.add(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            return
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if self.answers and self.answers[0] is CLOSES_AT_ONCE:
            self._next()
            return False
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, path, _ = first.split(" ")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append(Asked(method, path, headers, body))
        answer = self._next()
        if isinstance(answer, Broken):
            if answer is HANGS:
                await self._hangs.wait()
            return False
        return await self._say(answer, method, writer)

    async def _say(self, said: Said, method: str, writer: asyncio.StreamWriter) -> bool:
        length = len(said.body) + 10 * (said.is_cut or said.drips) * (1 + 1000 * said.drips)
        names = {"content-length": str(length), **dict(said.headers)}
        head = "".join(f"{name}: {value}\r\n" for name, value in names.items())
        writer.write(f"HTTP/1.1 {said.status} Said\r\n{head}\r\n".encode())
        if method != "HEAD":
            writer.write(said.body)
        await writer.drain()
        while said.drips and not self._hangs.is_set():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)  # a server that is slow, played; nothing waits for it
        return not said.is_cut

    def _next(self) -> Said | Broken:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
