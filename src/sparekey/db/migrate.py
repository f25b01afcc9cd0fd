"""Bring a database to the state this code expects: forward only, one migrator at a time.

First each package's numbered migrations, lowest floor first, each once and in a transaction of
its own that waits at most five seconds for a lock. Then, in one transaction, all SQL functions
if any of them changed, so that callers meet the old functions or the new ones, never a gap.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from sparekey.db.files import (
    Functions,
    Migration,
    SchemaMismatch,
    functions_of,
    migrations_of,
)
from sparekey.db.pool import Connection, Db

#: Names the migrator's advisory lock ("spare" in ASCII).
_LOCK = 0x7370617265


@dataclass(frozen=True, slots=True)
class Patience:
    """How a step waits for its tables.

    While it queues behind open transactions, all other work queues behind it: so it gives up
    soon, lets the others pass, and tries again.
    """

    lock_timeout: timedelta = timedelta(seconds=5)
    tries: int = 12
    pause: timedelta = timedelta(seconds=1)


_PATIENCE = Patience()


async def migrate(
    db: Db, packages: Sequence[str], *, root: str = "sparekey", patience: Patience = _PATIENCE
) -> list[str]:
    """Apply what `pending` names, in that order, and return it; SchemaMismatch when it cannot."""
    plan = _Plan.read(packages, root)
    async with db.session() as connection, _only_migrator(connection):
        state = await _State.read(connection)
        migrations, functions = plan.compare(state)
        for migration in migrations:
            await _patiently(connection, _Step(migration), patience)
        if functions:
            await _patiently(connection, _Replacement(plan, packages), patience)
    return [step.title for step in (*migrations, *functions)]


async def pending(db: Db, packages: Sequence[str], *, root: str = "sparekey") -> list[str]:
    """What `migrate` would apply; empty when database and code fit."""
    plan = _Plan.read(packages, root)
    async with db.session() as connection:
        migrations, functions = plan.compare(await _State.read(connection))
    return [step.title for step in (*migrations, *functions)]


@dataclass(frozen=True, slots=True)
class _State:
    """What the database says was applied."""

    migrations: dict[tuple[str, int], tuple[str, bytes]]
    functions: dict[str, bytes]

    @classmethod
    async def read(cls, connection: Connection) -> "_State":
        if await connection.fetchval("SELECT to_regclass('db.migration') IS NULL"):
            return cls({}, {})
        steps = await connection.fetch("SELECT package, number, name, sha256 FROM db.migration")
        functions = await connection.fetch("SELECT package, sha256 FROM db.functions")
        return cls(
            {(row["package"], row["number"]): (row["name"], row["sha256"]) for row in steps},
            {row["package"]: row["sha256"] for row in functions},
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What this code wants to be applied."""

    migrations: list[Migration]
    functions: list[Functions]

    @classmethod
    def read(cls, packages: Sequence[str], root: str) -> "_Plan":
        return cls(migrations_of(packages, root), functions_of(packages, root))

    def compare(self, state: _State) -> tuple[list[Migration], list[Functions]]:
        """What is missing; SchemaMismatch if the past differs or the database is ahead."""
        self._refuse_unknown(state)
        for migration in self.migrations:
            self._refuse_changed(migration, state)
        done = state.migrations
        return (
            [step for step in self.migrations if (step.package, step.number) not in done],
            [f for f in self.functions if state.functions.get(f.package) != f.sha256],
        )

    def _refuse_unknown(self, state: _State) -> None:
        known = {(step.package, step.number) for step in self.migrations}
        for (package, number), (name, _) in sorted(state.migrations.items()):
            if (package, number) not in known:
                raise SchemaMismatch(
                    f"the database is newer than this program: it has {package}/{number:04}_{name},"
                    " which this version does not know. Run the newer version, or restore a backup"
                    " from before the upgrade."
                )

    @staticmethod
    def _refuse_changed(migration: Migration, state: _State) -> None:
        applied = state.migrations.get((migration.package, migration.number))
        if applied is not None and applied != (migration.name, migration.sha256):
            raise SchemaMismatch(
                f"{migration.title} is not the file that was applied to this database."
                " An applied migration never changes: restore the file and add a new one."
            )


@asynccontextmanager
async def _only_migrator(connection: Connection) -> AsyncGenerator[None]:
    """Hold the migrator's lock on this connection; the server frees it if we die."""
    await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)


class _Step:
    """Applies one migration, creating its package's schema before the first."""

    def __init__(self, migration: Migration) -> None:
        self._migration = migration
        self.title = migration.title

    async def __call__(self, connection: Connection) -> None:
        step = self._migration
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {step.package}")
        await connection.execute(step.sql)
        await connection.execute(
            "INSERT INTO db.migration (package, number, name, sha256) VALUES ($1, $2, $3, $4)",
            step.package, step.number, step.name, step.sha256,
        )  # fmt: skip


class _Replacement:
    """Drops the functions of every package and creates them again, lowest floor first.

    One DROP names them all: PostgreSQL then allows them to depend on each other, and still
    refuses when anything else does (a table must not use a function that is replaced).
    """

    title = "the functions"

    def __init__(self, plan: _Plan, packages: Sequence[str]) -> None:
        self._functions = plan.functions
        self._packages = packages

    async def __call__(self, connection: Connection) -> None:
        names = await connection.fetchval(
            "SELECT string_agg(oid::regprocedure::text, ', ') FROM pg_proc"
            " WHERE pronamespace = ANY("
            "   SELECT oid FROM pg_namespace WHERE nspname = ANY($1::text[]))",
            list(self._packages),
        )
        if names:
            await connection.execute(f"DROP ROUTINE {names}")
        await connection.execute("TRUNCATE db.functions")
        for functions in self._functions:
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {functions.package}")
            await connection.execute(functions.sql)
            await connection.execute(
                "INSERT INTO db.functions (package, sha256) VALUES ($1, $2)",
                functions.package, functions.sha256,
            )  # fmt: skip


async def _patiently(
    connection: Connection, step: _Step | _Replacement, patience: Patience
) -> None:
    """Run a step in its own transaction, again while it cannot get its locks."""
    milliseconds = patience.lock_timeout // timedelta(milliseconds=1)
    for _ in range(patience.tries):
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = {milliseconds}")
                await step(connection)
            return
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            await asyncio.sleep(patience.pause.total_seconds())
    raise SchemaMismatch(
        f"{step.title} could not be applied: other sessions hold its tables. End long"
        " transactions (see pg_stat_activity) and run the migration again."
    )
