"""Time as a parameter: a clock is anything that, called, gives an aware UTC datetime."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Called for the present moment; tests pass one they can move."""

    def __call__(self) -> datetime: ...


class SystemClock:
    """This machine's clock, corrected by its measured offset to the database's clock."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset
