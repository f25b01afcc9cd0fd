"""A package tree of the test's own, with SQL files to be migrated."""

import sys
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from sparekey.db import Db
from tests.world.postgres import Cluster

_names = count()


class Tree:
    """An importable package whose sub-packages hold SQL."""

    def __init__(self, parent: Path) -> None:
        self.root = f"tree_{next(_names)}"
        self._folder = parent / self.root

    def write(self, path: str, sql: str) -> None:
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sql)

    def remove(self, path: str) -> None:
        (self._folder / path).unlink()


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    """It has the product's own `db` migrations, and nothing else yet."""
    tree = Tree(tmp_path)
    import sparekey.db

    for file in (Path(sparekey.db.__file__).parent / "migrations").iterdir():
        tree.write(f"db/migrations/{file.name}", file.read_text())
    sys.path.insert(0, str(tmp_path))
    yield tree
    sys.path.remove(str(tmp_path))


@pytest.fixture
async def empty(each_postgres: Cluster) -> AsyncIterator[Db]:
    """A database with nothing in it, once on each version of PostgreSQL."""
    url = await each_postgres.empty()
    db = await Db.connect(url)
    yield db
    await db.close()
    await each_postgres.drop(url)


@pytest.fixture
async def either(each_postgres: Cluster) -> AsyncIterator[Db]:
    """A migrated database, once on each version of PostgreSQL."""
    url = await each_postgres.migrated()
    db = await Db.connect(url)
    yield db
    await db.close()
    await each_postgres.drop(url)
