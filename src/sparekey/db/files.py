"""The SQL files of the packages: numbered migrations and the functions that follow them."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


class SchemaMismatch(Exception):
    """This code and this database do not fit together; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One forward-only step of one package."""

    package: str
    number: int
    name: str
    sql: str

    @property
    def title(self) -> str:
        return f"{self.package}/{self.number:04}_{self.name}"

    @property
    def sha256(self) -> bytes:
        return _digest(self.sql)


@dataclass(frozen=True, slots=True)
class Functions:
    """All SQL functions of one package, replaced as a whole."""

    package: str
    sql: str

    @property
    def title(self) -> str:
        return f"{self.package}/functions"

    @property
    def sha256(self) -> bytes:
        return _digest(self.sql)


def migrations_of(packages: Sequence[str], root: str) -> list[Migration]:
    """Every migration in the order in which they are applied; SchemaMismatch at a gap."""
    found: list[Migration] = []
    for package in packages:
        numbered = [_migration(package, file) for file in _sql_files(root, package)]
        numbered.sort(key=lambda migration: migration.number)
        if [migration.number for migration in numbered] != list(range(1, len(numbered) + 1)):
            raise SchemaMismatch(f"the migrations of {package} are not numbered 0001, 0002, …")
        found += numbered
    return found


def functions_of(packages: Sequence[str], root: str) -> list[Functions]:
    """The functions of every package that has some, lowest floor first."""
    found: list[Functions] = []
    for package in packages:
        file = files(root) / package / "functions.sql"
        if file.is_file():
            found.append(Functions(package, file.read_text("utf-8")))
    return found


def _sql_files(root: str, package: str) -> list[Traversable]:
    folder = files(root) / package / "migrations"
    return [file for file in folder.iterdir() if _is_sql(file)] if folder.is_dir() else []


def _is_sql(file: Traversable) -> bool:
    return file.name.endswith(".sql")


def _migration(package: str, file: Traversable) -> Migration:
    match = _NAME.fullmatch(file.name)
    if match is None:
        raise SchemaMismatch(f"{package}/migrations/{file.name} is not named 0001_what_it_does.sql")
    return Migration(package, int(match[1]), match[2], file.read_text("utf-8"))


def _digest(sql: str) -> bytes:
    return hashlib.sha256(sql.encode()).digest()
