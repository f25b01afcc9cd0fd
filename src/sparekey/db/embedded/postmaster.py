"""One PostgreSQL server in the foreground, as our child, under its own user."""

import os
import signal
import subprocess
import sys

from sparekey.db.embedded.binaries import Binaries
from sparekey.db.embedded.child import ends_with
from sparekey.db.embedded.cluster import ENVIRONMENT
from sparekey.db.embedded.layout import Layout
from sparekey.db.embedded.users import ServerUser


class Postmaster:
    """A started server; whether it is ready is read from its own `postmaster.pid`."""

    def __init__(self, layout: Layout, binaries: Binaries, user: ServerUser) -> None:
        command = [str(binaries.folder / "postgres"), "-D", str(layout.data)]
        command += ["-c", f"config_file={layout.settings}"]
        self._layout = layout
        self._child = subprocess.Popen(
            command,
            **user.becoming,
            preexec_fn=ends_with(os.getpid()),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            env=ENVIRONMENT,
            cwd="/",
        )
        #: Readable once the server has ended.
        self.descriptor = os.pidfd_open(self._child.pid)

    @property
    def is_ready(self) -> bool:
        """It says so itself, in a file that names it: another server's file does not count."""
        try:
            lines = (self._layout.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return lines[0] == str(self._child.pid) and len(lines) > 7 and lines[7].strip() == "ready"

    def ended(self) -> int | None:
        """Its exit status when it has ended, which also reaps it."""
        return self._child.poll()

    def stop(self) -> None:
        """A fast shutdown: disconnect everyone, write everything, however long that takes."""
        self._child.send_signal(signal.SIGINT)
        self._child.wait()

    def forget(self) -> None:
        """Give the descriptor back."""
        os.close(self.descriptor)
