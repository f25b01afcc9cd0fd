"""A process that holds a lease, as a server, a worker or a command line would.

Reads one JSON object a line: `attach`, `query`, `write`, `release`; answers each with one line.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg

from sparekey.db.embedded import EmbeddedFailure, Lease, attach

#: What asyncpg raises when a server dies; the last when it said goodbye between two statements.
_GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Holder:
    """What this process has in its hands."""

    def __init__(self) -> None:
        self.lease: Lease | None = None
        self.tasks: list[asyncio.Task[None]] = []

    async def attach(self, directory: str, **options: Any) -> dict[str, Any]:
        began = time.perf_counter()
        if options.get("binaries"):
            options["binaries"] = Path(options["binaries"])
        try:
            self.lease = await attach(Path(directory), **options)
        except EmbeddedFailure as failure:
            return {"failure": type(failure).__name__, "text": str(failure)}
        return {
            "seconds": time.perf_counter() - began,
            "dsn": self.lease.dsn,
            "system_identifier": self.lease.system_identifier,
            "binaries": str(self.lease.binaries),
        }

    async def query(self, sql: str, *values: Any) -> dict[str, Any]:
        assert self.lease is not None
        try:
            connection = await asyncpg.connect(self.lease.dsn)
            try:
                rows = await connection.fetch(sql, *values)
            finally:
                await connection.close()
        except _GONE as error:
            return {"error": type(error).__name__}
        return {"rows": [list(row) for row in rows]}

    async def write(self, acknowledged: str, writers: int) -> dict[str, Any]:
        """Insert rows for ever; a line in `acknowledged` for each one that was committed."""
        file = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.tasks = [asyncio.create_task(self._insert(file, n)) for n in range(writers)]
        return {}

    async def _insert(self, file: int, writer: int) -> None:
        assert self.lease is not None
        number = 0
        while True:
            try:
                connection = await asyncpg.connect(self.lease.dsn)
                while True:
                    number += 1
                    key = f"{writer}-{number}"
                    await connection.execute("INSERT INTO accepted VALUES ($1)", key)
                    os.write(file, f"{key}\n".encode())
            except _GONE:
                await asyncio.sleep(0.002)

    async def release(self) -> dict[str, Any]:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.lease is not None:
            self.lease.close()
        return {}


async def main() -> None:
    holder = Holder()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        request = json.loads(line)
        answer = await getattr(holder, request["verb"])(*request["values"], **request["options"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
