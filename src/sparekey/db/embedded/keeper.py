"""Keeps one PostgreSQL running while anybody holds a lease.

A killed server is started again, at once and then with growing pauses; crash recovery may take as
long as it takes, and everyone who waits is told every few seconds how long it has been.
"""

import os
import signal
import socket
import sys
from datetime import UTC, datetime
from time import monotonic

from sparekey.db.embedded import child, cluster, leftovers, runtime
from sparekey.db.embedded.binaries import Binaries
from sparekey.db.embedded.holders import Holders
from sparekey.db.embedded.layout import Layout
from sparekey.db.embedded.postmaster import Postmaster
from sparekey.db.embedded.runtime import Runtime
from sparekey.db.embedded.users import ServerUser

_POLL_SECONDS = 0.01
_CLEARING_SECONDS = 0.05
_PROGRESS_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 5.0
#: After so many ends in a row without having been ready, those who wait are told why.
_HOPELESS_AFTER = 5


class Keeper:
    """The server's state, and what to do next about it."""

    def __init__(
        self,
        layout: Layout,
        place: Runtime,
        binaries: Binaries,
        user: ServerUser,
        holders: Holders,
    ) -> None:
        self._layout = layout
        self._place = place
        self._binaries = binaries
        self._user = user
        self._holders = holders
        self._server: Postmaster | None = None
        self._is_ready = False
        self._failures = 0
        self._next_start = monotonic()
        self._waiting_since = monotonic()
        self._told_at = monotonic()
        self._is_told_to_stop = False

    def run(self, *, grace_seconds: float) -> None:
        """Until the last lease has been closed for the grace, or at once when asked to stop."""
        self._hear_sigterm()
        alone_since: float | None = None
        while True:
            self._step()
            if len(self._holders):
                alone_since = None
                self._holders.wait(None if self._is_ready else _POLL_SECONDS)
                continue
            alone_since = alone_since or monotonic()
            left = alone_since + grace_seconds - monotonic()
            if left <= 0 or self._is_told_to_stop:
                break
            self._holders.wait(left if self._is_ready else min(left, _POLL_SECONDS))
        self._stop()

    def _step(self) -> None:
        if self._server is None:
            self._start()
        elif (status := self._server.ended()) is not None:
            self._bury(self._server, status)
        elif not self._is_ready:
            self._look(self._server)

    def _start(self) -> None:
        if monotonic() < self._next_start:
            return
        child.reap()
        obstacle = leftovers.clear(self._layout)
        if obstacle is not None:
            self._next_start = monotonic() + _CLEARING_SECONDS
            self._tell_progress(obstacle)
            return
        self._server = Postmaster(self._layout, self._binaries, self._user)
        self._holders.watch(self._server.descriptor)

    def _look(self, server: Postmaster) -> None:
        if server.is_ready:
            self._is_ready = True
            self._failures = 0
            self._say(f"ready after {monotonic() - self._waiting_since:.2f} s")
            self._holders.tell(
                "ready",
                socket_directory=str(self._place.server_directory),
                system_identifier=cluster.system_identifier(self._layout.data),
                binaries=str(self._binaries.folder),
            )
        else:
            self._tell_progress("PostgreSQL recovers from a crash")

    def _bury(self, server: Postmaster, status: int) -> None:
        self._holders.unwatch(server.descriptor)
        server.forget()
        self._server = None
        self._failures += 1
        pause = 0.0 if self._is_ready else min(0.1 * 2**self._failures, _LONGEST_PAUSE_SECONDS)
        self._next_start = monotonic() + pause
        if self._is_ready:
            self._is_ready = False
            self._waiting_since = self._told_at = monotonic()
        text = f"the server ended with {status}; starting it again"
        self._say(text)
        if self._failures >= _HOPELESS_AFTER:
            self._holders.fail(f"PostgreSQL does not start:\n{self._last_complaints()}")
        else:
            self._holders.tell("starting", text=text)

    def _last_complaints(self) -> str:
        """The server's last lines before it ended, and where to read on."""
        log = self._layout.supervisor_log
        lines = [line for line in log.read_text().splitlines() if " supervisor: " not in line]
        return "\n".join([*lines[-3:], f"See {log} and {self._layout.logs}."])

    def _tell_progress(self, text: str) -> None:
        if monotonic() - self._told_at < _PROGRESS_SECONDS:
            return
        self._told_at = monotonic()
        text = f"{text} ({monotonic() - self._waiting_since:.0f} s so far)"
        self._say(text)
        self._holders.tell("starting", text=text)

    def _stop(self) -> None:
        self._holders.close()
        if self._server is not None:
            began = monotonic()
            self._server.stop()
            child.reap(to_the_last=True)
            runtime.leave(self._layout, self._place)
            self._say(f"nobody holds a lease: stopped in {monotonic() - began:.2f} s")

    def _hear_sigterm(self) -> None:
        """A stop that was asked for spares the grace; it never takes the server from a holder."""
        self._bell, self._ringer = socket.socketpair()
        self._ringer.setblocking(False)
        signal.set_wakeup_fd(self._ringer.fileno())
        self._holders.watch(self._bell.fileno(), lambda descriptor: os.read(descriptor, 64))
        signal.signal(signal.SIGTERM, self._on_sigterm)

    def _on_sigterm(self, *_: object) -> None:
        self._is_told_to_stop = True
        self._say(f"asked to stop; leases held: {len(self._holders)}")

    def _say(self, text: str) -> None:
        at = datetime.now(UTC).isoformat(sep=" ", timespec="milliseconds")
        print(f"{at} supervisor: {text}", file=sys.stderr, flush=True)
