"""A terminal in front of one package's commands, on the test's own database."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import typer
from typer.testing import CliRunner, Result

from sparekey.db import Db


def opener(database_url: str) -> Callable[[], AbstractAsyncContextManager[Db]]:
    """What a command opens its database with."""

    @asynccontextmanager
    async def open_db() -> AsyncGenerator[Db]:
        db = await Db.connect(database_url, size=1)
        yield db
        await db.close()

    return open_db


class Terminal:
    """Runs commands and shows what they printed."""

    def __init__(self, app: typer.Typer) -> None:
        self._app = app

    def run(self, *words: str) -> Result:
        """Run one command line."""
        return CliRunner().invoke(self._app, words, env={"COLUMNS": "200"})
