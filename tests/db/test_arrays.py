"""Arrays of constants as text."""

import pytest

from sparekey.db import Db, array
from sparekey.guard import Allowance

_BACK = "SELECT $1::text::bigint[], $2::text::text[]"


async def test_postgresql_reads_back_what_was_written(db: Db):
    numbers, words = (-1, 0, 9_000_000_000, Allowance.AGENT), ("block", "stop_1")

    some = await db.fetchrow(_BACK, array(numbers), array(words))
    none = await db.fetchrow(_BACK, array(()), array(()))

    assert tuple(some) == (list(numbers), list(words))
    assert tuple(none) == ([], [])


@pytest.mark.parametrize("word", ["", "a,b", 'a"b', "{a}", "a b", "a\\", "ä", "NULL", "null"])
def test_what_would_need_quotes_is_refused(word: str):
    with pytest.raises(ValueError, match="without quotes"):
        array((word,))
