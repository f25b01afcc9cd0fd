"""The product on the database that it brings along, as `sparekey serve` alone runs it."""

import os
import random
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sparekey.db import Db
from sparekey.db.embedded import attach
from sparekey.kit.keyring import Keyring
from tests.db.embedded.conftest import Place
from tests.faults.commands import sparekey
from tests.world.deployment import BASE_URL, Deployment, make_brand
from tests.world.processes import Server, environment, free_port

#: An unprivileged user that every Debian has; whoever is not root runs the server as themselves.
_USER = "daemon" if os.geteuid() == 0 else None


@dataclass(slots=True)
class Supervised:
    """The server, or its supervisor, or both are killed; whoever holds a lease has them back."""

    place: Place
    chance: random.Random
    _was: int | None = None

    def kill(self) -> None:
        self._was = self.place.postmaster
        supervisors = self.place.supervisors
        postmasters = [] if self._was is None else [self._was]
        victims = self.chance.choice([supervisors, postmasters, [*supervisors, *postmasters]])
        for pid in victims:
            os.kill(pid, signal.SIGKILL)

    def is_back(self) -> bool:
        return self.place.postmaster not in (None, self._was)


@asynccontextmanager
async def embedded() -> AsyncGenerator[tuple[Deployment, Place]]:
    """Two servers, the first of which also works, on one data directory."""
    directory = _directory()
    place = Place(directory / "postgres")
    settings = {"SPAREKEY_DATA_DIR": str(directory), "SPAREKEY_BASE_URL": BASE_URL}
    if _USER is not None:
        settings["SPAREKEY_DB_USER"] = _USER
    try:
        made = sparekey("init", settings=settings)
        assert made.code == 0, made.words
        lease = await attach(place.directory, user=_USER)
        try:
            async with _served(directory, settings, lease.dsn) as deployment:
                yield deployment, place
        finally:
            lease.close()
            place.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _directory() -> Path:
    """One that the server's user can reach."""
    made = Path(tempfile.mkdtemp(prefix="faults-", dir="/tmp"))
    made.chmod(0o755)
    return made


@asynccontextmanager
async def _served(
    directory: Path, settings: dict[str, str], database_url: str
) -> AsyncGenerator[Deployment]:
    db = await Db.connect(database_url, size=1)
    brand, key = await make_brand(db, datetime.now(UTC))
    await db.close()
    keyring = Keyring.load(directory / "keyring.json")
    servers = [_server(directory, settings, *words) for words in ([], ["--no-worker"])]
    deployment = Deployment(database_url, directory, keyring, servers, settings, brand, key)
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.await_ready()
        yield deployment
    finally:
        for server in servers:
            server.stop()


def _server(directory: Path, settings: dict[str, str], *words: str) -> Server:
    port = free_port()
    return Server(
        ["serve", *words],
        environment(**settings, SPAREKEY_PORT=str(port)),
        directory / f"{port}.log",
        port=port,
    )
