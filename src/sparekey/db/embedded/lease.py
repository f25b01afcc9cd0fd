"""`attach()`: a lease on the embedded server of a directory, starting it when nobody runs it.

A lease is an open socket to the supervisor: it ends with `close()` or with this process, however
that ends. Should the supervisor itself be killed while we hold one, we start the next.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sparekey.db.embedded import runtime, starting
from sparekey.db.embedded.cluster import DATABASE, ROLE
from sparekey.db.embedded.errors import EmbeddedFailure, ForeignServer, ServerFailed
from sparekey.db.embedded.starting import Plan

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 5.0
#: So many supervisors may die under us before we say that none can live.
_TRIES = 5
_ANSWER_SECONDS = 30.0


async def attach(
    directory: Path,
    *,
    binaries: Path | None = None,
    user: str | None = None,
    for_trial: bool = False,
) -> "Lease":
    """A lease on a server that answers; raises EmbeddedFailure with what to do.

    `binaries` is a folder with `postgres` in it, `user` whom root runs it as. `for_trial` lets
    root run it as `nobody`, which is good enough for a demonstration and for tests only.
    """
    plan = await asyncio.to_thread(starting.plan, directory, binaries, user, for_trial=for_trial)
    return Lease(plan, *await _take(plan))


class Lease:
    """While it is open the server runs; `dsn` stays right when the server is started again."""

    def __init__(self, plan: Plan, connection: socket.socket, ready: dict[str, Any]) -> None:
        self._plan = plan
        self._connection = connection
        self._is_closed = False
        self.dsn = _dsn(ready)
        self.system_identifier: int = ready["system_identifier"]
        self.binaries = Path(ready["binaries"])
        self._watch = asyncio.create_task(self._keep(), name="embedded database lease")

    def close(self) -> None:
        """Give the server up; the last one to do so stops it."""
        if not self._is_closed:
            self._is_closed = True
            _shut(self._connection)  # which also ends the watch

    async def _keep(self) -> None:
        """Hear the supervisor out, and attach again when it is gone."""
        while not self._is_closed:
            try:
                async for word in _words(self._connection):
                    _log.warning("embedded database: %s", word.get("text", word["word"]))
            finally:
                self._connection.close()
            if not self._is_closed:
                _log.warning("embedded database: its supervisor is gone; starting another")
                await self._take_again()

    async def _take_again(self) -> None:
        pause = _RETRY_SECONDS
        while not self._is_closed:
            try:
                connection, ready = await _take(self._plan)
            except (EmbeddedFailure, OSError) as error:
                _log.error("embedded database: %s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            else:
                self._connection, self.dsn = connection, _dsn(ready)
                if self._is_closed:
                    connection.close()
                return


async def _take(plan: Plan) -> tuple[socket.socket, dict[str, Any]]:
    for _ in range(_TRIES):
        connection = await _connect_or_start(plan)
        try:
            ready = await _ready(connection)
            if ready is not None and await _prove(connection, ready):
                return connection, ready
        except BaseException:
            connection.close()
            raise
        connection.close()
    raise ServerFailed(f"No supervisor stays alive; see {plan.layout.supervisor_log}")


async def _connect_or_start(plan: Plan) -> socket.socket:
    while True:
        place = runtime.recorded(plan.layout)
        if place is not None and (connection := await _connect(place.lease_socket)) is not None:
            return connection
        connection = await asyncio.to_thread(starting.start, plan)
        if connection is not None:
            return connection
        await asyncio.sleep(_RETRY_SECONDS)  # another is being started, or is just stopping


async def _connect(address: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connection, str(address))
    except (FileNotFoundError, ConnectionError, BlockingIOError):
        connection.close()
        return None
    return connection


async def _ready(connection: socket.socket) -> dict[str, Any] | None:
    """What the supervisor says when the server is ready, or None when it died before that."""
    async for word in _words(connection):
        match word["word"]:
            case "ready":
                return word
            case "failed":
                raise ServerFailed(word["text"])
            case _:
                _log.warning("embedded database: %s", word["text"])
    return None


async def _words(connection: socket.socket) -> AsyncIterator[dict[str, Any]]:
    """Each line of JSON until the other side is gone."""
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    rest = b""
    while True:
        try:
            received = await loop.sock_recv(connection, 4096)
        except ConnectionError:
            return
        if not received:
            return
        *lines, rest = (rest + received).split(b"\n")
        for line in lines:
            yield json.loads(line)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the other side was first
        return


def _dsn(ready: dict[str, Any]) -> str:
    host = quote(ready["socket_directory"], safe="/")
    return f"postgresql://{ROLE}@/{DATABASE}?host={host}&port={runtime.PORT}"


async def _prove(connection: socket.socket, ready: dict[str, Any]) -> bool:
    """Ask what answers for the number of its cluster; ForeignServer when it is another.

    It may be killed and recover, for as long as that takes: False only when the supervisor died.
    """
    import asyncpg  # the command line imports us long before it needs a database

    passing = (
        OSError,
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
        asyncpg.TooManyConnectionsError,
        asyncpg.InternalClientError,  # the server ended between two messages of ours
    )
    while not _is_gone(connection):
        try:
            server = await asyncpg.connect(_dsn(ready), timeout=_ANSWER_SECONDS)
            found = await server.fetchval("SELECT system_identifier FROM pg_control_system()")
            await server.close()
        except passing:
            await asyncio.sleep(_RETRY_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise ServerFailed(f"The embedded server refuses us: {error}") from error
        else:
            _require_same(found, ready)
            return True
    return False


def _is_gone(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def _require_same(found: int, ready: dict[str, Any]) -> None:
    if found != ready["system_identifier"]:
        raise ForeignServer(
            f"The server at {ready['socket_directory']} has the cluster {found}, not"
            f" {ready['system_identifier']}: another server uses that socket. Stop it."
        )
