"""What an earlier server left behind: its processes, and the lock file that names one of them.

PostgreSQL judges `postmaster.pid` by whether that PID lives, and PIDs come back: after a reboot
or in a container the file soon names somebody else, and the server would never start again. We
hold the directory's lock, so we look instead whether any PostgreSQL works in the data directory.
"""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sparekey.db.embedded.layout import Layout


@dataclass(frozen=True, slots=True)
class Leftovers:
    """The living processes of PostgreSQL whose working directory is the cluster."""

    postmaster: int | None
    others: tuple[int, ...]

    def __bool__(self) -> bool:
        return self.postmaster is not None or bool(self.others)


def find(data: Path) -> Leftovers:
    """Look at every process of this machine that we may look at."""
    named = named_postmaster(data)
    living = tuple(_living(data))
    if named in living:
        return Leftovers(named, tuple(pid for pid in living if pid != named))
    return Leftovers(None, living)


def clear(layout: Layout) -> str | None:
    """One step towards an empty directory: what is still in the way, or None when nothing is.

    An orphaned postmaster of ours shuts down by its parent-death signal, and is asked again; one
    that somebody else runs is waited for; backends without a postmaster are told to quit.
    """
    found = find(layout.data)
    if found.postmaster is not None:
        if _runs_with(found.postmaster, layout.settings):
            _signal(found.postmaster, signal.SIGINT)
            return f"an earlier server (process {found.postmaster}) is shutting down"
        return f"process {found.postmaster} serves {layout.data}, and is not ours: stop it"
    if found:
        for pid in found.others:
            _signal(pid, signal.SIGQUIT)
        return f"{len(found.others)} processes of an earlier server are ending"
    (layout.data / "postmaster.pid").unlink(missing_ok=True)
    return None


def named_postmaster(data: Path) -> int | None:
    """The PID in `postmaster.pid`, whoever that may be."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _living(data: Path) -> Iterator[int]:
    home = data.stat()
    for entry in os.listdir("/proc"):  # noqa: PTH208 - names are enough, and there are many
        if not entry.isdigit():
            continue
        try:
            works_there = os.path.samestat(os.stat(f"/proc/{entry}/cwd"), home)  # noqa: PTH116
            program = os.readlink(f"/proc/{entry}/exe")  # noqa: PTH115
        except OSError:  # it ended, is a zombie, or is another user's
            continue
        if works_there and Path(program).name.startswith("postgres"):
            yield int(entry)


def _runs_with(pid: int, settings: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return f"config_file={settings}".encode() in command.split(b"\0")


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
