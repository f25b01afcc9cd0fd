"""How many accounts there are: the more of them, the longer the guard makes codes."""

from sparekey import guard
from sparekey.accounts import store
from sparekey.db import Executor


async def count(on: Executor) -> None:
    """Tell the guard how many accounts live brands have."""
    await guard.keep_count(on, accounts=await store.accounts.count_live.one(on))
