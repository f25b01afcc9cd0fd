"""A mail server that answers as the test says, and a line to it that may hang or break.

It speaks to one command at a time on loopback. `answers` holds what a command gets
instead of the usual answer, one entry for each time; `MESSAGE` stands for the end of a message.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

HANG = "hang"
CLOSE = "close"
USUAL = {
    "GREETING": "220 mx.mail.example ESMTP",
    "EHLO": "250-mx.mail.example\r\n250-8BITMIME\r\n250 PIPELINING",
    "DATA": "354 go on",
    "MESSAGE": "250 2.0.0 Ok: queued as 4ABCDEF",
    "QUIT": "221 bye",
}


@dataclass(slots=True)
class ScriptedServer:
    """Takes whatever it is not told to refuse."""

    port: int = 0
    answers: dict[str, list[str | None]] = field(
        default_factory=lambda: defaultdict[str, list[str | None]](list)
    )
    commands: list[str] = field(default_factory=list[str])
    taken: list[bytes] = field(default_factory=list[bytes])
    connections: int = 0
    hangs: asyncio.Event = field(default_factory=asyncio.Event)
    has_said_goodbye: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: list[tuple[asyncio.Task[None] | None, asyncio.StreamWriter]] = field(
        default_factory=list[tuple[asyncio.Task[None] | None, asyncio.StreamWriter]]
    )

    @property
    def verbs(self) -> list[str]:
        """The commands of all connections, without what they name."""
        return [command.split(" ")[0].split(":")[0] for command in self.commands]

    @asynccontextmanager
    async def listening(
        self, certificate: Path | None = None, key: Path | None = None
    ) -> AsyncGenerator["ScriptedServer"]:
        """On a port of this machine for the length of the block; by TLS with a certificate."""
        context = None
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, key)
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.hangs.set()
            server.close()
            for task, writer in self._lines:
                writer.close()
                if task is not None:
                    await task

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._lines.append((asyncio.current_task(), writer))
        with closing(writer):
            goes_on = await self._answer("GREETING", writer)
            while goes_on and (line := await _line(reader)):
                command = line.decode().strip()
                self.commands.append(command)
                verb = command.split(" ")[0].upper()
                goes_on = await self._answer(verb, writer)
                if verb == "QUIT":
                    self.has_said_goodbye.set()
                if goes_on == "354":
                    message = await reader.readuntil(b"\r\n.\r\n")
                    goes_on = await self._answer("MESSAGE", writer)
                    if goes_on == "250":
                        self.taken.append(message)

    async def _answer(self, verb: str, writer: asyncio.StreamWriter) -> str:
        """Say it; its code, or nothing when the line is dead."""
        scripted = self.answers[verb].pop(0) if self.answers[verb] else None
        answer = scripted or USUAL.get(verb, "250 2.0.0 Ok")
        if answer == HANG:
            await self.hangs.wait()
            return ""
        if answer == CLOSE:
            return ""
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
        return answer[:3]


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line; nothing when the client has gone."""
    try:
        return await reader.readline()
    except ConnectionError:
        return b""
