"""`sparekey flows …`, as far as it takes the keyring or starts anybody."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import print as show
from rich.markup import escape

from sparekey import brands
from sparekey.db import Db
from sparekey.kit.clock import Clock
from sparekey.kit.ids import show as show_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.nodes.calling import signing_key
from sparekey.nodes.service import audiences

OnSealed = Callable[[Callable[[Db, Keyring], Coroutine[Any, Any, None]]], None]

Slug = Annotated[str, typer.Argument(help="The slug of the brand.")]
Brand = Annotated[str, typer.Option(help="The slug of the brand.")]
File = Annotated[Path | None, typer.Option(help="Your own account ids, one a line.")]


def app(on_sealed: OnSealed, clock: Clock) -> typer.Typer:
    """The commands; `on_sealed` does their work, on the database that it opens."""
    commands = typer.Typer()

    @commands.command("signing-key")
    def key(brand: Slug) -> None:  # pyright: ignore[reportUnusedFunction]
        """Show what your system checks the questions of webhook nodes with; keep it secret."""
        on_sealed(lambda db, keyring: _show_key(db, keyring, brand))

    @commands.command("start")
    def start(  # pyright: ignore[reportUnusedFunction]
        name: Annotated[str, typer.Argument(help="The flow.")],
        brand: Brand,
        file: File = None,
        count: Annotated[bool, typer.Option("--count", help="Count, and start nobody.")] = False,
    ) -> None:
        """Start a flow for many: those of its filter, or of a file."""
        on_sealed(lambda db, _: _start(db, brand, name, file, is_counting=count, clock=clock))

    return commands


async def _show_key(db: Db, keyring: Keyring, slug: str) -> None:
    brand = await _brand(db, slug)
    typer.echo(signing_key(keyring, brand.id))


async def _start(
    db: Db, slug: str, name: str, file: Path | None, *, is_counting: bool, clock: Clock
) -> None:
    brand = await _brand(db, slug)
    try:
        # The list is read line by line: it may be longer than memory.
        with nullcontext() if file is None else file.open(encoding="utf-8") as lines:
            refs = None if lines is None else _refs(lines)
            if is_counting:
                found = await audiences.preview(db, brand, name, refs)
                unknown = f", {found.unknown} of the file unknown" if found.unknown else ""
                show(
                    f"{found.accounts} accounts{unknown}; {found.per_hour} an hour take "
                    f"{found.seconds} s."
                )
                return
            made = await audiences.begin_for_many(db, brand, name, refs, at=clock())
    except Problem as refusal:
        raise _fail(refusal.detail) from None
    except OSError as error:
        raise _fail(f"{file}: {error.strerror}") from None
    show(f"{show_id('audience', made.id)}: {made.expected} to start, {made.per_hour} an hour.")


def _refs(lines: Iterator[str]) -> Iterator[str]:
    return (ref for line in lines if (ref := line.strip()))


async def _brand(db: Db, slug: str) -> brands.Brand:
    found = await brands.find(db, slug)
    if found is None:
        raise _fail(f"There is no brand {slug}; sparekey brands list shows them.")
    return found


def _fail(words: str) -> typer.Exit:
    show(f"[red]{escape(words)}[/red]")
    return typer.Exit(1)
