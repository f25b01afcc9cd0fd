"""A worker in a process of its own that begins one job and never ends it."""

import asyncio
import sys

from sparekey import jobs
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.world.basics import MovableClock


@jobs.handles("library.remind")
async def hang(context: jobs.Context, payload: jobs.Payload) -> None:
    print("at work", flush=True)
    await asyncio.Event().wait()


async def main() -> None:
    db = await Db.connect(sys.argv[1], size=2)
    await jobs.runner(db, Keyring.generate(), MovableClock()).run()


asyncio.run(main())
