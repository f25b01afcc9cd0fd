"""After the last kill: everybody works again until nothing is left to be done."""

import asyncio
import time
from collections.abc import Sequence

from tests.faults.findings import let_leases_run_out, open_work
from tests.world.deployment import Deployment
from tests.world.processes import Process


async def settle(deployment: Deployment, processes: Sequence[Process]) -> int:
    """Let the leases of the killed run out and finish the work; how many items they had held.

    Everybody is ended in good order before: what they still held would now be done twice.
    """
    for process in processes:
        process.stop()
    deadline = time.monotonic() + 60
    async with deployment.database() as db:
        interrupted = await let_leases_run_out(db)
        for process in processes:
            process.start()
        while waiting := await open_work(db):
            await asyncio.sleep(0.1)
            assert time.monotonic() < deadline, waiting
    return interrupted
