"""Handing one message to a mail server, and what it does instead for a decoy."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPException

from sparekey.gateways.model import Accepted, Outgoing, Refused, Unreachable
from sparekey.gateways.wires.smtp import failures, letter, signing
from sparekey.gateways.wires.smtp.letter import Letter
from sparekey.gateways.wires.smtp.pool import Pool
from sparekey.gateways.wires.smtp.settings import SmtpSettings

#: How Postfix and many others name a message that they took.
_QUEUED_AS = re.compile(r"queued as (\w+)")
#: MAIL, RCPT, DATA and the message itself: so often a server answers when a message is sent.
_ANSWERS = 4


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for everything before DATA together, a free connection included, and after it.

    The sum stays below the half minute in which a loop ends a piece of work that hangs.
    """

    before_data: float = 12.0
    after_data: float = 15.0


class SmtpWire:
    """One mail server. What has begun to go is never sent again: servers keep what they took."""

    repeats_safely = False

    def __init__(self, settings: SmtpSettings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._pool = Pool(settings, self._patience.before_data)

    async def send(self, message: Outgoing) -> Accepted:
        """Hand it over; raises one of the five failures."""
        written = await asyncio.to_thread(self._written, message)
        async with self._connection(message.attempt) as (client, deadline):
            await self._address(client, written)
            deadline.reschedule(None)
            answer = await self._hand_over(client, written, message.attempt)
        queued = _QUEUED_AS.search(answer)
        return Accepted(ref=queued[1] if queued else None)

    async def drop(self, message: Outgoing) -> None:
        """Write, sign, take a connection and await as many answers; nobody is named."""
        await asyncio.to_thread(self._written, message)
        async with self._connection(message.attempt) as (client, _):
            for _ in range(_ANSWERS):
                await client.noop()

    def _written(self, message: Outgoing) -> Letter:
        plain = letter.write(message, self._settings.head)
        return signing.sign(plain, self._settings.dkim_keys, self._settings.dkim_domain)

    @asynccontextmanager
    async def _connection(self, attempt: int) -> AsyncGenerator[tuple[SMTP, asyncio.Timeout]]:
        """A connection of the pool, until the deadline; whatever breaks until DATA is named."""
        try:
            async with asyncio.timeout(self._patience.before_data) as deadline:
                async with self._pool.lent() as client:
                    yield client, deadline
        except (SMTPException, OSError) as error:
            raise failures.before_data(error, attempt) from error

    async def _address(self, client: SMTP, written: Letter) -> None:
        encoding = "utf-8" if written.needs_utf8 else "ascii"
        if written.needs_utf8 and not client.supports_extension("smtputf8"):
            raise Refused("the server takes ASCII addresses only")
        options = ["SMTPUTF8"] if written.needs_utf8 else []
        await client.mail(written.sender, options=options, encoding=encoding)
        await client.rcpt(written.to, encoding=encoding)
        if not client.is_connected:
            raise Unreachable("the connection broke before DATA")

    async def _hand_over(self, client: SMTP, written: Letter, attempt: int) -> str:
        try:
            async with asyncio.timeout(self._patience.after_data):
                return (await client.data(written.octets, timeout=None)).message
        except (SMTPException, OSError) as error:
            raise failures.after_data(error, attempt) from error
