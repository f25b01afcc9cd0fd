"""One thing that was looked at for whoever runs this, and how a terminal shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` says what to do, None that all is well.

    Nobody could look when `was_checked` is false: what stands there may be right or wrong.
    """

    about: str
    advice: str | None = None
    was_checked: bool = True


def show(finding: Finding) -> None:
    """Print it on one line, however long: records are copied from it."""
    from rich import get_console
    from rich.markup import escape

    mark = "[green]ok[/green]  " if finding.was_checked else "[yellow]not checked[/yellow]"
    if finding.advice is not None:
        mark = "[red]look[/red]"
    text = f"{finding.about}: {finding.advice}" if finding.advice else finding.about
    get_console().print(f"{mark} {escape(text)}", soft_wrap=True, highlight=False)
