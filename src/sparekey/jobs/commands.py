"""`sparekey jobs`: the work that was given up, and trying it anew."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey import jobs
from sparekey.db import Db
from sparekey.kit import ids
from sparekey.kit.clock import Clock

OnDb = Callable[[Callable[[Db], Coroutine[Any, Any, None]]], None]

Id = Annotated[str, typer.Argument(help="The job_… of the list.")]


def app(on_db: OnDb, clock: Clock) -> typer.Typer:
    """The commands; `on_db` does their work, on the database that it opens."""
    commands = typer.Typer(help="Work that was given up.")

    @commands.command("parked")
    def parked() -> None:  # pyright: ignore[reportUnusedFunction]
        """List the latest hundred: how often each was tried, and by what it failed last."""
        on_db(_parked)

    @commands.command("retry")
    def retry(id: Id) -> None:  # pyright: ignore[reportUnusedFunction]
        """Have one tried anew, once its cause is mended."""
        on_db(lambda db: _retry(db, id, clock))

    return commands


async def _parked(db: Db) -> None:
    table = Table("job", "kind", "tries", "failed by")
    for job in await jobs.parked(db):
        code = job.last_error_code or "the process ended each time"
        table.add_row(ids.show("job", job.id), job.kind, str(job.attempts), escape(code))
    show(table)


async def _retry(db: Db, id: str, clock: Clock) -> None:
    if not await jobs.revive(db, ids.parse("job", id) or UUID(int=0), at=clock()):
        show(f"[red]No job {escape(id)} was given up; sparekey jobs parked shows them.[/red]")
        raise typer.Exit(1)
    show(f"{escape(id)} is tried anew.")
