"""The statement that the product sends, as text with which anybody can send the like of it.

A verb is run on something that only writes down its statement. So the benchmark's pgbench scripts
follow the product's own functions and arguments whenever these change.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn, cast
from uuid import UUID

from sparekey.db.statement import STATEMENTS


@dataclass(frozen=True, slots=True)
class Recorded:
    """One function call: the text after FROM, and its arguments by name."""

    call: str
    values: Mapping[str, Any]

    def filled(self, expressions: Mapping[str, str]) -> str:
        """The call with each argument as SQL: an expression where one is given, else as it was."""
        names = list(self.values)

        def argument(match: re.Match[str]) -> str:
            name = names[int(match.group(1)) - 1]
            return expressions.get(name) or literal(self.values[name])

        return re.sub(r"\$(\d+)", argument, self.call)


class _Noted(Exception):
    """Carries a statement out of the verb that wanted to send it."""

    def __init__(self, sql: str, values: Sequence[Any]) -> None:
        super().__init__(sql)
        self.sql = sql
        self.values = values


class Recorder:
    """Takes the place of a database; the first statement ends the verb."""

    async def fetch(self, sql: str, *values: Any) -> NoReturn:
        raise _Noted(sql, values)

    async def fetchrow(self, sql: str, *values: Any) -> NoReturn:
        raise _Noted(sql, values)

    async def execute(self, sql: str, *values: Any) -> NoReturn:
        raise _Noted(sql, values)

    def after_commit(self, call: Callable[[], object]) -> None:
        """Nothing is ever committed here."""

    @property
    def home(self) -> NoReturn:
        """Nothing is kept in memory here."""
        raise NotImplementedError


async def record(verb: Callable[[Recorder], Awaitable[object]]) -> Recorded:
    """What `verb` sends first."""
    try:
        await verb(Recorder())
    except _Noted as noted:
        names = next(one.parameters for one in STATEMENTS if one.sql == noted.sql)
        call = " ".join(noted.sql.partition(" FROM ")[2].split()) or noted.sql
        return Recorded(call, dict(zip(names, noted.values, strict=True)))
    raise LookupError("this verb sends nothing")


def literal(value: Any) -> str:
    """A value as SQL of unknown type, which takes the type that the function wants there."""
    match value:
        case None:
            return "NULL"
        case list() | tuple():
            items = ",".join(f'"{_text(item)}"' for item in cast("Sequence[Any]", value))
            return "'{" + items.replace("'", "''").replace("\\", "\\\\") + "}'"
        case _:
            return "'" + _text(value).replace("'", "''") + "'"


def _text(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case bytes():
            return f"\\x{value.hex()}"
        case timedelta():
            return f"{value.total_seconds()} seconds"
        case datetime():
            return value.isoformat()
        case int():
            return str(int(value))
        case str():
            return str(value)
        case UUID():
            return str(value)
        case _:
            raise TypeError(f"there is no literal for a {type(value).__name__}")
