"""pgbench: what PostgreSQL does with the same function calls when nothing stands in front of it."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_RATE = re.compile(r"^tps = ([0-9.]+) ", re.MULTILINE)
_DONE = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)


class RivalFailed(Exception):
    """pgbench did not come to its end; the text is its own."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one run came to."""

    per_s: float
    calls: int


@dataclass(frozen=True, slots=True)
class Pgbench:
    """pgbench of the cluster's own version, on the same unix socket as the server."""

    binaries: Path
    dsn: str
    scripts: Path

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
        )
        out, err = await process.communicate()
        rate, done = _RATE.search(out.decode()), _DONE.search(out.decode())
        if process.returncode or rate is None or done is None:
            raise RivalFailed(err.decode()[-2000:])
        return Rate(float(rate.group(1)), int(done.group(1)))
