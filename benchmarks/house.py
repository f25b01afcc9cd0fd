"""The installation that is measured: a cluster of its own, made as any operator's would be.

The server is `sparekey serve` with its worker inside, on the embedded PostgreSQL with its shipped
settings; every partition that retention keeps is there, so that finding the right one costs what
it costs after a year.
"""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.request import urlopen

from sparekey import access, brands, floors
from sparekey.db import Db, partitions
from sparekey.db.embedded import Lease, attach
from sparekey.kit.keyring import Keyring

_PER_MINUTE = 6_000_000
_LONGEST_START_SECONDS = 60


@dataclass(slots=True)
class House:
    """A data directory with its database running; the server comes and goes."""

    directory: Path
    lease: Lease
    db: Db
    keyring: Keyring
    brand_id: int = 0
    key: str = ""

    @property
    def postmaster(self) -> int:
        """The process id of PostgreSQL's first process."""
        return int((self.directory / "postgres/data/postmaster.pid").read_text().split()[0])


@dataclass(slots=True)
class Server:
    """A running `sparekey serve`."""

    process: asyncio.subprocess.Process
    url: str
    ready_s: float

    @property
    def pid(self) -> int:
        return self.process.pid

    @classmethod
    async def start(cls, directory: Path, *words: str) -> Self:
        """Start it, with further words on its command line, and wait for /readyz."""
        port = _free_port()
        began = time.perf_counter()
        log = (directory / "serve.log").open("ab")
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "sparekey"),
            "serve",
            *words,
            env={**_environment(directory), "SPAREKEY_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        url = f"http://127.0.0.1:{port}"
        while not await asyncio.to_thread(_is_ready, url):
            if process.returncode is not None or time.perf_counter() - began > 60:
                raise RuntimeError((directory / "serve.log").read_text()[-2000:])
            await asyncio.sleep(0.005)
        return cls(process, url, time.perf_counter() - began)

    async def stop(self) -> None:
        """Ask it to end, and wait."""
        self.process.send_signal(signal.SIGTERM)
        await self.process.wait()

    def freeze(self) -> None:
        """It gets no processor until `thaw`."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def directory() -> AsyncGenerator[Path]:
    """A data directory of our own, on a disk (never in memory), that the server's user can enter.

    It has a keyring and a migrated database.
    """
    path = _directory()
    try:
        made = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "sparekey"),
            "init",
            env=_environment(path),
            stdout=asyncio.subprocess.DEVNULL,
        )
        if await made.wait():
            raise RuntimeError("sparekey init failed")
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@asynccontextmanager
async def opened(path: Path) -> AsyncGenerator[House]:
    """Hold the database, with every retained partition, a sandbox brand and a key."""
    lease = await attach(path / "postgres", user=_server_user())
    db = await Db.connect(lease.dsn, size=8)
    house = House(path, lease, db, Keyring.load(path / "keyring.json"))
    try:
        await _furnish(house)
        yield house
    finally:
        await db.close()
        lease.close()


async def _furnish(house: House) -> None:
    at = datetime.now(UTC)
    for archive in floors.archives():
        weeks = archive.keep // partitions.WEEK + 1
        await partitions.ensure(house.db, [archive], at - weeks * partitions.WEEK, ahead=weeks + 8)
    wish = brands.BrandWish(slug="bench", name="Bench", is_sandbox=True)
    brand = await brands.create(house.db, wish, at)
    scopes = ["verifications:write", "verifications:read"]
    _, key = await access.create_key(
        house.db, brand, name="bench", scopes=scopes, at=at, per_minute=_PER_MINUTE
    )
    house.brand_id, house.key = brand.id, key.reveal()


def _directory() -> Path:
    path = Path(tempfile.mkdtemp(prefix="sparekey-bench-", dir="/var/tmp"))
    path.chmod(0o755)
    return path


def _environment(directory: Path) -> dict[str, str]:
    ours = {"SPAREKEY_DATA_DIR": str(directory)}
    user = _server_user()
    return {"PATH": os.environ["PATH"], **ours, **({"SPAREKEY_DB_USER": user} if user else {})}


def _server_user() -> str | None:
    """PostgreSQL refuses root: any unprivileged user of the system will do for an hour."""
    return "daemon" if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=1) as answer:  # noqa: S310 - our own loopback
            return answer.status == 200
    except OSError:
        return False
