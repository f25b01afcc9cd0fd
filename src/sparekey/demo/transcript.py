"""The transcript: who did what, what was asked and answered, what arrived, what was proved.

Colours only repeat what words and signs say. Without a terminal it is plain text.
"""

import re
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.box import ROUNDED
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

_WIDEST = 96
_INDENT = 11
_ID = re.compile(r"\b(rec_|ver_|l/|m=)[\w-]+")
_SHORT = r"\1…"


class Transcript:
    """Prints as things happen; a silent one counts only."""

    def __init__(self, stream: TextIO | None = None, *, is_silent: bool = False) -> None:
        to: TextIO = stream if stream is not None else sys.stdout
        width = None if to.isatty() else _WIDEST
        if reconfigure := getattr(to, "reconfigure", None):
            reconfigure(errors="replace")  # question marks where a terminal has no Unicode
        self._console = Console(
            file=to, width=width, highlight=False, markup=False, emoji=False, quiet=is_silent
        )
        self._console.width = min(self._console.width, _WIDEST)
        self.proved = 0

    def title(self, title: str, about: str) -> None:
        """What this is."""
        self._print()
        self._print(Text(title, style="bold"))
        self._print(Text(about))
        self._print()

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and values, one a line."""
        width = max(_INDENT, *(len(name) + 4 for name, _ in rows))
        for name, value in rows:
            self._print(_beside(name, Text(value), width))

    def act(self, number: int, title: str) -> None:
        """A new act begins."""
        self._print()
        self._print(Rule(Text(f"{number}  {title}", style="bold"), align="left", style="dim"))
        self._print()

    def section(self, title: str) -> None:
        """What comes after the acts."""
        self._print()
        self._print(Rule(Text(title, style="bold"), align="left", style="dim"))
        self._print()

    def says(self, who: str, what: str) -> None:
        """What somebody does, in words."""
        self._print(_beside(who, Text(what)))

    def call(self, method: str, path: str, status: int, seconds: float) -> None:
        """One request, its status, and how long its answer took."""
        asked = f"{method} {_ID.sub(_SHORT, path)} "
        answered = f" {status} {milliseconds(seconds):>8}"
        room = self._console.width - _INDENT - len(asked) - len(answered)
        self._print(_indented(Text(f"{asked}{'.' * max(room, 3)}{answered}", style="dim")))

    def message(self, title: str, text: str, footer: str) -> None:
        """What a handset or mailbox shows."""
        bubble = Panel(
            Text(text.strip()),
            title=Text(title),
            title_align="left",
            subtitle=Text(footer),
            subtitle_align="right",
            box=ROUNDED,
            border_style="cyan",
        )
        self._print(_indented(bubble))

    def holds(self, claim: str) -> None:
        """Something was checked, and is so."""
        self.proved += 1
        self._print(_marked("✓", claim, "cyan"))

    def fails(self, claim: str) -> None:
        """Something was checked, and is not so; this is printed even when silent."""
        self._console.quiet = False
        self._print(_marked("✗", f"FAILED: {claim}", "bold red"))

    def note(self, text: str) -> None:
        """Something worth knowing beside."""
        self._print(_indented(Text(text, style="dim")))

    def line(self, text: str = "") -> None:
        """A line to copy: never wrapped, nothing in front."""
        self._console.print(Text(text), soft_wrap=True)

    def _print(self, what: RenderableType = "") -> None:
        if self._console.is_terminal:
            self._console.print(what)
            return
        with self._console.capture() as printed:
            self._console.print(what)
        lines = (line.rstrip() for line in printed.get().splitlines())
        self._console.file.write("".join(f"{line}\n" for line in lines))
        self._console.file.flush()


def milliseconds(seconds: float) -> str:
    """`1.25` as `1.25 s`, `0.0042` as `4 ms`."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _indented(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, _INDENT))


def _beside(name: str, what: Text, width: int = _INDENT) -> RenderableType:
    row = Table.grid(padding=0)
    row.add_column(width=width - 2, no_wrap=True)
    row.add_column()
    row.add_row(Text(name, style="bold"), what)
    return Padding(row, (0, 0, 0, 2))


def _marked(sign: str, claim: str, style: str) -> RenderableType:
    row = Table.grid(padding=0)
    row.add_column(width=2, no_wrap=True)
    row.add_column()
    row.add_row(Text(sign, style=style), Text(claim, style=style if sign == "✗" else ""))
    return _indented(row)
