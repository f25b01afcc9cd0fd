"""How every command begins and ends: settings read or refused, logs, one event loop, one line."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from sparekey.settings import Settings, read

if TYPE_CHECKING:
    from sparekey.db import Db
    from sparekey.kit.keyring import Keyring

_Result = TypeVar("_Result")


def read_settings() -> Settings:
    """The settings of the environment; ends the process with a sentence for each bad one."""
    from sparekey.settings import BadSetting

    try:
        return read(os.environ)
    except BadSetting as refusal:
        raise SystemExit(str(refusal)) from None


def on_db(work: "Callable[[Db], Coroutine[Any, Any, None]]") -> None:
    """Do the work of a package's command on the database of the settings."""
    from sparekey.opening import open_house

    async def opened(settings: Settings) -> None:
        async with open_house(settings) as house:
            await work(house.db)

    run(opened(read_settings()))


def on_sealed(work: "Callable[[Db, Keyring], Coroutine[Any, Any, None]]") -> None:
    """As `on_db`, for a command that seals or reads what is sealed."""
    from sparekey.opening import open_house

    async def opened(settings: Settings) -> None:
        async with open_house(settings) as house:
            await work(house.db, house.keyring)

    run(opened(read_settings()))


def base_url() -> str:
    """Where this deployment answers, as its settings say."""
    from sparekey.opening import base_url as answers_at

    return answers_at(read_settings())


async def migrate(settings: Settings) -> None:
    """Apply what is missing, to the operator's own server too."""
    from sparekey.opening import open_house

    async with open_house(settings, migrating=True):
        typer.echo("The database is ready.")


def run(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run to its end; what cannot start says so in one line."""
    import uvloop

    from sparekey.db import SchemaMismatch, WrongKeyring
    from sparekey.db.embedded import EmbeddedFailure
    from sparekey.opening import CannotStart

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main)
    except (CannotStart, EmbeddedFailure, SchemaMismatch, WrongKeyring) as refusal:
        raise SystemExit(str(refusal)) from None
