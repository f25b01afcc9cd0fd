"""pgbench: what PostgreSQL does with the same function calls when nothing stands in front of it."""

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sparekey.db import Db

_RATE = re.compile(r"^tps = ([0-9.]+) ", re.MULTILINE)
_DONE = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)


class RivalFailed(Exception):
    """pgbench did not come to its end; the text is its own."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one run came to."""

    per_s: float
    calls: int


async def session_of(db: Db) -> str:
    """What the product's own connections set, as PGOPTIONS."""
    rows = await db.fetch(
        "SELECT name, setting FROM pg_settings WHERE source = 'client' AND name <> ALL ($1)",
        ["application_name", "client_encoding"],
    )
    return " ".join(f"-c {name}={setting}" for name, setting in rows)


@dataclass(frozen=True, slots=True)
class Pgbench:
    """pgbench of the cluster's own version, on the same unix socket as the server and with the
    settings of the server's own sessions."""

    binaries: Path
    dsn: str
    scripts: Path
    session: str

    async def run(
        self, name: str, script: str, *, seconds: int, connections: int, given: Mapping[str, int]
    ) -> Rate:
        """Run a script for some seconds."""
        path = self.scripts / f"{name}.sql"
        path.write_text(script)
        url = urlsplit(self.dsn)
        query = parse_qs(url.query)
        arguments = ["-h", query["host"][0], "-p", query["port"][0], "-U", url.username or ""]
        arguments += ["-n", "-M", "prepared", "-T", str(seconds), "-c", str(connections)]
        arguments += [f"-D{name}={value}" for name, value in given.items()]
        process = await asyncio.create_subprocess_exec(
            str(self.binaries / "pgbench"),
            *arguments,
            "-f",
            str(path),
            url.path.lstrip("/"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PGOPTIONS": self.session},
        )
        out, err = await process.communicate()
        rate, done = _RATE.search(out.decode()), _DONE.search(out.decode())
        if process.returncode or rate is None or done is None:
            raise RivalFailed(err.decode()[-2000:])
        return Rate(float(rate.group(1)), int(done.group(1)))
