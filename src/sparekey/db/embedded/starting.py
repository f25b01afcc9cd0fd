"""Starts the supervisor of a directory, unless one holds its lock already.

Whoever gets the lock hands it down to the supervisor together with the first lease, so of any
number of starters exactly one starts, and no supervisor lives that nobody has asked for.
"""

import fcntl
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import sparekey
from sparekey.db.embedded import binaries, cluster, layout, users
from sparekey.db.embedded.binaries import Binaries
from sparekey.db.embedded.layout import Layout
from sparekey.db.embedded.users import ServerUser

_LONGEST_LOG_BYTES = 1_000_000
#: `-m` would enter through `sparekey.db`, and the supervisor carry asyncpg and cryptography for
#: its life; an empty package in its place leads to the same files.
_SUPERVISOR = """
import sys, types
package = types.ModuleType("sparekey.db")
package.__path__ = [sys.argv.pop(1)]
sys.modules["sparekey.db"] = package
from sparekey.db.embedded.supervisor import main
sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, where, and as whom."""

    layout: Layout
    binaries: Binaries
    user: ServerUser


def plan(directory: Path, folder: Path | None, user: str | None, *, for_trial: bool) -> Plan:
    """Decide everything before anything is started; raises what stands in the way."""
    place = layout.prepare(directory)
    server_user = users.choose(user, for_trial=for_trial, data=place.data)
    server_user.require_way_to(place.directory)
    major = cluster.major_of(place.data)
    return Plan(place, binaries.choose(folder, cluster_major=major, user=server_user), server_user)


def start(planned: Plan) -> socket.socket | None:
    """Start the supervisor, and have the first lease; None while somebody else holds the lock."""
    lock = _try_lock(planned.layout)
    if lock is None:
        return None
    ours, theirs = socket.socketpair()
    log = _open_log(planned.layout.supervisor_log)
    try:
        subprocess.Popen(
            _command(planned, lock=lock, lease=theirs.fileno()),
            pass_fds=(lock, theirs.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            cwd="/",
            start_new_session=True,
        ).wait()  # it forks at once and lives on in its child
    finally:
        theirs.close()
        os.close(lock)
        os.close(log)
    return ours


def _try_lock(place: Layout) -> int | None:
    descriptor = os.open(place.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _command(planned: Plan, *, lock: int, lease: int) -> list[str]:
    package = str(Path(__file__).parents[1])
    return [
        *(sys.executable, "-P", "-S", "-c", _SUPERVISOR, package),
        f"--directory={planned.layout.directory}",
        f"--binaries={planned.binaries.folder}",
        f"--major={planned.binaries.major}",
        f"--user={planned.user.name}",
        f"--lock={lock}",
        f"--lease={lease}",
    ]


def _environment() -> dict[str, str]:
    """Nothing of the caller's but where Python finds us; site-packages are not needed (-S)."""
    return {"PYTHONPATH": str(Path(sparekey.__file__).parents[1]), "LC_ALL": "C.UTF-8"}


def _open_log(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    log = os.open(path, flags, 0o600)
    if os.fstat(log).st_size > _LONGEST_LOG_BYTES:
        os.ftruncate(log, 0)
    return log
