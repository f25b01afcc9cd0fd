"""The demo as its users run it: a process of its own, in a directory of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.world.processes import COMMAND, environment
from tests.world.waiting import until

_LONGEST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Home:
    """A data directory, and the demo in it."""

    directory: Path

    def environment(self, **settings: str) -> dict[str, str]:
        """What the demo is started with."""
        return environment(SPAREKEY_DATA_DIR=str(self.directory), **settings)

    def run(self, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run the demo to its end."""
        return subprocess.run(
            [COMMAND, "demo", *words],
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )

    @contextmanager
    def started(self, *words: str, **settings: str) -> Generator["subprocess.Popen[str]"]:
        """The demo while it runs; killed at the end if it still does."""
        command = [COMMAND, "demo", *words]
        demo = subprocess.Popen(
            command,
            env=self.environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield demo
        finally:
            demo.kill()
            demo.communicate()

    @property
    def log(self) -> str:
        """What the demo and its server logged."""
        return (self.directory / "demo" / "demo.log").read_text()

    @property
    def temporary(self) -> Path:
        """Where what it starts may lay files down, for those who are told so."""
        return self.directory / "tmp"

    @property
    def commands(self) -> list[str]:
        """The command lines of everything that runs on this machine."""
        found: list[str] = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    @property
    def left(self) -> list[str]:
        """The command lines of everything that still works in here."""
        return [command for command in self.commands if str(self.directory) in command]

    def end(self) -> None:
        """End what a failed test has left behind, and remove everything."""
        for pid in self._supervisors():
            os.kill(pid, signal.SIGTERM)
        until(lambda: not self.left, within=20)
        shutil.rmtree(self.directory)

    def _supervisors(self) -> Iterator[int]:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--directory={self.directory / 'demo' / 'postgres'}".encode() in words:
                yield int(process.name)


@contextmanager
def new_home() -> Generator[Home]:
    """A directory that the database's user can reach too; nothing of it is left afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="demo-", dir="/tmp"))
    directory.chmod(0o711)
    home = Home(directory)
    try:
        yield home
    finally:
        home.end()


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """One that the tests of a file share."""
    with new_home() as made:
        yield made


@pytest.fixture
def own_home() -> Iterator[Home]:
    """One of a test's own."""
    with new_home() as made:
        yield made
