"""A terminal in front of one package's commands, on the test's own database."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import typer
from typer.testing import CliRunner, Result

from sparekey.db import Db

Work = Callable[[Db], Coroutine[Any, Any, None]]


def working_on(database_url: str) -> Callable[[Work], None]:
    """What does a command's work."""

    async def opened(work: Work) -> None:
        db = await Db.connect(database_url, size=1)
        try:
            await work(db)
        finally:
            await db.close()

    return lambda work: asyncio.run(opened(work))


class Terminal:
    """Runs commands and shows what they printed."""

    def __init__(self, app: typer.Typer) -> None:
        self._app = app

    def run(self, *words: str) -> Result:
        """Run one command line."""
        return CliRunner().invoke(self._app, words, env={"COLUMNS": "200"})
