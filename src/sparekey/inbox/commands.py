"""`sparekey inbox`: mail that came in and could not be read, and reading it again."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey import inbox
from sparekey.db import Db
from sparekey.kit import ids
from sparekey.kit.clock import Clock

OnDb = Callable[[Callable[[Db], Coroutine[Any, Any, None]]], None]

Id = Annotated[str | None, typer.Argument(help="A letter_… of the list; without it all of them.")]


def app(on_db: OnDb, clock: Clock) -> typer.Typer:
    """The commands; `on_db` does their work, on the database that it opens."""
    commands = typer.Typer(help="Mail that came in and could not be read.")

    @commands.command("aside")
    def aside() -> None:  # pyright: ignore[reportUnusedFunction]
        """List the oldest hundred: how long ago each came, and by what reading it failed."""
        on_db(lambda db: _aside(db, clock))

    @commands.command("read-again")
    def read_again(id: Id = None) -> None:  # pyright: ignore[reportUnusedFunction]
        """Read them as when they came, once the cause is mended; they are kept a week."""
        on_db(lambda db: _read_again(db, id, clock))

    return commands


async def _aside(db: Db, clock: Clock) -> None:
    table = Table("letter", "is a", "came", "failed by")
    for letter in await inbox.aside(db):
        code = letter.last_error_code or "the process ended each time"
        age = _age(clock() - letter.received_at)
        table.add_row(ids.show("letter", letter.id), letter.purpose, age, escape(code))
    show(table)


async def _read_again(db: Db, id: str | None, clock: Clock) -> None:
    letter_id = None if id is None else ids.parse("letter", id)
    is_nobodys = id is not None and letter_id is None
    count = 0 if is_nobodys else await inbox.read_again(db, letter_id, at=clock())
    if id is not None and not count:
        show(f"[red]No letter {escape(id)} lies aside; sparekey inbox aside shows them.[/red]")
        raise typer.Exit(1)
    show(f"{count} are read again.")


def _age(passed: timedelta) -> str:
    minutes = int(passed.total_seconds()) // 60
    return f"{minutes // 60} h ago" if minutes >= 60 else f"{minutes} min ago"
