"""A company's files of accounts, and the command that imports them, run as on a terminal."""

import asyncio
import csv
import io
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from sparekey.accounts import commands
from sparekey.db import Db
from tests.accounts.conftest import Company

Work = Callable[[Db, Any], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Import:
    """Files in a directory of their own, imported into the company's database."""

    company: Company
    database_url: str
    directory: Path

    def file(self, content: str | bytes, name: str = "accounts.csv") -> Path:
        """A file with exactly this content."""
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    async def run(self, content: str | bytes, *words: str) -> Result:
        """Import a file with this content."""
        return await self.command(str(self.file(content)), *words)

    async def command(self, *words: str, given: bytes = b"") -> Result:
        """`sparekey accounts import` with these words, `given` on its standard input."""
        app = commands.app(self._on_sealed, self.company.clock)
        line = ("import", *words, "--brand", self.company.brand.slug)
        environment = {"COLUMNS": "300"}
        return await asyncio.to_thread(
            lambda: CliRunner().invoke(app, line, input=given, env=environment)
        )

    async def faults(self, content: str | bytes, *words: str) -> list[tuple[str, str, str]]:
        """Line, column and code of everything that is wrong with a file."""
        report = self.directory / "errors.csv"
        report.unlink(missing_ok=True)
        result = await self.run(content, "--errors", str(report), *words)
        assert result.exit_code in {0, 1}, result.output
        with report.open(newline="", encoding="utf-8") as file:
            return [(row["line"], row["column"], row["code"]) for row in csv.DictReader(file)]

    def _on_sealed(self, work: Work) -> None:
        asyncio.run(self._opened(work))

    async def _opened(self, work: Work) -> None:
        db = await Db.connect(self.database_url, size=2)
        try:
            await work(db, self.company.keyring)
        finally:
            await db.close()


def sheet(rows: Iterable[Mapping[str, str]]) -> str:
    """Rows as a file; the first one says which columns there are."""
    told = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(told[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(told)
    return text.getvalue()


def people(number: int, *, first: int = 0) -> Iterable[dict[str, str]]:
    """Rows of people who have a username and a proven mailbox."""
    for nth in range(first, first + number):
        yield {
            "account": f"c-{nth}",
            "username": f"user{nth}",
            "email": f"user{nth}@mail.example",
            "email_verified": "true",
        }
