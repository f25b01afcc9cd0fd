"""Every statement PREPAREs on the oldest and the newest PostgreSQL and fits its dataclass.

The search path is empty while it does, so a name without its schema is refused by PostgreSQL.
"""

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import asyncpg
import pytest

from sparekey.db import STATEMENTS, Statement, statement
from sparekey.db.statement import columns_of
from tests.structure.tree import modules
from tests.world.postgres import Cluster

#: What asyncpg makes of PostgreSQL's types; any array is a list.
_PYTHON = {
    "bool": bool,
    "bytea": bytes,
    "char": bytes,
    "date": date,
    "float8": float,
    "int2": int,
    "int4": int,
    "int8": int,
    "interval": timedelta,
    "json": str,
    "jsonb": str,
    "name": str,
    "numeric": Decimal,
    "oid": int,
    "text": str,
    "time": time,
    "timestamptz": datetime,
    "uuid": UUID,
    "varchar": str,
    "xid8": int,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of two columns, for the examples."""

    a: int
    b: str | None


def misfits(made: Statement[Any], attributes: Sequence[asyncpg.Attribute]) -> Iterator[str]:
    """Where the columns that PostgreSQL announces differ from the row the statement promises."""
    names = tuple(attribute.name for attribute in attributes)
    if made.row is None:
        return
    if not is_dataclass(made.row):
        if len(names) != 1:
            yield f"{names} where one column was promised"
        return
    if names != columns_of(made.row):
        yield f"{names} does not fit {made.row.__qualname__}{columns_of(made.row)}"
        return
    hints = get_type_hints(made.row)
    for attribute in attributes:
        came, expected = _came(attribute), _kinds(hints[attribute.name])
        if came not in expected:
            yield f"{made.row.__qualname__}.{attribute.name} comes as {attribute.type.name}"


def _came(attribute: asyncpg.Attribute) -> type:
    if attribute.type.kind == "array":
        return list
    return _PYTHON.get(attribute.type.name, object)


def _kinds(hint: Any) -> set[Any]:
    """The types a field may hold, None apart."""
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return {kind for part in get_args(hint) for kind in _kinds(part)}
    if origin is Literal:
        return {type(value) for value in get_args(hint)}
    return {origin or hint}


async def complaints(connection: Any, made: Statement[Any]) -> list[str]:
    """What PostgreSQL or the row has against a statement."""
    try:
        prepared = await connection.prepare(made.sql)
    except asyncpg.PostgresError as error:
        return [f"{error}\n{made.sql}"]
    return [f"{misfit}\n{made.sql}" for misfit in misfits(made, prepared.get_attributes())]


def load_statements() -> list[Statement[Any]]:
    """Import every module that makes statements; all of them."""
    for module in modules():
        if "statement(" in module.text and module.name != "sparekey.db.statement":
            import_module(module.name)
    return [made for made in STATEMENTS if "an example" not in made.sql]


async def test_every_statement_prepares_and_fits_its_row(each_postgres: Cluster) -> None:
    connection: Any = await asyncpg.connect(await each_postgres.migrated())
    await connection.execute("SET search_path = ''")

    found = [line for made in load_statements() for line in await complaints(connection, made)]

    await connection.close()
    assert found == []


@pytest.mark.parametrize(
    ("columns", "fits"),
    [
        ("1 AS a, 'x' AS b", True),
        ("1 AS a", False),
        ("1 AS a, 'x' AS c", False),
        ("'x' AS a, 'x' AS b", False),
        ("missing AS a, 'x' AS b", False),
    ],
)
async def test_a_statement_that_does_not_fit_is_seen(
    postgres: Cluster, columns: Any, fits: bool
) -> None:
    connection: Any = await asyncpg.connect(await postgres.empty())
    made = statement("SELECT /* an example */ " + columns, returns=Pair)

    found = await complaints(connection, made)

    await connection.close()
    assert (found == []) is fits
