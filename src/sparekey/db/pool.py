"""The connection pool: autocommitted statements on a `Db`, several together in a `Tx`.

asyncpg's pool sends a reset query at each release, a second round trip that doubled the cost of
a statement; our connections never change session state (only SET LOCAL), so they send none. Even so
a connection's way into the pool and out again takes the application twice as long as a statement,
so what comes back in order is kept at hand for the next statement.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]
    _Pool = asyncpg.Pool[asyncpg.Record]
    _AsyncpgConnection = asyncpg.Connection[asyncpg.Record]
else:  # asyncpg's classes take no type arguments when they run
    Connection = asyncpg.Connection
    _AsyncpgConnection = asyncpg.Connection


_SESSION = {
    "application_name": "sparekey",
    "timezone": "UTC",
    "jit": "off",
    # Plans are kept. One made while a queue was empty would read all of it once it is full: with
    # 500,000 rows waiting, jobs went at a twentieth of their speed until statistics caught up.
    "enable_seqscan": "off",
}


_Result = TypeVar("_Result")


class _Connection(_AsyncpgConnection):
    def get_reset_query(self) -> str:
        return ""


class Tx:
    """One open transaction. A verb that takes a `Tx` only touches the database."""

    def __init__(self, connection: "Connection", home: "Db") -> None:
        self._connection = connection
        #: The pool it is of: what is kept in memory is kept by it.
        self.home = home
        self._afterwards: list[Callable[[], object]] = []

    def after_commit(self, call: Callable[[], object]) -> None:
        """Have `call` called once this transaction is durable, never if it rolls back."""
        self._afterwards.append(call)

    def committed(self) -> None:
        """Make the calls that waited for the commit."""
        for call in self._afterwards:
            call()

    async def fetch(self, sql: str, *values: Any) -> Sequence[Any]:
        return await self._connection.fetch(sql, *values)

    async def fetchrow(self, sql: str, *values: Any) -> Any:
        return await self._connection.fetchrow(sql, *values)

    async def execute(self, sql: str, *values: Any) -> str:
        return await self._connection.execute(sql, *values)


class Db:
    """A pool. A verb that takes a `Db` is a journey of short transactions around outside calls."""

    def __init__(self, pool: "_Pool") -> None:
        self._pool = pool
        self._at_hand: list[Connection] = []
        self._waiting = 0

    @classmethod
    async def connect(cls, dsn: str, *, size: int = 16) -> Self:
        """Open `size` connections at most; OSError or asyncpg errors when none can be had."""
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            connection_class=_Connection,
            server_settings=_SESSION,
        )
        return cls(pool)

    @property
    def home(self) -> "Db":
        """Itself, where a transaction names its pool."""
        return self

    async def close(self) -> None:
        while self._at_hand:
            await self._pool.release(self._at_hand.pop())
        await self._pool.close()

    def after_commit(self, call: Callable[[], object]) -> None:
        """Statements on a `Db` are committed when they return, so `call` is called at once."""
        call()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """Commit at the end of the block, roll back when it raises."""
        connection = await self._take()
        try:
            async with connection.transaction():
                tx = Tx(connection, self)
                yield tx
        except BaseException:  # as in _lent
            await self._pool.release(connection)
            raise
        await self._give_back(connection)
        tx.committed()

    @asynccontextmanager
    async def session(self) -> AsyncGenerator["Connection"]:
        """A bare connection for what no transaction may hold: advisory locks, migrations."""
        connection = await self._take()
        try:
            yield connection
        finally:
            await self._pool.release(connection)

    async def fetch(self, sql: str, *values: Any) -> Sequence[Any]:
        connection = await self._take()
        return await self._lent(connection, connection.fetch(sql, *values))

    async def fetchrow(self, sql: str, *values: Any) -> Any:
        connection = await self._take()
        return await self._lent(connection, connection.fetchrow(sql, *values))

    async def execute(self, sql: str, *values: Any) -> str:
        connection = await self._take()
        return await self._lent(connection, connection.execute(sql, *values))

    async def _lent(self, connection: "Connection", work: Awaitable[_Result]) -> _Result:
        """What `work` on the connection comes to; the connection goes back whatever happens."""
        try:
            result = await work
        except BaseException:  # it may be broken, or still be cancelling: the pool sees to that
            await self._pool.release(connection)
            raise
        await self._give_back(connection)
        return result

    async def _take(self) -> "Connection":
        while self._at_hand:
            connection = self._at_hand.pop()
            if _is_usable(connection):
                return connection
            await self._pool.release(connection)
        self._waiting += 1
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1

    async def _give_back(self, connection: "Connection") -> None:
        """To the pool as soon as anybody waits there, for who waits cannot see what is at hand."""
        if self._waiting or not _is_usable(connection):
            await self._pool.release(connection)
        else:
            self._at_hand.append(connection)


def _is_usable(connection: "Connection") -> bool:
    """Whether it is open; one that the server ended while it lay idle no longer even says so."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False
