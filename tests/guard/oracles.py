"""Counting as anybody would write it down, to hold the SQL against: lists, sums, no cleverness.

Times are whole microseconds.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

Rules = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Bucket:
    """A rate: it holds `burst` tokens and gets one back each `every`."""

    every: int
    burst: int
    _empty_at: dict[object, int] = field(default_factory=dict[object, int])

    def take(self, key: object, at: int) -> bool:
        """Take a token if there is one."""
        empty_at = max(self._empty_at.get(key, at), at) + self.every
        if empty_at > at + self.every * self.burst:
            return False
        self._empty_at[key] = empty_at
        return True


@dataclass(slots=True)
class Uses:
    """Caps: every use is kept, and all are counted again whenever somebody asks."""

    _at: dict[object, list[int]] = field(default_factory=lambda: defaultdict(list[int]))

    def take(self, caps: Sequence[tuple[object, Rules]], at: int) -> int:
        """Count a use against every cap, or none; which one was full (from 1), or 0."""
        for place, (key, rules) in enumerate(caps, start=1):
            for most, seconds in rules:
                if sum(use > at - seconds * 1_000_000 for use in self._at[key]) >= most:
                    return place
        for key, _ in caps:
            self._at[key].append(at)
        return 0


@dataclass(slots=True)
class Holds:
    """Holds by the slot they end in; less than nothing is never held."""

    _units: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, slot: int, units: int) -> None:
        """Hold more, or less."""
        self._units[slot] = max(0, self._units[slot] + units)

    def held(self, now: int) -> int:
        """What has not ended."""
        return sum(units for slot, units in self._units.items() if slot >= now)
