"""A small cache that forgets: bounded in number and in time, for what hot routes read again."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Holds at most `size` values for `seconds` each; the oldest goes first.

    Time is a number of seconds passed in, so that expiry is tested without waiting.
    """

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._kept: dict[Key, tuple[float, Value]] = {}

    def get(self, key: Key, now: float) -> Value | None:
        """The value, unless it is absent or older than it may be."""
        found = self._kept.get(key)
        if found is None:
            return None
        if not 0 <= now - found[0] < self._seconds:
            del self._kept[key]
            return None
        return found[1]

    def put(self, key: Key, value: Value, now: float) -> None:
        """Keep a value from now on."""
        self._kept.pop(key, None)
        while len(self._kept) >= self._size:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (now, value)

    def forget(self, key: Key) -> None:
        """Drop a value at once."""
        self._kept.pop(key, None)

    def __len__(self) -> int:
        return len(self._kept)
