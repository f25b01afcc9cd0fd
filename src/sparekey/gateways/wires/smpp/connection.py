"""One connection to an SMSC: requests with their answers, and what the other side asks of us.

It reads as it writes, without a task of its own: an answer wakes who waits for it. It ends by
itself when what comes is no SMPP, and everybody who waits learns that.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from sparekey.gateways.wires.smpp import statuses
from sparekey.gateways.wires.smpp.fields import Malformed
from sparekey.gateways.wires.smpp.pdu import ANSWER, Command, Frames, Pdu

_LAST_SEQUENCE = 0x7FFFFFFF
_BRIEF_SECONDS = 2.0


class Unwritten(ConnectionError):
    """Nothing was written: the connection had ended before."""


class Lost(ConnectionError):
    """The connection ended before there was an answer."""


class Unanswered(TimeoutError):
    """There was no answer in time."""


Hear = Callable[["Connection", Pdu], None]


class Connection(asyncio.Protocol):
    """`hear` is given every deliver_sm and data_sm, and answers them when it has stored them."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._sequence = 0
        self._why = "the other side closed it"
        self._is_leaving = False
        self.heard_at = 0.0
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def is_open(self) -> bool:
        """Whether something can be written now."""
        if self._transport is None or self._is_leaving:
            return False
        return not self._transport.is_closing()

    def peer_certificate(self) -> dict[str, object] | None:
        """The other side's certificate, as the ssl module reads it; None without TLS."""
        return self._transport.get_extra_info("peercert") if self._transport else None

    async def request(self, command: Command, body: bytes = b"", *, seconds: float) -> Pdu:
        """The answer, whatever its status; raises Unwritten, Lost or Unanswered."""
        if not self.is_open:
            raise Unwritten(self._why)
        sequence = self._next()
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = answer
        self._write(Pdu(command, 0, sequence, body))
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError as error:
            raise Unanswered(f"{command.name.lower()} was not answered") from error
        finally:
            self._waiting.pop(sequence, None)

    def answer(self, request: Pdu, status: int = statuses.OK, body: bytes = b"") -> None:
        """Answer something that was heard; nothing when the connection has ended."""
        if self.is_open:
            self._write(request.answered(status, body))

    async def goodbye(self) -> None:
        """Unbind and close; does not wait long."""
        try:
            await self.request(Command.UNBIND, seconds=_BRIEF_SECONDS)
        except (Unwritten, Lost, Unanswered):
            self.end("it did not answer our goodbye")
        else:
            self.end("unbound")

    def end(self, why: str) -> None:
        """Close it at once."""
        self._why = why
        if self._transport is not None:
            self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.heard_at = asyncio.get_running_loop().time()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self._why = str(getattr(exc, "reason", None) or type(exc).__name__)
        for answer in self._waiting.values():
            if not answer.done():
                lost = Lost(self._why)
                lost.__cause__ = exc
                answer.set_exception(lost)
        if not self.ended.done():
            self.ended.set_result(self._why)

    def data_received(self, data: bytes) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        try:
            for pdu in self._frames.feed(data):
                if pdu.is_answer:
                    self._wake(pdu)
                elif self.is_open:
                    self._do(pdu)
        except Malformed as error:
            self.end(f"no SMPP: {error}")

    def pause_writing(self) -> None:
        """Whoever does not read our answers is not listened to."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def _do(self, pdu: Pdu) -> None:
        match pdu.command:
            case Command.DELIVER_SM | Command.DATA_SM:
                self._hear(self, pdu)
            case Command.ENQUIRE_LINK:
                self.answer(pdu)
            case Command.UNBIND:
                self.answer(pdu)
                self._leave()
            case Command.ALERT_NOTIFICATION | Command.OUTBIND:
                return
            case _:
                self._write(Pdu(Command.GENERIC_NACK, statuses.INVALID_COMMAND, pdu.sequence))

    def _wake(self, pdu: Pdu) -> None:
        if pdu.command == Command.GENERIC_NACK and pdu.sequence == 0:
            raise Malformed(f"it cannot read us: {statuses.shown(pdu.status)}")
        answer = self._waiting.get(pdu.sequence)
        if answer is not None and not answer.done():
            answer.set_result(pdu)

    def _leave(self) -> None:
        """After an unbind nothing more is asked; answers under way have a moment to come."""
        self._is_leaving = True
        self._why = "the other side unbound"
        assert self._transport is not None
        if all(answer.done() for answer in self._waiting.values()):
            self._transport.close()
        else:
            asyncio.get_running_loop().call_later(_BRIEF_SECONDS, self._transport.close)

    def _write(self, pdu: Pdu) -> None:
        assert self._transport is not None
        self._transport.write(pdu.encode())

    def _next(self) -> int:
        self._sequence = self._sequence % _LAST_SEQUENCE + 1
        return self._sequence


def is_answer_to(answer: Pdu, command: Command) -> bool:
    """Whether it answers this command; a generic_nack answers all of them."""
    return answer.command in {command | ANSWER, Command.GENERIC_NACK}
