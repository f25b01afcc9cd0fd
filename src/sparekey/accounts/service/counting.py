"""How many accounts there are: the more of them, the longer the guard makes codes."""

from sparekey import guard
from sparekey.accounts.store import counts
from sparekey.db import Executor


async def count(on: Executor) -> None:
    """Count the accounts of live brands; a sandbox's lengthen nobody's codes."""
    await guard.keep_count(on, accounts=await counts.live_accounts.one(on))
