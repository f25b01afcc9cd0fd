"""Handing texts to an SMSC, and what it does instead for a decoy.

A text is turned into what travels, waits for a bound connection, for room in the window and for a
token; then it is written, and only its answer says what became of it. Until it was written nothing
has gone; once it was, silence is Unsure.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from sparekey.gateways.model import (
    Accepted,
    Outgoing,
    Store,
    Throttled,
    Unreachable,
    Unsure,
    WireFailure,
)
from sparekey.gateways.wires.smpp import statuses, texts
from sparekey.gateways.wires.smpp.binding import Timers, binds
from sparekey.gateways.wires.smpp.connection import (
    Connection,
    Lost,
    Unanswered,
    Unwritten,
    is_answer_to,
)
from sparekey.gateways.wires.smpp.inlet import Inlet
from sparekey.gateways.wires.smpp.link import Link
from sparekey.gateways.wires.smpp.pacing import Pace
from sparekey.gateways.wires.smpp.pdu import Command, Message, Pdu, read_id
from sparekey.gateways.wires.smpp.settings import SmppSettings
from sparekey.kit.clock import Clock, SystemClock


class SmppWire:
    """One SMSC. What may have gone is never sent again: an SMSC keeps what it took."""

    repeats_safely = False

    def __init__(
        self,
        settings: SmppSettings,
        store: Store,
        timers: Timers | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._timers = timers or Timers()
        self._inlet = Inlet(store, clock or SystemClock())
        self._pace = Pace(settings.per_second, self._timers.first_pause, self._timers.last_pause)
        self._window = asyncio.Semaphore(settings.window)
        self._reference = secrets.randbelow(65536)
        self._links = [
            Link(settings, command, self._inlet.hear, self._timers) for command in binds(settings)
        ]

    def listen(self) -> None:
        """Bind now and stay bound, so that receipts and replies come in before anything is sent."""
        for link in self._links:
            link.start()

    async def close(self) -> None:
        """Unbind; what is being stored is stored and acknowledged first."""
        await self._inlet.settled()
        await asyncio.gather(*(link.close() for link in self._links))

    async def send(self, message: Outgoing) -> Accepted:
        """Hand it over; raises one of the five failures.

        `ref` names the last part, whose receipt is the text's.
        """
        self.listen()
        begun_at = asyncio.get_running_loop().time()
        first, *others = self._submits(message)
        ref = await self._submit(message, first, begun_at)
        for submit in others:
            try:
                ref = await self._submit_patiently(message, submit, begun_at)
            except WireFailure as failure:
                raise Unsure(f"a part of it has gone, then: {failure}") from failure
        return Accepted(ref=None if ref is None else self._settings.profile.submitted(ref))

    async def drop(self, message: Outgoing) -> None:
        """Write it and wait for its turn; nothing travels."""
        self.listen()
        begun_at = asyncio.get_running_loop().time()
        for submit in self._submits(message):
            async with self._turn(self._timers.turn):
                self._encoded(message, submit, begun_at)

    def _submits(self, message: Outgoing) -> list[Message]:
        self._reference = (self._reference + 1) % 65536
        return texts.submits(message, self._settings, self._reference)

    def _encoded(self, message: Outgoing, submit: Message, begun_at: float) -> bytes:
        waited = timedelta(seconds=asyncio.get_running_loop().time() - begun_at)
        until = texts.validity(message, self._settings.profile.validity, waited)
        return replace(submit, validity_period=until).encode()

    async def _submit_patiently(
        self, message: Outgoing, submit: Message, begun_at: float
    ) -> str | None:
        """A part after the first is tried again here: nobody else can send it."""
        loop = asyncio.get_running_loop()
        gives_up_at = begun_at + self._timers.turn
        while True:
            try:
                return await self._submit(message, submit, begun_at)
            except Throttled as failure:
                seconds = failure.retry_in.total_seconds()
                if loop.time() + seconds > gives_up_at:
                    raise
                await asyncio.sleep(seconds)

    async def _submit(self, message: Outgoing, submit: Message, begun_at: float) -> str | None:
        """One part; the carrier's name for it."""
        loop = asyncio.get_running_loop()
        async with self._turn(begun_at + self._timers.turn - loop.time()) as connection:
            octets = self._encoded(message, submit, begun_at)
            sent_at = loop.time()
            answer = await self._handed_over(connection, octets, sent_at)
        return self._understood(answer, sent_at)

    @asynccontextmanager
    async def _turn(self, seconds: float) -> AsyncGenerator[Connection]:
        """A bound connection, room in the window and a token; whoever would wait longer goes."""
        loop = asyncio.get_running_loop()
        gives_up_at = loop.time() + max(seconds, 0.0)
        try:
            async with asyncio.timeout_at(gives_up_at) as deadline:
                await self._links[0].ready()
                async with self._window:
                    await self._token(gives_up_at)
                    connection = await self._links[0].ready()
                    deadline.reschedule(None)
                    yield connection
        except TimeoutError as error:
            if wait := self._pace.wait(loop.time()):
                raise Throttled(timedelta(seconds=wait), "more texts wait than may go") from error
            raise Unreachable("there was no room for it in time") from error

    async def _token(self, gives_up_at: float) -> None:
        """Take one; who holds one when a pause begins waits for its end."""
        loop = asyncio.get_running_loop()
        wait = self._pace.wait(loop.time())
        if loop.time() + wait > gives_up_at:
            raise Throttled(timedelta(seconds=wait), "more texts wait than may go")
        await asyncio.sleep(self._pace.take(loop.time()))
        while True:
            paused = self._pace.paused(loop.time())
            if not paused:
                return
            await asyncio.sleep(paused)

    async def _handed_over(self, connection: Connection, octets: bytes, sent_at: float) -> Pdu:
        try:
            answer = await connection.request(
                Command.SUBMIT_SM, octets, seconds=self._timers.answer
            )
        except Unwritten as error:
            raise Unreachable(f"it was not written: {error}") from error
        except (Lost, Unanswered) as error:
            if connection.heard_at < sent_at:
                connection.end("it has answered nothing for too long")
            raise Unsure(f"no answer to the text: {error}") from error
        if not is_answer_to(answer, Command.SUBMIT_SM):
            connection.end("it answered a text with something else")
            raise Unsure("something else than the text was answered")
        return answer

    def _understood(self, answer: Pdu, sent_at: float) -> str | None:
        if answer.status == statuses.OK:
            self._pace.taken(sent_at=sent_at)
            return read_id(answer)
        retry_in = 0.0
        if answer.status in statuses.TOO_FAST:
            retry_in = self._pace.too_fast(sent_at=sent_at, now=asyncio.get_running_loop().time())
        raise statuses.failure(answer.status, retry_in=timedelta(seconds=retry_in))
