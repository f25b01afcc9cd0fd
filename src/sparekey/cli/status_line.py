"""How far a message has come, on one line: live on a terminal, a line a step elsewhere."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.text import Text

_ARROW = " → "


@dataclass(slots=True)
class StatusLine:
    """The steps so far, each with the seconds at which it was seen."""

    console: Console
    began: float = field(default_factory=time.monotonic)
    steps: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    _live: Live | None = None

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began

    def show(self, step: str) -> None:
        """A step, if it is a new one; the time goes on, on a terminal."""
        if not self.steps or self.steps[-1][0] != step:
            self.steps.append((step, self.seconds))
            if self._live is None:
                self.console.print(f"{self.seconds:6.1f} s  {step}", markup=False)
        if self._live is not None:
            self._live.update(self._line(with_clock=True), refresh=True)

    @contextmanager
    def shown(self) -> Generator["StatusLine"]:
        """Keeps the line up to date while the block runs; it stays as it was at the end."""
        if not self.console.is_terminal:
            yield self
            return
        with Live(console=self.console, auto_refresh=False) as live:
            self._live = live
            try:
                yield self
            finally:
                live.update(self._line(with_clock=False), refresh=True)
                self._live = None

    def _line(self, *, with_clock: bool) -> Text:
        steps = _ARROW.join(f"{step} {seconds:.1f} s" for step, seconds in self.steps)
        return Text(f"{steps}{_ARROW}… {self.seconds:.1f} s" if with_clock else steps)
