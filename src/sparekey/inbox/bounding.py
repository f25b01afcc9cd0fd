"""What one connection may take of us, whatever it says: it is counted before anybody reads it.

The library that reads commands bounds a mail and a silence, but not how long a line without an end
grows, how many lines a mail has (each costs many times its length), how long a client stays that
says a little now and then, nor how many come at once.
"""

import asyncio
from dataclasses import dataclass, field
from typing import cast

from prometheus_client import Counter

_turned_away = Counter(
    "sparekey_mail_connections_ended",
    "Connections of mail servers that were ended, by why",
    ["why"],
)
_BUSY = b"421 4.3.2 Too many connections: try again later\r\n"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What there may be; a mail of 5 MiB in base64 has 70,000 lines of 78 octets."""

    connections: int = 32
    seconds: float = 300.0
    line_bytes: int = 256 * 1024
    lines: int = 250_000


@dataclass(slots=True)
class Desk:
    """Everybody who is connected at one place."""

    bounds: Bounds
    present: set["Bounded"] = field(default_factory=set["Bounded"])


class Bounded(asyncio.Protocol):
    """A connection that is passed on to `inner` as long as it stays within bounds.

    A mail server whose connection ends comes again later: nothing is lost of what it has to say.
    """

    def __init__(self, inner: asyncio.Protocol, desk: Desk) -> None:
        self._inner = inner
        self._desk = desk
        self._transport: asyncio.Transport | None = None
        self._ends: asyncio.TimerHandle | None = None
        self._line = self._lines = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody came; turned away when too many are there."""
        line = cast(asyncio.Transport, transport)  # uvloop's are not asyncio's by class
        if len(self._desk.present) >= self._desk.bounds.connections:
            _turned_away.labels("too many").inc()
            line.write(_BUSY)
            line.close()
            return
        self._transport = line
        self._desk.present.add(self)
        loop = asyncio.get_running_loop()
        self._ends = loop.call_later(self._desk.bounds.seconds, self._end, "too long")
        self._inner.connection_made(line)

    def data_received(self, data: bytes) -> None:
        """Count it, then have it read."""
        if self._transport is None:
            return
        last = data.rfind(b"\n")
        self._line = self._line + len(data) if last < 0 else len(data) - last - 1
        self._lines += data.count(b"\n")
        if self._line > self._desk.bounds.line_bytes:
            self._end("a line without an end")
        elif self._lines > self._desk.bounds.lines:
            self._end("too many lines")
        else:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """They have said everything."""
        return self._inner.eof_received() if self._transport is not None else None

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self._desk.present.discard(self)
        if self._ends is not None:
            self._ends.cancel()
        if self._transport is not None:
            self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """They do not read what is said."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """They read again."""
        self._inner.resume_writing()

    def _end(self, why: str) -> None:
        _turned_away.labels(why).inc()
        assert self._transport is not None
        self._transport.abort()
