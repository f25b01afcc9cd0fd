"""`sparekey templates`: read every message as a customer would, and say what is wrong."""

import json
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Annotated, Any

import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey import brands, templates
from sparekey.db import Db
from sparekey.kit.clock import Clock
from sparekey.templates import Finding

OnDb = Callable[[Callable[[Db], Coroutine[Any, Any, None]]], None]
#: (template, locale, finding)
Found = tuple[str, str, Finding]

BrandSlug = Annotated[str | None, typer.Option(help="Lint this brand's own words, not ours.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object for each finding.")]

_NO_ADDRESS = "https://account.company.example"


def app(on_db: OnDb, clock: Clock) -> typer.Typer:
    """The commands; `on_db` does their work, on the database that it opens."""
    del clock  # every package's commands are given one
    commands = typer.Typer(help="The words of our messages.")

    @commands.callback()
    def words() -> None:
        """The words of our messages."""

    @commands.command("lint")
    def lint(brand: BrandSlug = None, as_json: AsJson = False) -> None:
        """Read every message with its longest values; fails when there is an error."""
        if brand is None:
            _tell(_ours(), as_json=as_json)
        else:
            on_db(partial(_lint_brand, slug=brand, as_json=as_json))

    return commands


def _ours() -> list[Found]:
    return [
        (name, locale, finding)
        for name, template in templates.registry.all().items()
        for locale, words in template.locales.items()
        for finding in templates.lint_words(template, locale, words)
    ]


async def _lint_brand(db: Db, slug: str, as_json: bool) -> None:
    brand = await brands.find(db, slug)
    if brand is None:
        show(f"[red]There is no brand {escape(slug)}; sparekey brands list shows them.[/red]")
        raise typer.Exit(1)
    own = templates.own_values(brand, _NO_ADDRESS)
    _tell(
        [
            (one.template, one.locale, finding)
            for one in await templates.newest(db, brand.id)
            if one.words is not None and one.template in templates.registry.names()
            for finding in templates.lint_words(
                templates.find(one.template),
                one.locale,
                one.words,
                allowed_hosts=(own["host"],),
                values=own,
            )
        ],
        as_json=as_json,
    )


def _tell(found: Sequence[Found], *, as_json: bool) -> None:
    errors = sum(finding.severity == "error" for _, _, finding in found)
    if as_json:
        for template, locale, finding in found:
            line = {"template": template, "locale": locale, **templates.as_words(finding)}
            typer.echo(json.dumps(line, ensure_ascii=False))
    else:
        _show(found)
        show(f"{errors} errors, {len(found) - errors} warnings.")
    if errors:
        raise typer.Exit(1)


def _show(found: Sequence[Found]) -> None:
    table = Table("template", "language", "", "rule", "what")
    for template, locale, finding in found:
        cells = (template, locale, finding.severity, finding.rule, finding.message)
        table.add_row(*map(escape, cells))
    if found:
        show(table)
