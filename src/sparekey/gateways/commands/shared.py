"""What the commands of gateways have in common."""

from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich import print as show
from rich.markup import escape

from sparekey import brands
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

Work = Callable[[Db, Keyring], Coroutine[Any, Any, None]]
OnSealed = Callable[[Work], None]

Slug = Annotated[str, typer.Argument(help="The brand's slug.")]
Name = Annotated[str, typer.Argument(help="The gateway's name within the brand.")]


async def brand_of(db: Db, slug: str) -> brands.Brand:
    """The brand, or the end of the command."""
    brand = await brands.find(db, slug)
    if brand is None:
        raise failed(f"There is no brand {slug}; sparekey brands list shows them.")
    return brand


@contextmanager
def saying_problems() -> Generator[None]:
    """A rule that is broken ends the command with its sentence."""
    try:
        yield
    except Problem as problem:
        raise failed(problem.detail) from problem


def failed(sentence: str) -> typer.Exit:
    """Show a sentence and end with 1."""
    show(f"[red]{escape(sentence)}[/red]")
    return typer.Exit(1)
