"""SQL as values: a statement knows its text, its parameters and the row it returns.

A statement is written once at module level with named parameters (`:address`) and compiled to
PostgreSQL's `$n` at import. pyright refuses anything but a literal string, so no value can ever
be pasted into SQL. Every statement is PREPAREd on each supported PostgreSQL by a test.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Generic, LiteralString, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from sparekey.db.pool import Db

Row = TypeVar("Row")

#: A quoted string, a dollar-quoted body, a comment, a cast or a named parameter.
_TOKEN = re.compile(r"'(?:[^']|'')*'|--[^\n]*|::\w+|(?<![:\w]):([a-z_][a-z0-9_]*)")


class Executor(Protocol):
    """Where a statement can run: a `Db` (on its own, autocommitted) or a `Tx` (inside one)."""

    async def fetch(self, sql: str, *values: Any) -> Sequence[Any]: ...

    async def fetchrow(self, sql: str, *values: Any) -> Any: ...

    async def execute(self, sql: str, *values: Any) -> str: ...

    def after_commit(self, call: Callable[[], object]) -> None: ...

    @property
    def home(self) -> "Db": ...


@dataclass(frozen=True, slots=True, eq=False)
class Statement(Generic[Row]):
    """One SQL statement; run it with keyword arguments named as its parameters."""

    sql: str
    parameters: tuple[str, ...]
    row: type[Row] | None

    async def one(self, on: Executor, **values: Any) -> Row:
        """The one row there must be; LookupError when there is none."""
        row = await self.maybe(on, **values)
        if row is None:
            raise LookupError(f"no row from: {self.sql}")
        return row

    async def maybe(self, on: Executor, **values: Any) -> Row | None:
        """The first row, or None."""
        record = await on.fetchrow(self.sql, *self._ordered(values))
        return None if record is None else self._shape(record)

    async def all(self, on: Executor, **values: Any) -> list[Row]:
        """Every row."""
        return [self._shape(record) for record in await on.fetch(self.sql, *self._ordered(values))]

    async def run(self, on: Executor, **values: Any) -> int:
        """Run for its effect; the number of rows it touched decides who won."""
        status = await on.execute(self.sql, *self._ordered(values))
        last = status.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    def _ordered(self, values: dict[str, Any]) -> list[Any]:
        if len(values) != len(self.parameters):
            raise TypeError(f"this statement takes {self.parameters}, not {tuple(values)}")
        return [values[name] for name in self.parameters]

    def _shape(self, record: Any) -> Row:
        if self.row is None:
            return record
        return self.row(*record)


#: Every statement of the process, for the test that PREPAREs them all.
STATEMENTS: list[Statement[Any]] = []


@overload
def statement(sql: LiteralString) -> Statement[Any]: ...
@overload
def statement(sql: LiteralString, *, returns: type[Row]) -> Statement[Row]: ...
def statement(sql: LiteralString, *, returns: type[Any] | None = None) -> Statement[Any]:
    """Compile `sql` once.

    `returns` is a dataclass whose fields are the columns in their order, or a scalar type
    (`int`, `UUID`, `bytes`) for a single column; without it rows come as asyncpg records.
    """
    order: list[str] = []

    def number(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group(0)
        if name not in order:
            order.append(name)
        return f"${order.index(name) + 1}"

    made: Statement[Any] = Statement(_TOKEN.sub(number, sql), tuple(order), _maker(returns))
    STATEMENTS.append(made)
    return made


def _maker(returns: type[Any] | None) -> Any:
    if returns is None or is_dataclass(returns):
        return returns
    return _first


def _first(*columns: Any) -> Any:
    return columns[0]


def columns_of(row: type[Any]) -> tuple[str, ...]:
    """The column names a row dataclass expects, in order."""
    return tuple(field.name for field in fields(row))
