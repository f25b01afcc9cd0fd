"""A carrier that sends whatever it is handed, as often as it is handed it, and keeps a book.

It is a server of its own, so it remembers what a killed worker has handed over.
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field

_SLOWEST_ANSWER_SECONDS = 0.4


@dataclass(slots=True)
class Carrier:
    """`taken` are the ids of messages in the order they came; it answers while `is_answering`."""

    chance: random.Random
    port: int = 0
    taken: list[str] = field(default_factory=list[str])
    texts: list[str] = field(default_factory=list[str])
    is_answering: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator["Carrier"]:
        """On a port of this machine for the length of the block."""
        self.is_answering.set()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one message; the answer needs its time, and whoever sent it may be dead by then."""
        with closing(writer):
            line = await reader.readline()
            if not line.endswith(b"\n"):
                return
            message = json.loads(line)
            self.taken.append(message["id"])
            self.texts.append(message["text"])
            await asyncio.sleep(self.chance.uniform(0, _SLOWEST_ANSWER_SECONDS))
            await self.is_answering.wait()
            writer.write(b"taken\n")
