"""Processes of the product as an operator runs them: `sparekey serve` and `sparekey worker`."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.world.waiting import until

#: The command line of this environment.
COMMAND = Path(sys.executable).with_name("sparekey")
_START_SECONDS = 30


@dataclass(slots=True)
class Process:
    """One process, its log in a file. It can be killed and started again under the same name."""

    words: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    program: Path = COMMAND
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        """Its process id; AssertionError when it is not running."""
        assert self._running is not None
        return self._running.pid

    def start(self) -> None:
        """Start it; what it writes is added to its log."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [self.program, *self.words],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=_die_with_parent,
            )  # fmt: skip

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end, and wait; kill it when it does not."""
        if self._running is None:
            return
        self._running.send_signal(by)
        try:
            self._running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
            raise
        finally:
            self._running = None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.stop(signal.SIGKILL)

    def is_running(self) -> bool:
        """Whether it is there."""
        return self._running is not None and self._running.poll() is None


@dataclass(slots=True)
class Server(Process):
    """A process that answers on a port of this machine."""

    port: int = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def await_ready(self) -> None:
        """Wait until it says that it can do its work."""
        said = "nothing"

        def ready() -> bool:
            nonlocal said
            assert self.is_running(), "it ended"
            try:
                answer = httpx.get(f"{self.url}/readyz")
            except httpx.TransportError:
                return False
            said = answer.text
            return answer.status_code == 200

        try:
            until(ready, within=_START_SECONDS)
        except AssertionError as error:
            log = self.log.read_text()[-4000:]
            raise AssertionError(f"{error}; it said {said} and logged:\n{log}") from error

    def restart(self, *, by: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal and have it back."""
        self.stop(by)
        self.start()
        self.await_ready()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**settings: str) -> dict[str, str]:
    """What a process of ours sees of this machine, and its settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **settings}


def _die_with_parent() -> None:
    """A killed test run leaves no server behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
