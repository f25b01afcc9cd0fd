"""Arrays of constants for hot statements, written once.

asyncpg encodes an array element by element and asks of each whether it is an array itself: eight
small arrays took longer than the thirty other parameters of a start together. As text, for a
parameter `:name::text::integer[]`, they take nothing, and PostgreSQL reads them as fast.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"(?!null\Z)-?[A-Za-z0-9_]+", re.IGNORECASE)


@lru_cache(maxsize=4096)
def array(values: tuple[int | str, ...]) -> str:
    """`array((1, 60))` is `{1,60}`; ValueError for what is neither a number nor one plain word."""
    words = [str(value) for value in values]
    if not all(map(_WORD.fullmatch, words)):
        raise ValueError("only numbers and plain words are written without quotes")
    return "{" + ",".join(words) + "}"
