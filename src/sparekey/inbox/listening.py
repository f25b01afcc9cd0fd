"""Where a mail server hands in what arrived: LMTP (RFC 2033) or SMTP, on loopback unless told else.

Only the addresses of messages of ours exist here. A mail is accepted once it is durable, and one
address at a time: LMTP wants an answer for each, and a server that is told so comes again.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from sparekey.db import Db, is_passing
from sparekey.inbox.bounding import Bounded, Bounds, Desk
from sparekey.inbox.service.letters import MOST_BYTES, Full, keep_letter, read_recipient
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session

#: How long a line may be silent, and how many commands of a kind it may send.
_SILENCE_SECONDS = 60.0
_MOST_COMMANDS = 1000
_NAME = "sparekey"
BOUNDS: Final = Bounds()

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and in which of the two protocols."""

    protocol: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class _Clerk:
    """What aiosmtpd asks about each command."""

    db: Db
    keyring: Keyring
    clock: Clock

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's names
        self, _server: Any, _session: "Session", envelope: "Envelope", address: str, options: Any
    ) -> str:
        del options
        if read_recipient(self.keyring, address) is None:
            return "550 5.1.1 No such mailbox"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802
        self, _server: Any, _session: "Session", envelope: "Envelope"
    ) -> str:
        to = read_recipient(self.keyring, envelope.rcpt_tos[0])
        content = envelope.content
        assert to is not None
        assert isinstance(content, bytes)
        sender = envelope.mail_from or ""
        try:
            await keep_letter(self.db, self.keyring, to, sender, content, at=self.clock())
        except Full:
            return "452 4.2.2 Try again later"
        except Exception as error:
            if is_passing(error):
                return "451 4.3.0 Try again later"
            raise
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        """aiosmtpd would tell the other side what broke."""
        _log.error("mail_listener_failed", exc_info=error)
        return "451 4.3.0 Try again later"


@asynccontextmanager
async def listening(
    place: Place, db: Db, keyring: Keyring, clock: Clock, bounds: Bounds = BOUNDS
) -> AsyncGenerator[asyncio.Server]:
    """Takes mail at this place for the length of the block; workers may share a place."""
    clerk, desk = _Clerk(db, keyring, clock), Desk(bounds)

    def connected() -> Bounded:
        from aiosmtpd.lmtp import LMTP
        from aiosmtpd.smtp import SMTP

        spoken = LMTP if place.protocol == "lmtp" else SMTP
        inner = spoken(
            clerk,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname=_NAME,
            ident=_NAME,
            timeout=_SILENCE_SECONDS,
            command_call_limit=_MOST_COMMANDS,
        )
        return Bounded(inner, desk)

    server = await asyncio.get_running_loop().create_server(
        connected, place.host, place.port, reuse_port=True
    )
    async with server:
        _log.info("mail_listener", protocol=place.protocol, host=place.host, port=place.port)
        yield server
