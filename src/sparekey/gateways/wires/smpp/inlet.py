"""What an SMSC brings: stored first, acknowledged then.

An SMSC forgets what was acknowledged, and brings again what was not. So what cannot be stored, or
comes while too much is being stored, is answered "try again"; nothing of it is held.
"""

import asyncio
from functools import partial

import structlog

from sparekey.gateways.model import Raw, Store
from sparekey.gateways.wires.smpp import hearing, statuses
from sparekey.gateways.wires.smpp.connection import Connection
from sparekey.gateways.wires.smpp.pdu import Pdu
from sparekey.kit.clock import Clock

_log = structlog.get_logger()
#: A deliver_sm_resp and data_sm_resp name no message: an empty string.
_NAMELESS = b"\0"


class Inlet:
    """At most `most` messages are being stored, each for `seconds` at most."""

    def __init__(
        self, store: Store, clock: Clock, *, most: int = 200, seconds: float = 20.0
    ) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._seconds = seconds
        self._storing: set[asyncio.Task[None]] = set()

    def hear(self, connection: Connection, pdu: Pdu) -> None:
        """Begin to store it; the answer goes out when it is."""
        if len(self._storing) >= self._most:
            connection.answer(pdu, statuses.TRY_AGAIN)
            return
        raw = hearing.raw(pdu, self._clock())
        task = asyncio.get_running_loop().create_task(self._put(raw))
        self._storing.add(task)
        task.add_done_callback(partial(self._stored, connection, pdu))

    async def settled(self) -> None:
        """Returns once everything heard so far is stored and acknowledged, or given up."""
        if self._storing:
            await asyncio.wait(self._storing)

    async def _put(self, raw: Raw) -> None:
        async with asyncio.timeout(self._seconds):
            await self._store(raw)

    def _stored(self, connection: Connection, pdu: Pdu, task: asyncio.Task[None]) -> None:
        self._storing.discard(task)
        failure = asyncio.CancelledError() if task.cancelled() else task.exception()
        if failure is None:
            connection.answer(pdu, statuses.OK, _NAMELESS)
            return
        _log.error("not_stored", command=pdu.command, failure=type(failure).__name__)
        connection.answer(pdu, statuses.TRY_AGAIN)
