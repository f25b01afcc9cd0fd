"""`sparekey flows`: flows in files, looked at, tried and published; stuck runs helped on."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey import brands, flows
from sparekey.db import Db
from sparekey.flows import ready
from sparekey.flows.model import Finding
from sparekey.flows.page import reference
from sparekey.flows.service.cases import kept
from sparekey.flows.service.publishing import version_numbers, versions
from sparekey.kit import ids
from sparekey.kit.clock import Clock
from sparekey.kit.problem import Problem

OnDb = Callable[[Callable[[Db], Coroutine[Any, Any, None]]], None]

Brand = Annotated[str, typer.Option(help="The brand's slug.")]
MaybeBrand = Annotated[
    str | None, typer.Option(help="Whose flow; else a file or a ready-made one.")
]
Name = Annotated[str, typer.Argument(help="The flow's name.")]
Which = Annotated[str, typer.Argument(help="A file, a ready-made flow, or with --brand its flow.")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads it later.")]

Run = Annotated[str, typer.Argument(help="The run_… of the list.")]
Exit = Annotated[str, typer.Argument(help="One of its node's exits.")]

Share = Annotated[int | None, typer.Option(help="Of a hundred who start.", min=1, max=99)]


def app(on_db: OnDb, clock: Clock) -> typer.Typer:
    """The commands; `on_db` does their work, on the database that it opens."""
    commands = typer.Typer(help="What happens next, as people drew it.")
    _reading(commands, on_db)
    _looking(commands, on_db)
    _writing(commands, on_db, clock)
    _deciding(commands, on_db, clock)
    return commands


def _reading(commands: typer.Typer, on_db: OnDb) -> None:
    @commands.command("list")
    def listed(brand: MaybeBrand = None) -> None:  # pyright: ignore[reportUnusedFunction]
        """The flows of a brand; without one, those that are ready-made."""
        if brand is None:
            for name in ready.names():
                show(f"{name}: {escape(ready.document(name).title)}")
        else:
            on_db(lambda db: _list(db, brand))

    @commands.command("nodes")
    def nodes() -> None:  # pyright: ignore[reportUnusedFunction]
        """Describe every kind of node, as docs/reference/nodes.md does."""
        typer.echo(reference(), nl=False)

    @commands.command("show")
    def shown(name: Which, brand: MaybeBrand = None) -> None:  # pyright: ignore[reportUnusedFunction]
        """A flow's nodes and where their exits lead."""
        _with(on_db, name, brand, _show)

    @commands.command("export")
    def export(  # pyright: ignore[reportUnusedFunction]
        name: Which, brand: MaybeBrand = None
    ) -> None:
        """The document, as it is kept in a file: no secret is in it."""
        _with(on_db, name, brand, lambda found: typer.echo(flows.encode(found).decode()))

    @commands.command("diff")
    def diff(name: Name, brand: Brand) -> None:  # pyright: ignore[reportUnusedFunction]
        """What the draft changes in what is live."""
        on_db(lambda db: _diff(db, brand, name))


def _looking(commands: typer.Typer, on_db: OnDb) -> None:
    @commands.command("validate")
    def validate(  # pyright: ignore[reportUnusedFunction]
        name: Which, brand: MaybeBrand = None
    ) -> None:
        """Everything that is wrong with a flow; fails when it could not be published."""
        _with(on_db, name, brand, lambda found: _tell(flows.check(found).findings))

    @commands.command("try")
    def tried(  # pyright: ignore[reportUnusedFunction]
        name: Which,
        brand: MaybeBrand = None,
        script: Annotated[Path | None, typer.Option(help="What is done in it, as JSON.")] = None,
        fault: Annotated[list[flows.Fault] | None, typer.Option(help="What goes wrong.")] = None,
    ) -> None:
        """Play it on a virtual clock and print the conversation; nothing is sent."""
        told = _script(name, script)
        faults = [*told.faults, *(fault or [])]
        played = msgspec.structs.replace(told, faults=faults)
        _with(on_db, name, brand, lambda found: _play(found, played))


def _writing(commands: typer.Typer, on_db: OnDb, clock: Clock) -> None:
    @commands.command("import")
    def imported(  # pyright: ignore[reportUnusedFunction]
        name: Which, brand: Brand
    ) -> None:
        """Make this document the draft; nothing goes live by it."""
        document = _read(name)
        on_db(lambda db: _keep(db, brand, document, clock))

    @commands.command("publish")
    def publish(  # pyright: ignore[reportUnusedFunction]
        name: Name,
        brand: Brand,
        reason: Reason,
        share: Annotated[
            int | None, typer.Option(help="Of a hundred who start.", min=1, max=99)
        ] = None,
    ) -> None:
        """Check the draft, play its kept tries, and let people start it."""
        on_db(lambda db: _publish(db, brand, name, flows.Wish(reason=reason, share=share), clock))


def _deciding(commands: typer.Typer, on_db: OnDb, clock: Clock) -> None:
    @commands.command("stuck")
    def stuck(brand: Brand) -> None:  # pyright: ignore[reportUnusedFunction]
        """List the runs that cannot go on by themselves, where they stand, and why."""
        on_db(lambda db: _stuck(db, brand))

    @commands.command("retry")
    def retry(run: Run, brand: Brand) -> None:  # pyright: ignore[reportUnusedFunction]
        """Let a stuck run try again where it stands, once its cause is mended."""
        on_db(lambda db: _retry(db, brand, run, clock))

    @commands.command("skip")
    def skip(run: Run, exit: Exit, brand: Brand) -> None:  # pyright: ignore[reportUnusedFunction]
        """Let a stuck run leave its node by an exit; never by the one behind a proof."""
        on_db(lambda db: _skip(db, brand, run, exit, clock))


def _with(on_db: OnDb, name: str, brand: str | None, use: Callable[[flows.Document], None]) -> None:
    """Use the document of a file or a ready-made flow, or the draft of a brand's flow."""
    if brand is None:
        use(_read(name))
        return

    async def read(db: Db) -> None:
        async with _refusals():
            row = await flows.find(db, await _brand_id(db, brand), name)
            use(flows.read_document(row.draft))

    on_db(read)


def _read(which: str) -> flows.Document:
    path = Path(which)
    try:
        if path.suffix == ".json":
            return flows.read_document(path.read_bytes())
        return ready.document(which)
    except FileNotFoundError:
        raise _fail(f"There is no file and no ready-made flow {which}.") from None
    except Problem as refusal:
        raise _fail(refusal.detail) from None


def _script(name: str, path: Path | None) -> flows.Script:
    if path is not None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=flows.Script)
        except (OSError, msgspec.DecodeError) as error:
            raise _fail(f"{path}: {error}") from None
    return ready.script(name) if name in ready.names() else flows.Script()


def _show(document: flows.Document) -> None:
    table = Table("node", "kind", "exits", title=escape(document.title))
    for placed in document.nodes:
        exits = ", ".join(f"{name} -> {target}" for name, target in placed.exits.items())
        table.add_row(placed.id, placed.kind, exits)
    show(table)


def _tell(findings: Iterable[Finding]) -> None:
    found = list(findings)
    errors = sum(one.severity == "error" for one in found)
    for one in found:
        where = f"{one.node}: " if one.node else ""
        show(f"{one.severity} [bold]{escape(where)}[/bold]{escape(one.message)} ({one.code})")
    show(f"{errors} errors, {len(found) - errors} warnings.")
    if errors:
        raise typer.Exit(1)


def _play(document: flows.Document, script: flows.Script) -> None:
    _refuse_broken(document)
    played = flows.play(flows.read(document)[0], script)
    show(f"[bold]{escape(document.title)}[/bold]")
    show(escape(document.about))
    show("[dim]A try: the people and the clock are played, nothing is sent.[/dim]\n")
    told = Table.grid(padding=(0, 2))
    for line in played.lines:
        told.add_row(_clock(line.seconds), escape(line.who), escape(line.what))
    show(told)
    path = " -> ".join(f"{one.node} ({one.exit})" for one in played.path)
    end = played.outcome or played.stuck or f"still at {played.stands_at}"
    summed = Table.grid(padding=(0, 2))
    summed.add_row("way", escape(path))
    summed.add_row("end", f"{escape(end)}, after {_clock(played.seconds)}")
    show("", summed)
    if not script.faults:
        faults = ", ".join(flows.Fault)
        show(f"\nSee what happens when something goes wrong: --fault with {faults}.")
    if played.stuck:
        raise typer.Exit(1)


def _clock(seconds: float) -> str:
    """`1:30` is a minute and a half; days are said."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    said = f"{hours}:{minutes:02d}:{rest:02d}" if hours or days else f"{minutes}:{rest:02d}"
    return f"{days} d {said}" if days else said


def _refuse_broken(document: flows.Document) -> None:
    errors = flows.check(document).errors
    if errors:
        _tell(errors)


async def _list(db: Db, slug: str) -> None:
    rows = await flows.listed(db, await _brand_id(db, slug))
    numbers = await version_numbers(db, rows)
    table = Table("flow", "draft", "live", "on trial", "changed")
    for row in rows:
        trial = numbers.get(row.trial_version or 0)
        table.add_row(
            row.name,
            str(row.revision),
            str(numbers.get(row.live_version or 0, "")),
            f"{trial} for {row.trial_share} %" if trial else "",
            row.changed_at.strftime("%Y-%m-%d %H:%M"),
        )
    show(table)


async def _diff(db: Db, slug: str, name: str) -> None:
    async with _refusals():
        row = await flows.find(db, await _brand_id(db, slug), name)
    live = [one for one in await versions(db, row) if one.id == row.live_version]
    if not live:
        raise _fail("Nothing of it is live yet.")
    before, after = flows.read_document(live[0].document), flows.read_document(row.draft)
    for one in flows.compare(before, after):
        place = f"{one.node or 'the flow'}, {one.field}"
        show(f"{escape(place)}: {escape(str(one.before))} -> {escape(str(one.after))}")


async def _keep(db: Db, slug: str, document: flows.Document, clock: Clock) -> None:
    brand_id = await _brand_id(db, slug)
    known = {row.name: row.revision for row in await flows.listed(db, brand_id)}
    async with _refusals():
        if document.name in known:
            row = await flows.change(
                db, brand_id, document, revision=known[document.name], by=None, at=clock()
            )
        else:
            row = await flows.create(db, brand_id, document, by=None, at=clock())
    show(f"Kept as draft {row.revision} of {row.name}; sparekey flows publish makes it live.")


async def _publish(db: Db, slug: str, name: str, wish: flows.Wish, clock: Clock) -> None:
    brand_id = await _brand_id(db, slug)
    async with _refusals():
        row = await flows.find(db, brand_id, name)
        made = await flows.publish(db, brand_id, name, wish, by=None, at=clock())
    cases = len(await kept(db, row))
    to = f"{wish.share} % of those who start" if wish.share else "everybody who starts"
    show(f"Version {made.number} of {name} is live for {to}; {cases} kept tries held.")


async def _stuck(db: Db, slug: str) -> None:
    brand_id = await _brand_id(db, slug)
    table = Table("run", "flow", "node", "since", "why")
    for one in await flows.stuck(db, brand_id):
        told = await flows.tell(db, brand_id, one.id)
        since = one.parked_at.strftime("%Y-%m-%d %H:%M") if one.parked_at else ""
        table.add_row(
            ids.show("run", one.id), f"{one.flow} {one.version}", told.node, since, one.parked_for
        )
    show(table)


async def _retry(db: Db, slug: str, run: str, clock: Clock) -> None:
    brand_id = await _brand_id(db, slug)
    async with _refusals():
        await flows.retry(db, brand_id, _run_id(run), by=None, at=clock())
    show(f"{escape(run)} tries again.")


async def _skip(db: Db, slug: str, run: str, exit: str, clock: Clock) -> None:
    brand_id = await _brand_id(db, slug)
    async with _refusals():
        await flows.skip(db, brand_id, _run_id(run), exit, by=None, at=clock())
    show(f"{escape(run)} leaves its node by {escape(exit)}.")


def _run_id(run: str) -> UUID:
    return ids.parse("run", run) or UUID(int=0)


async def _brand_id(db: Db, slug: str) -> int:
    found = await brands.find(db, slug)
    if found is None:
        raise _fail(f"There is no brand {slug}; sparekey brands list shows them.")
    return found.id


@asynccontextmanager
async def _refusals() -> AsyncGenerator[None]:
    """End the command with the words of a refusal, and its findings."""
    try:
        yield
    except Problem as refusal:
        found = msgspec.convert(refusal.extra.get("findings", []), list[Finding])
        for one in found:
            show(f"{escape(one.node or 'the flow')}: {escape(one.message)} ({one.code})")
        raise _fail(refusal.detail) from None


def _fail(words: str) -> typer.Exit:
    show(f"[red]{escape(words)}[/red]")
    return typer.Exit(1)
