"""Waiting for something to become true, with a deadline, instead of sleeping for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(condition: Callable[[], Found | None], *, within: float) -> Found:
    """The first true answer of `condition`; AssertionError when none came in time."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {getattr(condition, '__name__', '?')}")
        time.sleep(0.01)
