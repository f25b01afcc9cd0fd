"""wrk with its Lua scripts: one thread that asks for as much as its connections can carry."""

import asyncio
import os
import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import msgspec

_LUA = Path(__file__).parent / "lua"
_seeds = count(int.from_bytes(os.urandom(3), "big"), 1000)


class NoLoad(Exception):
    """wrk is missing or did not come to its end."""


class Load(msgspec.Struct, frozen=True):
    """What one run of wrk came to; times in microseconds."""

    requests: int
    microseconds: int
    p50: int
    p95: int
    p99: int
    refused: int
    broken: int

    @property
    def per_s(self) -> float:
        return self.requests / self.microseconds * 1e6


def require() -> None:
    """NoLoad when there is no wrk."""
    if shutil.which("wrk") is None:
        raise NoLoad("wrk is not installed: apt-get install wrk, or run `make bench` as root.")


async def load(
    script: str, *, url: str, key: str, seconds: int, connections: int, given: Mapping[str, str]
) -> Load:
    """Run one script for some seconds."""
    known = {"BENCH_LUA": str(_LUA), "BENCH_KEY": key, "BENCH_SEED": str(next(_seeds))}
    arguments = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(_LUA / f"{script}.lua"), url]
    process = await asyncio.create_subprocess_exec(
        "wrk",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **known, **given},
    )
    out, _ = await process.communicate()
    last = out.decode().strip().rpartition("\n")[2]
    if process.returncode or not last.startswith("{"):
        raise NoLoad(out.decode()[-2000:])
    return msgspec.json.decode(last, type=Load)
