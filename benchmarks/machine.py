"""What processes use, read from /proc (proc(5)); nothing here asks the processes themselves."""

import os
import resource
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class CpuSeconds:
    """Processor time so far: of the server, of PostgreSQL with all its processes, of ourselves
    with the load generators that have ended, and of everybody else on the machine."""

    server: float
    postgres: float
    bench: float
    others: float

    @property
    def ours(self) -> float:
        """What answering took, on both sides of the door."""
        return self.server + self.postgres + self.bench

    @classmethod
    def now(cls, *, server: int, postmaster: int) -> Self:
        """Both process ids must be alive."""
        ours = _own(server), _with_children(postmaster), _bench()
        return cls(*ours, _busy() - sum(ours))

    def since(self, before: Self) -> Self:
        """What was used in between."""
        return type(self)(
            self.server - before.server,
            self.postgres - before.postgres,
            self.bench - before.bench,
            self.others - before.others,
        )


def most_resident_mb(pid: int) -> float:
    """The most memory that a process has had resident, in MB of 1,048,576 bytes."""
    for line in (_PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"process {pid} has no memory")


def _bench() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(os.times()[:2]) + ended.ru_utime + ended.ru_stime


def _own(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICK


def _with_children(pid: int) -> float:
    """The living children's time, and that of the dead, which the parent has been charged."""
    fields = _stat(pid)
    total = sum(int(field) for field in fields[11:15]) / _TICK
    return total + sum(_alive(child) for child in _children(pid))


def _alive(pid: int) -> float:
    try:
        return _own(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _children(pid: int) -> Iterable[int]:
    text = (_PROC / str(pid) / "task" / str(pid) / "children").read_text()
    return map(int, text.split())


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold spaces; the first is the state."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()


def _busy() -> float:
    fields = (_PROC / "stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _idle, _wait, irq, soft_irq, steal = map(int, fields)
    return (user + nice + system + irq + soft_irq + steal) / _TICK
