"""A few connections to one server, kept while they are used often."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from sparekey.gateways.wires.smtp.settings import SmtpSettings

#: Servers end a connection that has been idle for some minutes; we are there first.
_IDLE_SECONDS = 30.0
#: Some servers count the messages of a connection and then refuse.
_MOST_USES = 100
#: An answer to RSET or QUIT that takes longer is none: the line may have died in silence.
_BRIEF_SECONDS = 2.0


@dataclass(slots=True, eq=False)
class _Connection:
    client: SMTP
    uses: int = 0
    ending: asyncio.TimerHandle | None = None

    def still_lives(self) -> bool:
        return self.client.is_connected and self.uses < _MOST_USES


@dataclass(slots=True, eq=False)
class Pool:
    """Connections made by `settings`; `step_seconds` are for each answer of the server."""

    settings: SmtpSettings
    step_seconds: float
    idle_seconds: float = _IDLE_SECONDS
    _rested: list[_Connection] = field(default_factory=list[_Connection], init=False)
    _room: asyncio.Semaphore = field(init=False)
    _goodbyes: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]], init=False)
    _context: ssl.SSLContext | None = field(init=False)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(self.settings.connections)
        is_plain = self.settings.security == "none"
        self._context = None if is_plain else trusting(self.settings.ca)

    @asynccontextmanager
    async def lent(self) -> AsyncGenerator[SMTP]:
        """A connection that has just answered, signed in, without an envelope.

        It is kept for the next one unless the block ended while an answer was outstanding.
        """
        async with self._room:
            connection = await self._answering() or await self._fresh()
            try:
                yield connection.client
            except BaseException as error:
                if _was_answered(error):
                    self._rest(connection)
                else:
                    connection.client.close()
                raise
            self._rest(connection)

    async def _fresh(self) -> _Connection:
        return _Connection(await connected(self.settings, self._context, self.step_seconds))

    async def _answering(self) -> _Connection | None:
        """The connection that was used last and still answers: it may have died in silence."""
        while self._rested:
            connection = self._rested.pop()
            if connection.ending is not None:
                connection.ending.cancel()
            if not connection.still_lives():
                self._say_goodbye(connection.client)
            elif await _answers(connection.client):
                return connection
        return None

    def _rest(self, connection: _Connection) -> None:
        connection.uses += 1
        loop = asyncio.get_running_loop()
        connection.ending = loop.call_later(self.idle_seconds, self._retire, connection)
        self._rested.append(connection)

    def _retire(self, connection: _Connection) -> None:
        self._rested.remove(connection)
        self._say_goodbye(connection.client)

    def _say_goodbye(self, client: SMTP) -> None:
        task = asyncio.get_running_loop().create_task(_quit(client))
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)


def trusting(ca: str | None) -> ssl.SSLContext:
    """Verified TLS: by these certificates alone, or by the system's."""
    return ssl.create_default_context(cadata=ca)


async def connected(
    settings: SmtpSettings, context: ssl.SSLContext | None, step_seconds: float
) -> SMTP:
    """A new connection, encrypted and signed in as the settings say."""
    client = SMTP(
        hostname=settings.host,
        port=settings.port,
        local_hostname=settings.hello,
        timeout=step_seconds,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=context,
        username=settings.username,
        password=None if settings.password is None else settings.password.reveal(),
    )
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
    except BaseException:
        client.close()
        raise
    return client


async def _answers(client: SMTP) -> bool:
    """Whether it does; an envelope that was begun is forgotten."""
    try:
        await client.rset(timeout=_BRIEF_SECONDS)
    except (SMTPException, OSError):
        client.close()
        return False
    except BaseException:
        client.close()
        raise
    return True


def _was_answered(error: BaseException) -> bool:
    """Whether the server said no and goes on; 421 says that it goes away (RFC 5321 3.8)."""
    answer = error if isinstance(error, SMTPResponseException) else error.__cause__
    return (
        isinstance(answer, SMTPResponseException)
        and 400 <= answer.code < 600
        and answer.code != 421
    )


async def _quit(client: SMTP) -> None:
    with suppress(SMTPException, OSError):
        await client.quit(timeout=_BRIEF_SECONDS)
    client.close()
