"""An SMSC nobody here wrote: the package `smpp` of npm, told by a test how to behave.

It runs as a process of its own on a free port; everything it sees is an event, in order.
"""

import asyncio
import ctypes
import json
import os
import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sparekey.demo.outside import programs
from sparekey.opening import CannotStart
from tests.world.skips import absent

_HERE = Path(__file__).parent / "node"
_PATIENCE_SECONDS = 20.0
#: A line of an SMSC may hold a text of thousands of characters.
_LONGEST_LINE = 1 << 20

Event = dict[str, Any]


@dataclass(slots=True)
class Smsc:
    """A running SMSC. `events` holds everything it said so far."""

    settings: dict[str, Any]
    port: int = 0
    events: list[Event] = field(default_factory=list[Event])
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Start it, on the port that it had before, if any."""
        node = _node()
        told = json.dumps({**self.settings, "port": self.port})
        self._process = await asyncio.create_subprocess_exec(
            node.program, _HERE / "smsc.js", told,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=_LONGEST_LINE,
            env={"PATH": os.environ["PATH"], "NODE_PATH": str(programs.packages(node))},
            preexec_fn=_die_with_parent,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read())
        self.port = (await self.said("listening", count=len(self.of("listening")) + 1))["port"]

    async def stop(self, by: signal.Signals = signal.SIGKILL) -> None:
        """End it and wait for that."""
        assert self._process is not None
        assert self._reading is not None
        if self._process.returncode is None:
            self._process.send_signal(by)
        await self._process.wait()
        await self._reading

    async def tell(self, order: str, **fields: Any) -> None:
        """Have it do something now."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": order, **fields}).encode() + b"\n")
        await self._process.stdin.drain()

    async def deliver(self, **pdu: Any) -> int:
        """Have it bring a message; the status of our answer, as soon as it comes."""
        return (await self.bring(**pdu))["status"]

    async def bring(self, command: str = "deliver_sm", **pdu: Any) -> Event:
        """The same, with the whole answer. `short_message` and `message_payload` are octets."""
        told = {
            name: value.hex() if isinstance(value, bytes) else value for name, value in pdu.items()
        }
        before = len(self.of("answered"))
        await self.tell("deliver", pdu=told, command=command)
        return await self.said("answered", count=before + 1)

    def of(self, event: str) -> list[Event]:
        """What it said of this kind so far."""
        return [one for one in self.events if one["event"] == event]

    async def said(self, event: str, *, count: int = 1) -> Event:
        """The n-th of this kind, waited for."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while len(self.of(event)) < count:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError as error:
            kinds = [one["event"] for one in self.events]
            raise AssertionError(f"{count} x {event} expected, it said {kinds[-20:]}") from error
        return self.of(event)[count - 1]

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.events.append(json.loads(line))
            self._news.set()


@asynccontextmanager
async def smsc(**settings: Any) -> AsyncGenerator[Smsc]:
    """An SMSC for the length of the block."""
    made = Smsc(settings)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


def _node() -> programs.Node:
    """The Node that came with the environment, or the machine's own."""
    try:
        return programs.node()
    except CannotStart:
        absent("npm", package="npm")


def _die_with_parent() -> None:
    """A killed test run leaves no server behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
