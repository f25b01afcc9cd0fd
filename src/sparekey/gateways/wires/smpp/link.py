"""Keeps one bind up: connects, signs in, asks whether the other side lives, and begins again."""

import asyncio
from random import SystemRandom

import structlog

from sparekey.gateways.model import Misconfigured, Unreachable, WireFailure
from sparekey.gateways.wires.smpp.binding import Timers, bound
from sparekey.gateways.wires.smpp.connection import (
    Connection,
    Hear,
    Lost,
    Unanswered,
    Unwritten,
)
from sparekey.gateways.wires.smpp.pdu import Command
from sparekey.gateways.wires.smpp.settings import SmppSettings

_log = structlog.get_logger()
_random = SystemRandom()


class Link:
    """One bind of a gateway. While it is down it says why at once; nobody waits for a back-off."""

    def __init__(
        self, settings: SmppSettings, command: Command, hear: Hear, timers: Timers
    ) -> None:
        self._settings = settings
        self._command = command
        self._hear = hear
        self._timers = timers
        self._connection: Connection | None = None
        self._failure: WireFailure | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    def start(self) -> None:
        """Keep it up from now on, until it is closed."""
        if not self._is_closed and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._keep_up())

    async def ready(self) -> Connection:
        """The bound connection, waited for while a first attempt is made.

        Raises Unreachable or Misconfigured, at once, when the last attempt failed.
        """
        while True:
            if self._connection is not None and self._connection.is_open:
                return self._connection
            if self._failure is not None:
                raise type(self._failure)(str(self._failure))
            self._changed.clear()
            await self._changed.wait()

    async def close(self) -> None:
        """Say goodbye; nothing is kept up any more. Whoever still waits for an answer is unsure."""
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        connection = self._connection
        self._became(None, Unreachable("the gateway was closed"))
        if connection is not None and connection.is_open:
            await connection.goodbye()

    async def _keep_up(self) -> None:
        pause = self._timers.first_retry
        while True:
            wait = None
            try:
                connection = await bound(
                    self._settings, self._command, self._hear, self._timers.connect
                )
            except (Unreachable, Misconfigured) as failure:
                self._down(failure)
                if isinstance(failure, Misconfigured):
                    wait = self._timers.after_refusal
            else:
                has_lasted = await self._up(connection)
                pause = self._timers.first_retry if has_lasted else pause
            await asyncio.sleep(_jittered(pause) if wait is None else wait)
            pause = min(pause * 2, self._timers.last_retry)

    async def _up(self, connection: Connection) -> bool:
        """Until it ends; whether it lasted so long that the next one may begin soon."""
        loop = asyncio.get_running_loop()
        self._became(connection, None)
        _log.info("smsc_bound", **self._about())
        bound_at = loop.time()
        why = await self._watch(connection)
        has_lasted = loop.time() - bound_at > self._timers.last_retry
        self._became(None, None if has_lasted else Unreachable(f"the connection ended: {why}"))
        _log.warning("smsc_lost", why=why, **self._about())
        return has_lasted

    async def _watch(self, connection: Connection) -> str:
        """Until it ends: ask after each silence whether the other side lives. Why it ended."""
        loop = asyncio.get_running_loop()
        while not connection.ended.done():
            silence = loop.time() - connection.heard_at
            if silence < self._timers.idle:
                await asyncio.wait({connection.ended}, timeout=self._timers.idle - silence)
                continue
            try:
                await connection.request(Command.ENQUIRE_LINK, seconds=self._timers.alive)
            except Unanswered:
                connection.end("it does not answer any more")
            except (Lost, Unwritten):
                break
        return await connection.ended

    def _down(self, failure: WireFailure) -> None:
        self._became(None, failure)
        _log.warning("smsc_unbound", failure=failure.code, why=str(failure), **self._about())

    def _became(self, connection: Connection | None, failure: WireFailure | None) -> None:
        self._connection = connection
        self._failure = failure
        self._changed.set()

    def _about(self) -> dict[str, object]:
        return {
            "host": self._settings.host,
            "port": self._settings.port,
            "bind": self._command.name.lower(),
        }


def _jittered(seconds: float) -> float:
    """Between half and all of it: those who lost the same SMSC do not come back together."""
    return _random.uniform(seconds / 2, seconds)
