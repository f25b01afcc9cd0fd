"""Where the sockets are: in the directory, or in a private short-named one when that is too long.

A socket's path may have 107 bytes (unix(7)). The private one is made by mkdtemp and recorded in
the directory's state file; both sides refuse it when it is not the owner's alone, so nobody who
can write in /tmp or /run/user can put his own socket in our way.
"""

import json
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sparekey.db.embedded.layout import Layout, replace_file
from sparekey.db.embedded.users import ServerUser

_LONGEST_SOCKET_PATH = 107
PORT = 5432


@dataclass(frozen=True, slots=True)
class Runtime:
    """The directory of the sockets: ours for leases, the server user's for PostgreSQL."""

    base: Path

    @property
    def lease_socket(self) -> Path:
        return self.base / "lease"

    @property
    def server_directory(self) -> Path:
        return self.base / "socket"

    @property
    def server_socket(self) -> Path:
        return self.server_directory / f".s.PGSQL.{PORT}"


def recorded(layout: Layout) -> Runtime | None:
    """Where the sockets of the supervisor are, if it runs, or were; None before the first."""
    base = _recorded_base(layout)
    return None if base is None else Runtime(base)


def make(layout: Layout, user: ServerUser) -> Runtime:
    """Choose the place, make it and record it. Only the holder of the lock calls this."""
    runtime = Runtime(layout.directory)
    if _too_long(runtime):
        runtime = _short(recorded(layout))
    replace_file(layout.state, json.dumps({"runtime": str(runtime.base)}), mode=0o600)
    runtime.server_directory.mkdir(mode=0o700, exist_ok=True)
    user.own(runtime.server_directory)
    return runtime


def leave(layout: Layout, runtime: Runtime) -> None:
    """Take a private directory away once the server has stopped; a killed one's is used again."""
    if runtime.base != layout.directory:
        shutil.rmtree(runtime.base, ignore_errors=True)


def _short(before: Runtime | None) -> Runtime:
    if before is None or _too_long(before):
        return Runtime(_private_base())
    return before


def _too_long(runtime: Runtime) -> bool:
    return len(os.fsencode(runtime.server_socket)) > _LONGEST_SOCKET_PATH


def _private_base() -> Path:
    root = os.geteuid() == 0
    parent = Path("/run" if root else f"/run/user/{os.geteuid()}")
    if not parent.is_dir() or parent.stat().st_uid != os.geteuid():
        parent = Path("/tmp")  # noqa: S108 - mkdtemp makes the name
    base = Path(tempfile.mkdtemp(prefix="sparekey-", dir=parent))
    if root:
        base.chmod(0o711)  # the server user passes through
    return base


def _recorded_base(layout: Layout) -> Path | None:
    try:
        base = Path(json.loads(layout.state.read_text())["runtime"])
        found = base.lstat()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    owner = layout.directory.stat().st_uid
    is_private = stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o022
    return base if is_private else None
