"""The carrier: an SMSC by the package `smpp` of npm, and the handsets behind it."""

import asyncio
import json
import os
import secrets
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sparekey.demo.outside.programs import NODE_FILES, Node
from sparekey.demo.stage import PlayFailed, Received
from sparekey.kit.secret import Secret
from sparekey.opening import CannotStart

_PATIENCE_SECONDS = 10.0


@dataclass(slots=True)
class Smsc:
    """One that runs. `handsets` hold the texts that arrived at each number, oldest first."""

    process: asyncio.subprocess.Process
    password: Secret[str]
    port: int = 0
    handsets: dict[str, list[Received]] = field(
        default_factory=lambda: defaultdict[str, list[Received]](list)
    )
    #: How many receipts for each number were acknowledged, by what they said.
    receipts: dict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict[str, Counter[str]](Counter)
    )
    _statuses: list[int] = field(default_factory=list[int])
    _is_bound: bool = False
    _has_ended: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def text(self, *, sender: str, to: str, text: str) -> None:
        """Somebody texts from a handset; PlayFailed unless Sparekey acknowledges it."""
        before = len(self._statuses)
        self._order("text", **{"from": sender, "to": to, "text": text})
        if not await self._comes(lambda: len(self._statuses) > before):
            raise PlayFailed("Nobody took the text.")
        if self._statuses[-1] != 0:
            raise PlayFailed(f"The text was refused with status {self._statuses[-1]}.")

    def switch_off(self, number: str) -> None:
        """From now on nothing reaches this handset."""
        self._order("off", number=number)

    async def bound(self) -> None:
        """Returns once Sparekey has signed in; CannotStart when it does not."""
        if not await self._comes(lambda: self._is_bound):
            raise CannotStart("Sparekey did not sign in at the SMSC: see demo.log.")

    def end(self) -> None:
        """It ends when its input does, as that does however we end."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def read(self) -> None:
        """Take in what it says, until it ends."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self._hear(json.loads(line))
            self._news.set()
        self._has_ended = True
        self._news.set()

    async def started(self) -> None:
        """Returns once it has a port; CannotStart when it gets none."""
        if not await self._comes(lambda: self.port != 0):
            raise CannotStart("The SMSC did not start; its own words stand above.")

    def _hear(self, said: dict[str, Any]) -> None:
        match said["event"]:
            case "listening":
                self.port = said["port"]
            case "bound":
                self._is_bound = True
            case "text":
                self.handsets[said["to"]].append(Received(said["from"], None, said["text"]))
            case "receipt":
                if said["status"] == 0:
                    self.receipts[said["to"]][said["state"]] += 1
            case "answered":
                self._statuses.append(said["status"])
            case other:
                raise AssertionError(f"smsc.js says {other}")

    def _order(self, do: str, **fields: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")

    async def _comes(self, condition: Callable[[], bool]) -> bool:
        """Whether it becomes so while the SMSC runs, and in time."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not condition() and not self._has_ended:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return condition()


@asynccontextmanager
async def smsc(found: Node, modules: Path) -> AsyncGenerator[Smsc]:
    """An SMSC on loopback for the length of the block."""
    password = Secret(secrets.token_hex(4))  # SMPP 3.4 has room for eight characters
    process = await asyncio.create_subprocess_exec(
        found.program, NODE_FILES / "smsc.js", json.dumps({"password": password.reveal()}),
        env={"PATH": os.environ.get("PATH", ""), "NODE_PATH": str(modules)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    made = Smsc(process, password)
    reading = asyncio.create_task(made.read())
    try:
        await made.started()
        yield made
    finally:
        made.end()
        await process.wait()
        await reading
