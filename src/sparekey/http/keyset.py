"""Pages of a list: `{data, next}`, where `next` continues after the last id that was shown.

A cursor is an id in another dress. It opens nothing (every query is bound to the caller's brand),
so it needs no MAC; it is opaque so that nobody builds on its form.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from sparekey.kit.problem import Problem

Item = TypeVar("Item")
Row = TypeVar("Row")

DEFAULT_SIZE = 20
MAX_SIZE = 100


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """One page of a list; `next` is null on the last one."""

    data: list[Item]
    next: str | None


def page(
    rows: Sequence[Row], size: int, *, show: Callable[[Row], Item], id_of: Callable[[Row], UUID]
) -> Page[Item]:
    """A page of `size` rows; `rows` holds one more when another page follows."""
    shown = rows[:size]
    more = len(rows) > size
    return Page([show(row) for row in shown], write_cursor(id_of(shown[-1])) if more else None)


def write_cursor(last: UUID) -> str:
    """The cursor that continues after `last`."""
    return urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def read_cursor(text: str | None) -> UUID | None:
    """The id to continue after; None starts from the beginning; Problem 400 for anything else."""
    if text is None:
        return None
    try:
        last = UUID(bytes=urlsafe_b64decode(text.encode("ascii") + b"=="))
    except (ValueError, NotBase64):
        raise _unusable("after", "`after` is not a cursor of this list.") from None
    if write_cursor(last) != text:
        raise _unusable("after", "`after` is not a cursor of this list.")
    return last


def read_size(text: str | None) -> int:
    """How many rows a page shall have: 20 unless told, 100 at most; Problem 400 otherwise."""
    if text is None:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_SIZE):
        raise _unusable("limit", f"`limit` is a number from 1 to {MAX_SIZE}.")
    return int(text)


def _unusable(field: str, detail: str) -> Problem:
    return Problem("request.invalid_field", 400, detail, extra={"field": field})
