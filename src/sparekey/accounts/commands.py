"""`sparekey accounts`: bring a company's accounts over from a file."""

import csv
import os
import sys
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import FileIO, StringIO
from itertools import dropwhile
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich import print as show
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from sparekey import brands
from sparekey.accounts.service import sheets
from sparekey.accounts.service.importing import Fault
from sparekey.accounts.sheet import Columns, UnusableSheet, lines, read_columns
from sparekey.db import Db, is_passing
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring

OnSealed = Callable[[Callable[[Db, Keyring], Coroutine[Any, Any, None]]], None]

File = Annotated[str, typer.Argument(help="A CSV file in UTF-8; - reads standard input.")]
Slug = Annotated[str, typer.Option("--brand", help="The slug of their brand.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check every line and write nothing.")]
Errors = Annotated[
    Path | None, typer.Option(help="A CSV file for what is wrong: line, column, code, advice.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where this very file was stopped.")]
From = Annotated[int, typer.Option("--from", min=1, help="Leave out the lines before this one.")]
BatchLines = Annotated[int, typer.Option("--batch", min=1, max=10_000, help="Lines a commit.")]

#: How many faults are shown where no file takes them.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for on the command line."""

    file: str
    slug: str
    is_rehearsal: bool
    errors: Path | None
    is_resumed: bool
    from_line: int
    batch_lines: int


def app(on_sealed: OnSealed, clock: Clock) -> typer.Typer:
    """The commands; `on_sealed` does their work, with the database and keyring that it opens."""
    commands = typer.Typer(help="The accounts of a brand.")

    @commands.callback()
    def about() -> None:
        """The accounts of a brand."""

    @commands.command("import")
    def import_(
        file: File,
        brand: Slug,
        dry_run: DryRun = False,
        errors: Errors = None,
        resume: Resume = False,
        from_line: From = 1,
        batch: BatchLines = 2000,
    ) -> None:
        """Add the accounts of a file. Those that are there stay as they are."""
        wish = _Wish(file, brand, dry_run, errors, resume, from_line, batch)
        if resume and (file == "-" or dry_run):
            raise _failed("--resume goes on with the import of a file, not with a dry run or -.")
        on_sealed(partial(_import, clock=clock, wish=wish))

    return commands


async def _import(db: Db, keyring: Keyring, clock: Clock, wish: _Wish) -> None:
    brand = await brands.find(db, wish.slug)
    if brand is None:
        raise _failed(f"There is no brand {wish.slug}; sparekey brands list shows them.")
    with _opened(wish.file) as file, _reporting(wish) as report, _progress(file) as moved:
        position = None if wish.file == "-" else sheets.position_key(keyring, brand, file)
        first = await _first_line(db, position, wish)
        columns = _columns(file)
        journey = sheets.Journey(
            db=db,
            keyring=keyring,
            brand=brand,
            clock=clock,
            columns=columns,
            lines=dropwhile(lambda line: line.number < first, lines(file)),
            batch_lines=wish.batch_lines,
            heard=report.hear,
            moved=moved,
            position=position,
        )
        totals = await _travel(journey, wish)
    _tell(totals, report, wish)


async def _first_line(db: Db, position: bytes | None, wish: _Wish) -> int:
    if not wish.is_resumed or position is None:
        return wish.from_line
    first = await sheets.position_of(db, position) + 1
    show(f"Going on at line {first}.")
    return first


async def _travel(journey: sheets.Journey, wish: _Wish) -> sheets.Totals:
    try:
        return await (journey.rehearse() if wish.is_rehearsal else journey.carry_out())
    except Exception as error:
        if not is_passing(error):
            raise
        again = "" if wish.file == "-" else " with --resume"
        raise _failed(f"The database went away. Run this again{again} once it is back.") from error


def _columns(file: BinaryIO) -> Columns:
    try:
        columns = read_columns(file)
    except UnusableSheet as refusal:
        raise _failed(str(refusal)) from None
    if columns.proves_nothing:
        show("[yellow]No column says which addresses are proven, so none will be: add[/yellow]")
        show("[yellow]email_verified or phone_verified, or nobody can recover by them.[/yellow]")
    return columns


@contextmanager
def _opened(name: str) -> Generator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115  # closed below
    except OSError as error:
        raise _failed(f"{name} cannot be read: {error.strerror}.") from None
    with file:
        yield file


# --- what is wrong, for the one who has to put it right ----------------------------------------


@dataclass(slots=True)
class _Report:
    """Keeps faults in a file, or the first of them for the screen."""

    file: FileIO | None
    shown: list[Fault] = field(default_factory=list[Fault])

    def hear(self, faults: Sequence[Fault]) -> None:
        """What is heard is on its way to the disk before its lines count as done."""
        if self.file is None:
            self.shown += faults[: _SHOWN - len(self.shown)]
        elif faults:
            self.write((one.line, one.column, one.code, one.advice) for one in faults)

    def write(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Add lines to the file, not to a buffer that would still want to be written later."""
        assert self.file is not None
        text = StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        try:
            self.file.write(text.getvalue().encode())
        except OSError as error:
            raise _failed(f"{self.file.name} cannot be written: {error.strerror}.") from None


@contextmanager
def _reporting(wish: _Wish) -> Generator[_Report]:
    if wish.errors is None:
        yield _Report(None)
        return
    if wish.errors.exists() and Path(wish.file).exists() and wish.errors.samefile(wish.file):
        raise _failed("Name another file for the errors: this one holds the accounts.")
    try:
        file = FileIO(wish.errors, "a" if wish.is_resumed else "w")
    except OSError as error:
        raise _failed(f"{wish.errors} cannot be written: {error.strerror}.") from None
    with file:
        report = _Report(file)
        if not file.tell():
            report.write([("line", "column", "code", "advice")])
        yield report


def _tell(totals: sheets.Totals, report: _Report, wish: _Wish) -> None:
    for fault in sorted(report.shown, key=lambda one: one.line):
        at = f"line {fault.line}" + (f", {fault.column}" if fault.column else "")
        show(escape(f"{at}: {fault.advice} ({fault.code})"))
    unshown = totals.faults + totals.notes - len(report.shown)
    if wish.errors is not None and unshown:
        show(f"What is wrong with {unshown:,} lines stands in {escape(str(wish.errors))}.")
    elif unshown:
        show(f"And {unshown:,} more; --errors FILE keeps them all.")
    done = "Nothing was written. It would add" if wish.is_rehearsal else "Added"
    show(
        f"{done} {totals.added:,} accounts; {totals.there:,} were there already; "
        f"{totals.faults:,} lines cannot be taken."
    )
    if totals.faults:
        raise typer.Exit(1)


# --- how far it has come -----------------------------------------------------------------------


@contextmanager
def _progress(file: BinaryIO) -> Generator[Callable[[int], None]]:
    """A bar on the terminal, none elsewhere; to be told how many lines more are done."""
    columns = (
        TextColumn("{task.fields[lines]:,} lines"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    is_terminal = sys.stderr.isatty()
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not is_terminal, transient=True) as bar:
        size = None if file is sys.stdin.buffer else os.fstat(file.fileno()).st_size
        task = bar.add_task("", total=size, lines=0)
        done = 0

        def moved(more: int) -> None:
            nonlocal done
            done += more
            bar.update(task, lines=done, completed=file.tell() if size else 0)

        yield moved


def _failed(sentence: str) -> typer.Exit:
    show(f"[red]{escape(sentence)}[/red]")
    return typer.Exit(1)
