"""Composition root of the command line; each command imports what it needs when it runs."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sparekey.kit.clock import SystemClock
from sparekey.settings import Settings, read

if TYPE_CHECKING:
    from sparekey.db import Db

app = typer.Typer(
    help="Lets customers get back into their own accounts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def init() -> None:
    """Make the keyring and prepare the database."""
    from sparekey.kit.keyring import Keyring

    settings = _settings()
    if settings.keyring.exists():
        typer.echo(f"The keyring is at {settings.keyring} already.")
    else:
        settings.keyring.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        Keyring.generate().save(settings.keyring)
        typer.echo(f"Made the keyring {settings.keyring}. Keep a copy apart from your backups.")
    _run(_migrate(settings))


@app.command()
def migrate() -> None:
    """Bring the database to the state that this version expects."""
    _run(_migrate(_settings()))


@app.command()
def serve(
    worker: Annotated[bool, typer.Option(help="Hand messages over in this process, too.")] = True,
) -> None:
    """Answer requests until stopped."""
    from sparekey.app import serve as serving

    settings = _settings()
    _logs(settings)
    _run(serving(settings, with_worker=worker))


@app.command()
def worker() -> None:
    """Hand messages over and do what is due, until stopped."""
    from sparekey.worker import work

    settings = _settings()
    _logs(settings)
    _run(work(settings))


@app.command()
def settings() -> None:
    """Describe every setting."""
    from sparekey.settings import document

    typer.echo(document())


async def _migrate(settings: Settings) -> None:
    from sparekey.opening import open_house

    async with open_house(settings, migrating=True):
        typer.echo("The database is ready.")


@asynccontextmanager
async def _open_db() -> "AsyncGenerator[Db]":
    from sparekey.opening import open_house

    async with open_house(_settings()) as house:
        yield house.db


def _settings() -> Settings:
    try:
        return read(os.environ)
    except ValueError as error:
        raise SystemExit(str(error)) from None


def _logs(settings: Settings) -> None:
    from sparekey import http

    http.configure_logs(settings.log_level)


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run to its end; what cannot start says so in one line."""
    import uvloop

    from sparekey.db import SchemaMismatch, WrongKeyring
    from sparekey.db.embedded import EmbeddedFailure
    from sparekey.opening import CannotStart

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main)
    except (CannotStart, EmbeddedFailure, SchemaMismatch, WrongKeyring) as refusal:
        raise SystemExit(str(refusal)) from None


def main() -> None:
    """The `sparekey` command."""
    if sys.argv[1:2] == ["brands"]:
        from sparekey.brands.commands import app as brand_commands

        app.add_typer(brand_commands(_open_db, SystemClock()), name="brands")
    if sys.argv[1:2] == ["keys"]:
        from sparekey.access.commands import app as key_commands

        app.add_typer(key_commands(_open_db, SystemClock()), name="keys")
    app()
